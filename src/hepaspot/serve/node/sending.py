"""Delivers what was made: to each destination in its own thread, until it is taken."""

from __future__ import annotations

from threading import Event
from typing import Final

from pydicom.uid import generate_uid

from hepaspot.errors import OutputError
from hepaspot.serve.node import journal
from hepaspot.serve.node.audit import Trail
from hepaspot.serve.node.carriers import Away, Broke, Carrier, Outcome, Result, Unwilling
from hepaspot.serve.node.parts import Part, end_together
from hepaspot.serve.node.patience import Ended, patiently, until_set, wait_after
from hepaspot.serve.node.queue import Delivery, DeliveryState, WorkQueue
from hepaspot.serve.node.queue.deliveries import NO_WORD
from hepaspot.serve.node.settings import DicomDestination, NodeSettings, StowDestination
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.working import Beat, new_worker_id

LOOK_S: Final = 0.5
"""How often work is looked for: seconds (convention)."""

TOGETHER: Final = 20
"""Objects that are sent over one association (convention)."""

LAST_OBJECT_S: Final = 10.0
"""How long the objects in hand may take when the process ends: seconds (convention)."""


class Sender:
    """Delivers to every destination until ``ended`` is set."""

    def __init__(
        self, settings: NodeSettings, queue: WorkQueue, spool: Spool, ended: Event
    ) -> None:
        self._queue, self._ended = queue, ended
        self._worker = new_worker_id()
        self._names = [to.name for to in settings.send]
        self._routes = [
            Route(to, carrier_to(to, settings.ae_title), queue, spool, self._worker, ended)
            for to in settings.send
        ]

    def run(self) -> None:
        """Work."""
        try:
            Beat(self._queue, self._worker, self._ended).start()
            dead = patiently(lambda: self._queue.forget_other(self._names), self._ended)
            if dead:
                journal.warn("destination gone", deliveries=dead)
            parts = [Part(f"to {route.name}", route.run, self._ended) for route in self._routes]
            for part in parts:
                part.start()
            until_set(self._ended)
            end_together(parts, LAST_OBJECT_S)
            self._queue.leave(self._worker)
        except (Ended, OutputError):
            return


class Route:
    """The way to one destination; a peer that is away is tried ever more rarely."""

    def __init__(
        self,
        to: DicomDestination | StowDestination,
        carrier: Carrier,
        queue: WorkQueue,
        spool: Spool,
        worker: str,
        ended: Event,
    ) -> None:
        self.name = to.name
        self._to, self._carrier, self._queue, self._spool = to, carrier, queue, spool
        self._worker, self._ended = worker, ended
        self._trail = Trail(queue)
        self._commitment_s = _commitment_s(to)
        self._commits = self._commitment_s is not None
        self._wait = to.wait_s
        self._away: str | None = None

    def run(self) -> None:
        """Deliver until told to end."""
        try:
            while not self._ended.is_set():
                busy = self._send()
                if self._commits:
                    busy = self._ask() or busy
                if not busy:
                    self._ended.wait(LOOK_S)
        except Ended:
            return

    # -------------------------------------------------------------------------------- send

    def _send(self) -> bool:
        batch = self._due(DeliveryState.WAITING)
        left = {each.id for each in batch}
        if not batch:
            return False
        try:
            paths = [(each, self._spool.result(each.path)) for each in batch]
            for outcome in self._carrier.send(paths):
                self._settled(outcome)
                left.discard(outcome.delivery.id)
        except Away as away:
            in_hand = next((each for each in batch if each.id in left), None)
            if isinstance(away, Broke) and in_hand is not None:
                self._refused(in_hand, str(away))  # or it would keep back all that wait behind it
                left.discard(in_hand.id)
            self._put_off(left, str(away))
            return False
        self._there()
        return True

    def _settled(self, outcome: Outcome) -> None:
        delivery = outcome.delivery
        if outcome.result is Result.TAKEN:
            state = DeliveryState.SENT if self._commits else DeliveryState.DONE
            patiently(lambda: self._queue.delivered(delivery.id, self._worker, state), self._ended)
            journal.say("sent", study=delivery.study, format=delivery.format, to=self.name)
            outcome_told = f"{delivery.format} taken"
            self._trail.note("sent", study=delivery.study, peer=self.name, outcome=outcome_told)
        else:
            self._refused(delivery, outcome.reason)

    def _refused(self, delivery: Delivery, reason: str) -> None:
        dead = delivery.tries + 1 >= self._to.tries
        last = DeliveryState.DEAD if dead else None
        wait = wait_after(delivery.tries, self._to.wait_s, self._to.longest_wait_s)
        patiently(
            lambda: self._queue.put_off([delivery.id], self._worker, reason, wait, state=last),
            self._ended,
        )
        self._tell_not_sent(delivery, reason, dead=dead)

    def _tell_not_sent(self, delivery: Delivery, reason: str, *, dead: bool) -> None:
        facts = {"study": delivery.study, "format": delivery.format, "to": self.name}
        journal.warn("not sent", **facts, why=reason, dead=dead)
        if dead:
            outcome = f"{delivery.format}: {reason}"
            self._trail.note("dead letter", study=delivery.study, peer=self.name, outcome=outcome)

    # ------------------------------------------------------------------------- commitment

    def _ask(self) -> bool:
        for study in patiently(lambda: self._queue.ask_again(self.name), self._ended):
            journal.warn("commitment missing", to=self.name, study=study)
        batch = self._due(DeliveryState.SENT)
        if not batch:
            return False
        transaction, ids = str(generate_uid(prefix=None)), [each.id for each in batch]
        wait = self._commitment_s or 0.0
        # Noted first: the answer may be here before this call is over.
        patiently(lambda: self._queue.asked(ids, self._worker, transaction, wait), self._ended)
        try:
            self._carrier.ask(batch, transaction, self._committed)
        except Away as away:
            reason = str(away)
            wait, counted = self._wait, isinstance(away, Unwilling)
            patiently(
                lambda: self._queue.not_asked(transaction, reason, wait, counted=counted),
                self._ended,
            )
            self._rest(reason)
            return False
        self._there()
        return True

    def _committed(self, transaction: str, taken: list[str], failed: list[str]) -> None:
        self._queue.committed(transaction, taken, failed)

    # ------------------------------------------------------------------------------------

    def _due(self, state: DeliveryState) -> list[Delivery]:
        """What is to be done now; what was tried too often becomes a dead letter."""
        batch = patiently(
            lambda: self._queue.take_deliveries(self._worker, self.name, state, TOGETHER),
            self._ended,
        )
        for each in batch:
            if each.tries >= self._to.tries:
                self._given_up(each)
        return [each for each in batch if each.tries < self._to.tries]

    def _given_up(self, delivery: Delivery) -> None:
        why = _never_committed(delivery.reason) if self._commits else "it was tried too often"
        patiently(
            lambda: self._queue.put_off(
                [delivery.id], self._worker, why, 0.0, state=DeliveryState.DEAD, counted=False
            ),
            self._ended,
        )
        self._tell_not_sent(delivery, why, dead=True)

    def _put_off(self, ids: set[int], reason: str) -> None:
        wait = self._wait
        patiently(
            lambda: self._queue.put_off(sorted(ids), self._worker, reason, wait, counted=False),
            self._ended,
        )
        self._rest(reason)

    def _rest(self, reason: str) -> None:
        if reason != self._away:  # said once for as long as it stays the same
            journal.warn("destination away", to=self.name, why=reason)
            self._trail.note("destination away", peer=self.name, outcome=reason)
        self._away = reason
        self._ended.wait(self._wait)
        self._wait = min(self._to.longest_wait_s, 2 * self._wait)

    def _there(self) -> None:
        if self._away is not None:
            journal.say("destination back", to=self.name)
        self._away, self._wait = None, self._to.wait_s


def _never_committed(last: str) -> str:
    """Why a delivery is given up whose last reason was ``last``."""
    never = "the peer never committed itself"
    if last == NO_WORD:
        return f"{never}; does the PACS know this node's address and port?"
    return f"{never} ({last})" if last else never


def _commitment_s(to: DicomDestination | StowDestination) -> float | None:
    """How long a destination may take to commit itself; None where it is not asked to."""
    return to.commitment_s if isinstance(to, DicomDestination) and to.commitment else None


def carrier_to(to: DicomDestination | StowDestination, ae_title: str) -> Carrier:
    """What sends to a destination.

    Raises
    ------
    InputError
        If a certificate or a password of it cannot be used.
    """
    if isinstance(to, DicomDestination):
        from hepaspot.serve.node.store_scu import StoreCarrier

        return StoreCarrier(to, ae_title)
    from hepaspot.serve.node.stow import StowCarrier

    return StowCarrier(to)
