"""The Storage SCP: takes objects, and says so only when they are safe on disk."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, active_count
from typing import TYPE_CHECKING, Any, Final, cast

from pynetdicom import AE, _config, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, Verification  # type: ignore[attr-defined]
from pynetdicom.transport import ThreadedAssociationServer

from hepaspot.errors import InputError, OutputError
from hepaspot.intake.dicom_place import Place, place_in
from hepaspot.serve.node import journal
from hepaspot.serve.node.classes import COMPRESSED, PICTURES, PLAIN, REPORTS
from hepaspot.serve.node.figures import Figures
from hepaspot.serve.node.landing import Landing, land_in
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool

if TYPE_CHECKING:
    from socket import socket

    from pydicom.dataset import Dataset
    from pynetdicom.association import Association
    from pynetdicom.pdu_primitives import A_ASSOCIATE

SUCCESS: Final = 0x0000
OUT_OF_RESOURCES: Final = 0xA700
NOT_OF_ITS_CLASS: Final = 0xA900
NOT_UNDERSTOOD: Final = 0xC000
PROCESSING_FAILURE: Final = 0x0110
"""Status of a response (PS3.4, B.2.3; PS3.7, annex C)."""

PDU_BYTES: Final = 128 << 10
"""Longest PDU that is asked for: fewer pieces make a faster transfer (convention)."""

CALLING_UNKNOWN: Final = (1, 1, 3)
CALLED_UNKNOWN: Final = (1, 1, 7)
CONGESTED: Final = (2, 3, 1)
"""Result, source and diagnostic of a refused association (PS3.8, 9.3.4)."""

THREADS_OVER: Final = 64
"""Threads beyond those of the associations allowed, until connections are closed unheard."""


@dataclass(frozen=True)
class Came:
    """What came over one association, told when it ends."""

    caller: str
    address: str
    taken: int
    refused: int


class Server(ThreadedAssociationServer):
    """Leaves the TLS handshake to the thread of the association.

    In the library the one thread that accepts connections waits for it, so that one silent
    client would keep all others out.
    """

    most_threads = 256

    def get_request(self) -> tuple[Any, tuple[str, int]]:
        """A connection, whose handshake is made when it is first read."""
        client, address = cast("socket", self.socket).accept()
        if self.ssl_context:
            client = self.ssl_context.wrap_socket(
                client, server_side=True, do_handshake_on_connect=False
            )
        return client, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether there is room for one more connection."""
        return active_count() < self.most_threads

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever connects and goes away is no fault."""


class Receiver:
    """Listens, and hands on the key of each study that something was put to.

    Parameters
    ----------
    settings : NodeSettings
    spool : Spool
    figures : Figures
        Counts what comes.
    on_study : callable
        Told the key of a study after an object of it was made safe.
    on_came : callable
        Told what came when an association ends.
    on_committed : callable
        Told the transaction and the objects taken over and not, when the PACS commits itself.
    """

    def __init__(
        self,
        settings: NodeSettings,
        spool: Spool,
        figures: Figures,
        *,
        on_study: Callable[[str], None],
        on_came: Callable[[Came], None],
        on_committed: Callable[[str, list[str], list[str]], None],
    ) -> None:
        self._settings, self._spool, self._figures = settings, spool, figures
        self._on_study, self._on_came, self._on_committed = on_study, on_came, on_committed
        self._callers = {each.ae_title: each.address for each in settings.calling}
        self._came: dict[Any, list[int]] = {}
        self._server: Server | None = None
        self._entity = self._made()

    def start(self) -> int:
        """Listen from now on, and give the port.

        Raises
        ------
        InputError
            If the address cannot be had, or the certificate not used.
        """
        listen = self._settings.listen
        land_in(self._spool.incoming, listen.largest_mib << 20)
        _config.USE_SHORT_DIMSE_AET = True
        try:
            server: Server = self._entity.make_server(  # type: ignore[assignment]
                (listen.host, listen.port),
                ssl_context=self._context(),
                evt_handlers=[
                    (evt.EVT_REQUESTED, self._requested),
                    (evt.EVT_ACCEPTED, self._accepted),
                    (evt.EVT_CONN_CLOSE, self._closed),
                    (evt.EVT_C_ECHO, lambda event: SUCCESS),
                    (evt.EVT_C_STORE, self._stored),
                    (evt.EVT_N_EVENT_REPORT, self._reported),
                ],
                server_class=Server,
            )
        except OSError as error:
            reason = (error.strerror or "no such address").lower()
            raise InputError(
                f"{listen.host} port {listen.port}: cannot be listened on ({reason}); "
                "choose another one under [listen]"
            ) from None
        server.most_threads = listen.most_associations * 3 + THREADS_OVER
        self._server = server
        self._entity._servers.append(server)  # noqa: SLF001 - as start_server does
        Thread(target=server.serve_forever, name="listening", daemon=True).start()
        return int(server.server_address[1])

    def stop(self) -> None:
        """Take nothing more; what is being received is not acknowledged."""
        self._entity.shutdown()

    # ------------------------------------------------------------------------ associations

    def _made(self) -> AE:
        listen = self._settings.listen
        entity = AE(self._settings.ae_title)
        entity.maximum_pdu_size = PDU_BYTES
        entity.maximum_associations = listen.most_associations
        entity.acse_timeout = entity.network_timeout = listen.idle_s
        entity.dimse_timeout = listen.idle_s
        entity.add_supported_context(Verification)
        for uid in PICTURES:
            entity.add_supported_context(uid, [*PLAIN, *COMPRESSED])
        for uid in REPORTS:
            entity.add_supported_context(uid, list(PLAIN))
        # The PACS, as SCP of storage commitment, calls to tell what it took over.
        entity.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
        return entity

    def _context(self) -> ssl.SSLContext | None:
        tls = self._settings.listen.tls
        if tls is None:
            return None
        from hepaspot.serve.node.safety import server_context

        return server_context(tls)

    def _requested(self, event: Any) -> None:
        assoc: Association = event.assoc
        asked = cast("A_ASSOCIATE", assoc.requestor.primitive)
        caller, called = asked.calling_ae_title.strip(), asked.called_ae_title.strip()
        address = str(assoc.requestor.address)
        refusal = self._refusal(caller, called, address)
        if refusal is None:
            return
        reject, why = refusal
        self._figures.count("associations", "refused")
        journal.warn("association refused", why=why, address=address)
        assoc.acse.send_reject(*reject)
        assoc.kill()

    def _refusal(
        self, caller: str, called: str, address: str
    ) -> tuple[tuple[int, int, int], str] | None:
        if called != self._settings.ae_title:
            return CALLED_UNKNOWN, "called by another title than its own"
        if not self._settings.listen.anyone:
            if caller not in self._callers:
                return CALLING_UNKNOWN, "the calling title is not under [[calling]]"
            if self._callers[caller] not in {None, address}:
                return CALLING_UNKNOWN, "the calling title comes from another address"
        if not self._has_room():
            return CONGESTED, "too little disk is free"
        return None

    def _accepted(self, event: Any) -> None:
        self._came[event.assoc] = [0, 0]
        self._figures.count("associations", "accepted")

    def _closed(self, event: Any) -> None:
        counts = self._came.pop(event.assoc, None)
        if counts is None or not any(counts):
            return
        peer = event.assoc.requestor
        self._on_came(Came(peer.ae_title.strip(), str(peer.address), *counts))

    def _has_room(self) -> bool:
        return self._spool.free_bytes() >= self._settings.listen.reserve_mib << 20

    # ----------------------------------------------------------------------------- objects

    def _stored(self, event: Any) -> int:
        landing: Landing = event.request._dataset_file  # noqa: SLF001 - where the library has it
        status = self._status(event, landing)
        if status != SUCCESS:
            landing.drop()
        counts = self._came.get(event.assoc)
        if counts is not None:
            counts[status != SUCCESS] += 1
        outcome = "taken" if status == SUCCESS else "refused"
        self._figures.count("objects", outcome)
        self._figures.count("bytes", outcome, landing.written)
        return status

    def _status(self, event: Any, landing: Landing) -> int:
        if landing.too_large:
            journal.warn("object refused", why="it is larger than listen.largest_mib")
            return OUT_OF_RESOURCES
        if not self._has_room():
            journal.warn("object refused", why="too little disk is free")
            return OUT_OF_RESOURCES
        try:
            path = landing.settle()
            place = _checked(place_in(path), event.request)
            if place.own:  # a PACS may send back what it was sent, and has it
                path.unlink()
                return SUCCESS
            key = self._spool.take(path, place)
        except InputError as error:
            journal.warn("object refused", why=f"it {error}")
            Path(landing.name).unlink(missing_ok=True)
            return NOT_OF_ITS_CLASS
        except OSError as error:
            journal.fault("object refused", OutputError(f"the spool: {_reason(error)}"))
            Path(landing.name).unlink(missing_ok=True)
            return OUT_OF_RESOURCES
        self._on_study(key)
        return SUCCESS

    # -------------------------------------------------------------------------- commitment

    def _reported(self, event: Any) -> tuple[int, Dataset | None]:
        told = event.event_information
        try:
            self._on_committed(*committed(told))
        except (OutputError, ValueError) as error:
            journal.fault("commitment not noted", error)
            return PROCESSING_FAILURE, None
        return SUCCESS, None


def committed(told: Dataset) -> tuple[str, list[str], list[str]]:
    """Transaction, objects taken over, and objects not, of an event report (PS3.4, J.3.3).

    Raises
    ------
    ValueError
        If it names no transaction.
    """
    transaction = str(told.get("TransactionUID") or "")
    if not transaction:
        raise ValueError("an event report without a transaction")
    taken = [str(each.ReferencedSOPInstanceUID) for each in told.get("ReferencedSOPSequence") or ()]
    failed = [str(each.ReferencedSOPInstanceUID) for each in told.get("FailedSOPSequence") or ()]
    return transaction, taken, failed


def _checked(place: Place, request: Any) -> Place:
    """``place``, if the object is the one that the request announced."""
    told = (str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID))
    if (place.sop_class, place.sop_instance) != told:
        raise InputError("is another object than was announced; put it right at the sender")
    return place


def _reason(error: OSError) -> str:
    return (error.strerror or "input or output error").lower()
