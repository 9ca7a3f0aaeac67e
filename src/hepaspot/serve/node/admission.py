"""Who is let in: by title and address, and as long as there is room; and what each brought."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

from hepaspot.serve.node.refusals import Refused, as_sent
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool

if TYPE_CHECKING:
    from pynetdicom.association import Association
    from pynetdicom.pdu_primitives import A_ASSOCIATE

CALLING_UNKNOWN: Final = (1, 1, 3)
CALLED_UNKNOWN: Final = (1, 1, 7)
CONGESTED: Final = (2, 3, 1)
TOO_MANY: Final = (2, 3, 2)
"""Result, source and diagnostic of a refused association (PS3.8, 9.3.4)."""

Reject = tuple[int, int, int]


@dataclass(frozen=True)
class Came:
    """What came over one association, told when it ends."""

    caller: str
    address: str
    taken: int
    refused: int


class Door:
    """Knows who is in. Threads may share it.

    Parameters
    ----------
    settings : NodeSettings
    spool : Spool
        Nobody is let in while its disk has too little room.
    """

    def __init__(self, settings: NodeSettings, spool: Spool) -> None:
        self._title, self._listen, self._spool = settings.ae_title, settings.listen, spool
        self._callers = {each.ae_title: each.address for each in settings.calling}
        self._inside: dict[Association, list[int]] = {}
        self._turn = Lock()

    @property
    def inside(self) -> int:
        """How many are in."""
        return len(self._inside)

    def refusal(self, association: Association) -> tuple[Reject, Refused] | None:
        """Why an association is not let in; None where it is, until it `leaves`."""
        asked = cast("A_ASSOCIATE", association.requestor.primitive)
        caller, called = asked.calling_ae_title.strip(), asked.called_ae_title.strip()
        address = str(association.requestor.address)
        fault = self._fault(caller, called, address)
        if fault is None and not self._seated(association):
            fault = TOO_MANY, "there are too many at once"
        if fault is None:
            return None
        reject, why = fault
        told = as_sent(called) if reject == CALLED_UNKNOWN else None
        return reject, Refused(as_sent(caller), told, address, why)

    def _fault(self, caller: str, called: str, address: str) -> tuple[Reject, str] | None:
        if called != self._title:
            return CALLED_UNKNOWN, "called by another title than its own"
        if not self._listen.anyone:
            if caller not in self._callers:
                return CALLING_UNKNOWN, "the calling title is not under [[calling]]"
            if self._callers[caller] not in {None, address}:
                return CALLING_UNKNOWN, "the calling title comes from another address"
        if not self._spool.has_room(self._listen.reserve_mib):
            return CONGESTED, "too little disk is free"
        return None

    def _seated(self, association: Association) -> bool:
        """Whether there is room for one more; then it has it until it leaves."""
        with self._turn:
            if len(self._inside) >= self._listen.most_associations:
                self._inside = {each: it for each, it in self._inside.items() if each.is_alive()}
            if len(self._inside) >= self._listen.most_associations:
                return False
            self._inside[association] = [0, 0]
            return True

    def brought(self, association: Association, *, taken: bool) -> None:
        """Count an object that came, and whether it was taken."""
        counts = self._inside.get(association)
        if counts is not None:
            counts[not taken] += 1

    def leaves(self, association: Association) -> Came | None:
        """What an association brought that ends; None where that is nothing."""
        with self._turn:
            counts = self._inside.pop(association, None)
        if counts is None or not any(counts):
            return None
        peer = association.requestor
        return Came(as_sent(peer.ae_title), str(peer.address), *counts)
