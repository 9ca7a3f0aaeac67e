"""A PACS and a DICOMweb server in this process that fail as they are told to, and then take all."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from serve.node.peers import Node


class ScriptedPacs:
    """A Storage SCP in this process that answers as it is told to, and then takes everything.

    Parameters
    ----------
    answers : sequence of int, "reject" or "abort"
        What it does with each association (reject) or object (status, abort), one after another.
    """

    def __init__(self, *answers: int | str, commits: bool = False) -> None:
        from pynetdicom import AE, evt
        from pynetdicom.sop_class import StorageCommitmentPushModel

        from hepaspot.serve.node.classes import SENT

        self.answers, self.stored, self.asked = list(answers), [], []
        self.refusing = False
        self._turn = Lock()
        entity = AE("PACS")
        entity.dimse_timeout = entity.acse_timeout = entity.network_timeout = 30
        for uid in SENT.values():
            entity.add_supported_context(uid)
        if commits:
            entity.add_supported_context(StorageCommitmentPushModel)
        handlers = [
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_C_STORE, self._stored),
            (evt.EVT_N_ACTION, self._action),
        ]
        self.server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
        self.port = self.server.server_address[1]

    def destination(self, name: str, **more: Any) -> dict[str, Any]:
        """It, as a node is told of it."""
        there = {"kind": "dicom", "host": "127.0.0.1", "port": self.port, "ae_title": "PACS"}
        return {"name": name, "formats": ["sr"], "wait_s": 0.2, **there, **more}

    def _next(self, *kinds: type) -> int | str | None:
        with self._turn:
            if self.refusing:
                return 0xC000 if int in kinds else None
            if self.answers and isinstance(self.answers[0], kinds):
                return self.answers.pop(0)
            return None

    def _requested(self, event: Any) -> None:
        with self._turn:
            reject = self.answers[:1] == ["reject"] and bool(self.answers.pop(0))
        if reject:
            event.assoc.acse.send_reject(1, 1, 7)
            event.assoc.kill()

    def _stored(self, event: Any) -> int:
        answer = self._next(int, str)
        if answer == "abort":
            event.assoc.abort()
            return 0xC000
        if answer is None:
            self.stored.append(str(event.request.AffectedSOPInstanceUID))
        return int(answer or 0)

    def _action(self, event: Any) -> tuple[int, None]:
        answer = self._next(int)
        if answer is None:
            self.asked.append(event.action_information)
        return int(answer or 0), None

    def commit(self, node: Node, *, calling: str = "ORTHANC", failed: bool = False) -> int:
        """Tell the node what was taken over, of all it asked for; the status it answers with."""
        from pydicom.dataset import Dataset
        from pynetdicom import AE, build_role
        from pynetdicom.sop_class import StorageCommitmentPushModel

        asked = self.asked.pop(0)
        told = Dataset()
        told.TransactionUID = asked.TransactionUID
        if failed:
            told.FailedSOPSequence = asked.ReferencedSOPSequence
            for each in told.FailedSOPSequence:
                each.FailureReason = 0x0112
        else:
            told.ReferencedSOPSequence = asked.ReferencedSOPSequence
        entity = AE(calling)
        entity.add_requested_context(StorageCommitmentPushModel)
        role = build_role(StorageCommitmentPushModel, scp_role=True)
        assoc = entity.associate("127.0.0.1", node.port, ae_title=node.title, ext_neg=[role])
        assert assoc.is_established
        status, _ = assoc.send_n_event_report(
            told, 2 if failed else 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1"
        )
        assoc.release()
        return int(status.Status)

    def end(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            server.shutdown()


class ScriptedWeb:
    """A DICOMweb server in this process that answers as it is told to, and then takes everything.

    Parameters
    ----------
    answers : sequence of int, "silent" or (int, bytes)
        The status of each answer, with its body; or none, until the server ends.
    """

    def __init__(self, *answers: int | str | tuple[int, bytes]) -> None:
        self.answers, self.stored, self.seen = list(answers), [], 0
        self.headers: list[dict[str, str]] = []
        self._over = Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                web._answer(self)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/dicom-web"
        self._thread = Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def destination(self, name: str, **more: Any) -> dict[str, Any]:
        """It, as a node is told of it."""
        return {"kind": "stow", "name": name, "formats": ["sr"], "wait_s": 0.2, "url": self.url} | (
            more
        )

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.seen += 1
        self.headers.append(dict(request.headers))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "silent":
            self._over.wait(60)
            return
        status, text = answer if isinstance(answer, tuple) else (answer, b"")
        if status == 200 and not text:
            self.stored.append(body)
        request.send_response(status)
        request.send_header("Content-Length", str(len(text)))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(text)

    def end(self) -> None:
        self._over.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
