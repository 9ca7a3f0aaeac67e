"""The sockets of the Storage SCP: who may connect, and how long anybody may take to say a thing.

The library waits without end for the rest of what a peer began, keeps as much of it as the peer
says that there will be, and reads it in pieces of 4 KiB. Here each has a bound.
"""

from __future__ import annotations

import select
import time
from contextlib import suppress
from queue import Empty
from threading import active_count
from typing import TYPE_CHECKING, Any, Final, cast

from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

if TYPE_CHECKING:
    from socket import socket

    from pynetdicom.association import Association

LONGEST_PDU: Final = 1 << 20
"""What is longer is no PDU that was asked for, nor a request for an association: bytes (1 MiB)."""

LONGEST_MESSAGE: Final = 16 << 20
"""A message that is no object, and so is kept in memory: bytes (16 MiB)."""

UNANSWERED: Final = 4
"""Messages that a peer may send ahead of the answers; then it is not listened to (convention)."""

QUIET_LOOKS: Final = 200
REST_S: Final = 0.05
"""After so many looks, of a millisecond each, at a peer that says nothing, it is looked at only
so often (seconds); hundreds of silent ones would otherwise keep a processor busy (convention)."""

LEAST_WAIT_S: Final = 0.01
"""A socket is given at least so long: 0 would mean not to wait at all."""

WAITING: Final = 128
"""Connections that the system keeps until they are accepted (convention)."""


class Wire(AssociationSocket):
    """A connection on which a PDU has to be whole in time."""

    _looks = 0
    _held = 0

    @property
    def ready(self) -> bool:
        """Whether something can be read; waits a little where nothing was for a while."""
        if self.assoc.dimse.msg_queue.qsize() >= UNANSWERED:
            return False
        found = super().ready
        self._looks = 0 if found else self._looks + 1
        if self._looks > QUIET_LOOKS and self.socket is not None:
            with suppress(OSError, ValueError):  # closed meanwhile
                select.select([self.socket], [], [], REST_S)
        return found

    def recv(self, nr_bytes: int) -> bytearray:
        """Read ``nr_bytes``, or less where the peer hung up.

        Raises
        ------
        OSError
            If that is more than a PDU may have, or takes the peer too long.
        """
        if nr_bytes > LONGEST_PDU or self._in_memory(nr_bytes) > LONGEST_MESSAGE:
            raise OSError("a PDU or a message is too long")
        client = cast("socket", self.socket)
        until = time.monotonic() + (self.assoc.network_timeout or 0.0)
        told, read = bytearray(nr_bytes), 0
        with memoryview(told) as room:
            while read < nr_bytes:
                client.settimeout(max(LEAST_WAIT_S, until - time.monotonic()))
                got = client.recv_into(room[read:])
                if not got:
                    break
                read += got
        return told if read == nr_bytes else told[:read]

    def _in_memory(self, more: int) -> int:
        """Bytes of the message that is being received, as far as it is kept in memory."""
        message = self.assoc.dimse.message
        on_disk = message is not None and message._data_set_file is not None  # noqa: SLF001
        self._held = 0 if message is None or on_disk else self._held + more
        return self._held


class Ear(DIMSEServiceProvider):
    """Where messages are waited for; the library looks a thousand times a second."""

    _looks = 0

    def get_msg(self, block: bool = False) -> Any:
        """The next message; without one, waits a little where none came for a while."""
        if block or self._looks <= QUIET_LOOKS or not self.msg_queue.empty():
            found = super().get_msg(block)
        else:
            try:
                found = self.msg_queue.get(timeout=REST_S)
            except Empty:
                found = (None, None)
        self._looks = 0 if found[1] is not None else self._looks + 1
        return found


class Handler(RequestHandler):
    """Gives each connection a wire of our own."""

    def _create_association(self) -> Association:
        assoc = super()._create_association()
        wire = cast("AssociationSocket", assoc.dul.socket)
        # They are made already; other ones would tell the library of a second connection.
        wire.__class__, assoc.dimse.__class__ = Wire, Ear
        cast("socket", wire.socket).settimeout(assoc.network_timeout)
        assoc.dul.daemon = True  # who says nothing does not keep the process from ending
        return assoc


class Server(ThreadedAssociationServer):
    """Leaves the TLS handshake to the thread of the association.

    In the library the one thread that accepts connections waits for it, so that one silent
    client would keep all others out.
    """

    request_queue_size = WAITING
    daemon_threads = True
    most_threads = 640

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
