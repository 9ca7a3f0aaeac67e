"""Sends one picture many times over one association, and prints the seconds that it took.

    python node_sender.py PORT FILE TIMES OBJECTS_IN_A_STUDY

Where OBJECTS_IN_A_STUDY is 0, all are of one study.
"""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from serve.node.wire import associated, encoded, numbered


def main() -> None:
    port, path, times, together = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    picture = encoded(Path(path))
    first = secrets.randbelow(10**25) * 10**5
    start = time.perf_counter()
    line = associated(port)
    for number in range(first, first + times):
        study = numbered(3, number // together if together else first)
        instance = numbered(4, number)
        status = line.store(picture.under(study, instance), instance)
        if status:
            raise SystemExit(f"an object was refused with status {status:04X}")
    line.release()
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
