"""The Storage SCP: takes objects, and says so only when they are safe on disk."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from pynetdicom import AE, _config, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, Verification  # type: ignore[attr-defined]

from hepaspot.errors import InputError, OutputError
from hepaspot.intake.dicom_place import Place, place_in
from hepaspot.serve.node import journal
from hepaspot.serve.node.admission import Came, Door
from hepaspot.serve.node.classes import COMPRESSED, PICTURES, PLAIN, REPORTS
from hepaspot.serve.node.commitment import committed
from hepaspot.serve.node.figures import Figures
from hepaspot.serve.node.landing import Landing, land_in
from hepaspot.serve.node.listening import Handler, Server
from hepaspot.serve.node.refusals import Refused
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.statuses import (
    NOT_OF_ITS_CLASS,
    OUT_OF_RESOURCES,
    PROCESSING_FAILURE,
    SUCCESS,
)

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pynetdicom.association import Association

PDU_BYTES: Final = 128 << 10
"""Longest PDU that is asked for: fewer pieces make a faster transfer (convention)."""

CONNECTIONS_OVER: Final = 256
"""Connections beyond the associations allowed that are heard, and told that there are too many;
what is over that is closed unheard (convention)."""

FIRST_WORD_S: Final = 15.0
"""How long who connects may take to say what is wanted (convention)."""

LAST_ANSWER_S: Final = 5.0
"""How long it may take to end all associations when the node ends (convention)."""


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
    on_refused : callable
        Told of an association that was refused.
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
        on_refused: Callable[[Refused], None],
        on_committed: Callable[[str, list[str], list[str]], None],
    ) -> None:
        self._settings, self._spool, self._figures = settings, spool, figures
        self._on_study, self._on_came, self._on_committed = on_study, on_came, on_committed
        self._on_refused = on_refused
        self._door = Door(settings, spool)
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
        _config.LOG_HANDLER_LEVEL = "none"  # nobody hears what it would put together to say
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
                request_handler=Handler,
            )
        except OSError as error:
            reason = (error.strerror or "no such address").lower()
            raise InputError(
                f"{listen.host} port {listen.port}: cannot be listened on ({reason}); "
                "choose another one under [listen]"
            ) from None
        server.most_threads = 2 * (listen.most_associations + CONNECTIONS_OVER)
        self._server = server
        self._entity._servers.append(server)  # noqa: SLF001 - as start_server does
        Thread(target=server.serve_forever, name="listening", daemon=True).start()
        return int(server.server_address[1])

    def stop(self) -> None:
        """Take nothing more; what is being received is not acknowledged."""
        if self._server is not None:
            self._server.shutdown()
        for association in self._entity.active_associations:
            Thread(target=association.abort, name="ending", daemon=True).start()
        until = time.monotonic() + LAST_ANSWER_S
        while self._door.inside and time.monotonic() < until:
            time.sleep(0.01)

    # ------------------------------------------------------------------------ associations

    def _made(self) -> AE:
        listen = self._settings.listen
        entity = AE(self._settings.ae_title)
        entity.maximum_pdu_size = PDU_BYTES
        # The library counts connections that have said nothing yet; `Door` does not.
        entity.maximum_associations = listen.most_associations + CONNECTIONS_OVER
        entity.acse_timeout = min(listen.idle_s, FIRST_WORD_S)
        entity.network_timeout = entity.dimse_timeout = listen.idle_s
        entity.add_supported_context(Verification, list(PLAIN))
        for uid in PICTURES:
            entity.add_supported_context(uid, [*PLAIN, *COMPRESSED])
        for uid in REPORTS:
            entity.add_supported_context(uid, list(PLAIN))
        # The PACS, as SCP of storage commitment, calls to tell what it took over.
        entity.add_supported_context(
            StorageCommitmentPushModel, list(PLAIN), scu_role=False, scp_role=True
        )
        return entity

    def _context(self) -> ssl.SSLContext | None:
        tls = self._settings.listen.tls
        if tls is None:
            return None
        from hepaspot.serve.node.safety import server_context

        return server_context(tls)

    def _requested(self, event: Any) -> None:
        refusal = self._door.refusal(event.assoc)
        if refusal is None:
            return
        reject, refused = refusal
        self._figures.count("associations", "refused")
        journal.warn("association refused", **refused._asdict())
        self._on_refused(refused)
        event.assoc.acse.send_reject(*reject)
        event.assoc.kill()

    def _accepted(self, event: Any) -> None:
        self._figures.count("associations", "accepted")

    def _closed(self, event: Any) -> None:
        _drop_unfinished(event.assoc)
        came = self._door.leaves(event.assoc)
        if came is not None:
            self._on_came(came)

    # ----------------------------------------------------------------------------- objects

    def _stored(self, event: Any) -> int:
        landing: Landing = event.request._dataset_file  # noqa: SLF001 - where the library has it
        status = self._status(event, landing)
        if status != SUCCESS:
            landing.drop()
            with suppress(OSError):  # it is removed when the node starts again
                Path(landing.name).unlink(missing_ok=True)
        self._door.brought(event.assoc, taken=status == SUCCESS)
        outcome = "taken" if status == SUCCESS else "refused"
        self._figures.count("objects", outcome)
        self._figures.count("bytes", outcome, landing.written)
        return status

    def _status(self, event: Any, landing: Landing) -> int:
        if landing.too_large:
            journal.warn("object refused", why="it is larger than listen.largest_mib")
            return OUT_OF_RESOURCES
        if not self._spool.has_room(self._settings.listen.reserve_mib):
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
            return NOT_OF_ITS_CLASS
        except OSError as error:
            journal.fault("object refused", OutputError(f"the spool: {_reason(error)}"))
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


def _drop_unfinished(association: Association) -> None:
    """Remove what was being received, and what was not looked at yet: nobody was told of it."""
    provider = association.dimse
    left = [] if provider.message is None else [provider.message._data_set_file]  # noqa: SLF001
    left += [getattr(told, "_dataset_file", None) for _, told in list(provider.msg_queue.queue)]
    for each in left:
        if isinstance(each, Landing):
            each.drop()


def _checked(place: Place, request: Any) -> Place:
    """``place``, if the object is the one that the request announced."""
    told = (str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID))
    if (place.sop_class, place.sop_instance) != told:
        raise InputError("is another object than was announced; put it right at the sender")
    return place


def _reason(error: OSError) -> str:
    return (error.strerror or "input or output error").lower()
