"""Fetches studies on request, and puts them where those are that came by C-STORE."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from hepaspot.errors import InputError
from hepaspot.intake.dicom_place import place_in
from hepaspot.remote.dicomweb import FoundObject
from hepaspot.serve.node import journal
from hepaspot.serve.node.audit import Trail
from hepaspot.serve.node.carriers import Away
from hepaspot.serve.node.dicomweb import DicomWeb, NoStudy
from hepaspot.serve.node.patience import Ended, patiently, wait_after
from hepaspot.serve.node.queue import PullState, WorkQueue
from hepaspot.serve.node.settings import NodeSettings, Pull
from hepaspot.serve.node.spool import Spool, key_of

LOOK_S: Final = 1.0
"""How often requests are looked for: seconds (convention)."""


class Puller:
    """Fetches what is asked for, one study after another."""

    def __init__(
        self,
        settings: NodeSettings,
        pull: Pull,
        queue: WorkQueue,
        spool: Spool,
        on_study: Callable[[str], None],
        ended: Event,
    ) -> None:
        self._pull, self._queue, self._spool = pull, queue, spool
        self._on_study, self._ended = on_study, ended
        self._reserve_mib = settings.listen.reserve_mib
        self._server = DicomWeb(pull, settings.listen.largest_mib << 20)
        self._trail = Trail(queue)

    def run(self) -> None:
        """Fetch until told to end."""
        try:
            while not self._ended.is_set():
                wanted = patiently(self._queue.next_pull, self._ended)
                if wanted is None:
                    self._ended.wait(LOOK_S)
                else:
                    self._fetch(*wanted)
        except Ended:
            return

    def _fetch(self, uid: str, tries: int) -> None:
        key = key_of(uid)
        wait = wait_after(tries, self._pull.wait_s, self._pull.longest_wait_s)
        try:
            count = self._study(uid)
        except Away as away:
            again = tries + 1 < self._pull.tries
            state = PullState.WAITING if again else PullState.DEAD
            self._noted(uid, str(away), wait, state)
        except NoStudy as error:
            self._noted(uid, str(error), 0.0, PullState.DEAD)
        else:
            patiently(lambda: self._queue.pulled(uid), self._ended)
            journal.say("study fetched", study=key, objects=count)
            self._trail.note("study fetched", study=key, outcome=f"{count} objects")

    def _noted(self, uid: str, reason: str, wait_s: float, state: PullState) -> None:
        patiently(
            lambda: self._queue.pulled(uid, reason=reason, wait_s=wait_s, state=state), self._ended
        )
        dead = state is PullState.DEAD
        journal.warn("study not fetched", study=key_of(uid), why=reason, dead=dead)
        if dead:
            self._trail.note("study not fetched", study=key_of(uid), outcome=reason)

    def _study(self, uid: str) -> int:
        found = list(self._server.listed(uid))
        if not found:
            raise NoStudy("the server has no ultrasound picture of this study")
        taken = 0
        for each in found:
            if self._brought(uid, each):
                taken += 1
                self._on_study(key_of(uid))
        if not taken:
            raise NoStudy("none of the study's objects can be taken; the journal says why")
        return taken

    def _brought(self, uid: str, found: FoundObject) -> bool:
        """Fetch one object; False where it is none to be read."""
        try:
            return self._taken(uid, found)
        except NoStudy:
            raise
        except InputError as error:
            journal.warn("object refused", why=f"it {error}", study=key_of(uid))
            return False
        except OSError as error:
            reason = (error.strerror or "input or output error").lower()
            raise Away(f"it cannot be written here ({reason})") from None

    def _taken(self, uid: str, found: FoundObject) -> bool:
        if not self._spool.has_room(self._reserve_mib):
            raise Away("too little disk is free here")
        handle, name = tempfile.mkstemp(suffix=".part", dir=self._spool.incoming)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:

                def write(piece: bytes) -> None:
                    if self._ended.is_set():  # a slow server does not keep the node from ending
                        raise Ended
                    file.write(piece)

                self._server.bring(uid, found, write)
                file.flush()
                os.fsync(file.fileno())
            place = place_in(path)
            if (place.study, place.sop_instance) != (uid, found.instance):
                raise Away("the server sent another object than was asked for")
            if not place.own:
                self._spool.take(path, place)
            return not place.own
        finally:
            path.unlink(missing_ok=True)
