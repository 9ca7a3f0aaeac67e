"""The workers of a Dask cluster as a crew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Final

from hepaspot.archive.access import Access
from hepaspot.archive.crews import DEATHS, Blame
from hepaspot.archive.parts import Done, run_part
from hepaspot.errors import InputError, MissingExtra
from hepaspot.exam import Setting
from hepaspot.intake.processes import ONE_THREAD

ANSWER_S: Final = 30
"""How long a scheduler may take to answer: seconds (convention)."""

RETRIES: Final = 2
"""How often Dask itself begins a part anew that failed (convention)."""

AHEAD: Final = 4
"""Parts that are handed out for each worker: enough to keep it busy (convention)."""


class Cluster:
    """The workers of a Dask cluster, which see the folder of the result under the same path."""

    def __init__(self, address: str, workers: int) -> None:
        if find_spec("distributed") is None:
            raise MissingExtra('--dask: needs what is not installed; pip install "hepaspot[dask]"')
        self._distributed: Any = import_module("distributed")
        self._local = None
        if address == "local":
            self._local = self._cluster(workers)
        try:
            self._client = self._distributed.Client(self._local or address, timeout=ANSWER_S)
        except OSError:
            raise InputError(
                f"--dask: no cluster answers at {address}; check the address of its scheduler"
            ) from None

    def _cluster(self, workers: int) -> Any:
        # Of itself Dask has each worker give every bit of memory back, a third of the time of
        # stills; whoever has a cluster of their own may do as they like.
        environment = {"distributed.nanny.pre-spawn-environ": ONE_THREAD}
        with import_module("dask.config").set(environment):
            return self._distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None
            )

    def run(
        self, result: Path, parts: Iterable[int], setting: Setting, access: Access
    ) -> Iterator[Done]:
        """Read every part, and tell of each when it is written."""
        blame, place = Blame(result), str(result.absolute())
        running: dict[Any, int] = {}

        def send(part: int) -> Any:
            left_out = blame.left_out(part)
            future = self._client.submit(
                run_part, place, part, setting, access, left_out, pure=False, retries=RETRIES
            )
            running[future] = part
            return future

        ahead = iter(parts)
        most = AHEAD * max(1, len(self._client.scheduler_info()["workers"]))
        waited = self._distributed.as_completed([send(part) for part in islice(ahead, most)])
        for future in waited:
            part = running.pop(future)
            if self._killed(future):
                blame.ended(part, times=DEATHS)
                waited.add(send(part))
                continue
            yield future.result()
            for following in islice(ahead, 1):
                waited.add(send(following))

    @staticmethod
    def _killed(future: Any) -> bool:
        """Whether every worker that began a part died of it."""
        return future.status == "error" and type(future.exception()).__name__ == "KilledWorker"

    def close(self) -> None:
        """Let go of the cluster; a local one ends."""
        self._client.close()
        if self._local is not None:
            self._local.close()
