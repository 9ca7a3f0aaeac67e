"""How a reader is measured in a process of its own: lines of JSON over its pipes.

The child says ``{"ready": true}`` once it can read; it is then sent the texts and how often
to read them, and answers with the seconds of each run, its peak memory and its facts. A fact
is a list of strings that all readers can give: ``["focus", entity, certainty]``,
``["refuted", entity]``, ``["duct", slot, state]`` or ``["shadow", state]``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time


def serve(make_reader):
    """Answer one order on standard input with ``make_reader()``, which gives text to facts."""
    answers, sys.stdout = sys.stdout, sys.stderr
    pin_to_one_core()
    read = make_reader()
    read("The liver is normal.")
    print(json.dumps({"ready": True}), file=answers, flush=True)
    order = json.loads(sys.stdin.readline())
    texts = order["texts"]
    for text in texts[: order["warm_up"]]:
        read(text)
    seconds = [timed(read, texts) for _ in range(order["runs"])]
    reply = {
        "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "facts": [sorted(map(list, read(text))) for text in texts],
    }
    print(json.dumps(reply), file=answers, flush=True)


def pin_to_one_core():
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def timed(read, texts):
    start = time.perf_counter()
    for text in texts:
        read(text)
    return time.perf_counter() - start
