"""Sends objects to a PACS by C-STORE, and asks it to commit itself to them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydicom import dcmread
from pynetdicom import AE, build_context, evt
from pynetdicom.pdu_primitives import A_ASSOCIATE
from pynetdicom.sop_class import StorageCommitmentPushModel  # type: ignore[attr-defined]

from hepaspot.intake import dicom_file
from hepaspot.serve.node.carriers import Away, Broke, Committed, Outcome, Result, Unwilling
from hepaspot.serve.node.commitment import (
    COMMITMENT_INSTANCE,
    REQUEST_COMMITMENT,
    committed,
    request_for,
)
from hepaspot.serve.node.queue import Delivery
from hepaspot.serve.node.safety import client_context
from hepaspot.serve.node.settings import DicomDestination
from hepaspot.serve.node.statuses import (
    PROCESSING_FAILURE,
    SUCCESS,
    is_out_of_resources,
    is_taken,
)

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pynetdicom.association import Association

AFTER_ASKING_S: Final = 2.0
"""How long an association is kept for a peer that answers on it: seconds (convention)."""

NO_COMMITMENT: Final = "the peer takes no requests for commitment"
NO_TLS: Final = "the peer is not there, or no TLS can be had with it"


class StoreCarrier:
    """Sends by C-STORE.

    Parameters
    ----------
    to : DicomDestination
    ae_title : str
        What the node calls itself.
    """

    def __init__(self, to: DicomDestination, ae_title: str) -> None:
        self._to = to
        self._tls = None if to.tls is None else client_context(to.tls, f"send.{to.name}.tls")
        self._entity = AE(ae_title)
        self._entity.acse_timeout = self._entity.dimse_timeout = to.answer_s
        self._entity.network_timeout = self._entity.connection_timeout = to.answer_s

    def send(self, batch: Sequence[tuple[Delivery, Path]]) -> Iterator[Outcome]:
        """Send a batch over one association."""
        syntaxes = [dicom_file.EXPLICIT_LITTLE, dicom_file.IMPLICIT_LITTLE]
        classes = dict.fromkeys(delivery.sop_class_uid for delivery, _ in batch)
        try:
            with self._association([(each, syntaxes) for each in classes]) as assoc:
                for delivery, path in batch:
                    yield self._sent(assoc, delivery, path)
        except Unwilling as error:
            yield from (Outcome(delivery, Result.REFUSED, str(error)) for delivery, _ in batch)

    def _sent(self, assoc: Association, delivery: Delivery, path: Path) -> Outcome:
        try:
            data = dcmread(path)
        except OSError:
            return Outcome(delivery, Result.REFUSED, "its file is gone")
        try:
            answer = assoc.send_c_store(data)
        except ValueError:
            return Outcome(delivery, Result.REFUSED, "the peer takes no objects of its class")
        except RuntimeError:
            raise Away("the peer ended the association") from None
        status = answer.get("Status")
        if status is None:
            raise Broke("the peer gave no answer")
        if is_taken(status):
            return Outcome(delivery, Result.TAKEN)
        if is_out_of_resources(status):
            raise Away(f"the peer is out of resources (status {status:04X})")
        return Outcome(delivery, Result.REFUSED, f"the peer refused it with status {status:04X}")

    def ask(self, batch: Sequence[Delivery], transaction: str, told: Committed) -> None:
        """Ask for commitment; a peer that answers on the same association is heard."""
        heard: list[bool] = []

        def reported(event: Any) -> tuple[int, Dataset | None]:
            try:
                told(*committed(event.event_information))
            except (OSError, ValueError):
                return PROCESSING_FAILURE, None
            heard.append(True)
            return SUCCESS, None

        syntaxes = [dicom_file.EXPLICIT_LITTLE, dicom_file.IMPLICIT_LITTLE]
        handlers = [(evt.EVT_N_EVENT_REPORT, reported)]
        with self._association([(StorageCommitmentPushModel, syntaxes)], handlers) as assoc:
            try:
                answer, _ = assoc.send_n_action(
                    request_for(batch, transaction),
                    REQUEST_COMMITMENT,
                    StorageCommitmentPushModel,
                    COMMITMENT_INSTANCE,
                )
            except ValueError:
                raise Unwilling(NO_COMMITMENT) from None
            except RuntimeError:
                raise Away("the peer ended the association") from None
            status = answer.get("Status")
            if status is None:
                raise Away("the peer gave no answer")
            if status != SUCCESS:
                raise Unwilling(f"the peer refused to commit itself with status {status:04X}")
            until = time.monotonic() + AFTER_ASKING_S
            while not heard and assoc.is_established and time.monotonic() < until:
                time.sleep(0.05)

    @contextmanager
    def _association(
        self, contexts: Sequence[tuple[str, list[str]]], handlers: Sequence[Any] = ()
    ) -> Iterator[Association]:
        assoc = self._entity.associate(
            self._to.host,
            self._to.port,
            contexts=[build_context(uid, syntaxes) for uid, syntaxes in contexts],
            ae_title=self._to.ae_title,
            tls_args=None if self._tls is None else (self._tls, self._to.host),
            evt_handlers=list(handlers),
        )
        if not assoc.is_established:
            raise self._fault(assoc)
        try:
            yield assoc
        finally:
            if assoc.is_established:
                assoc.release()

    def _fault(self, assoc: Association) -> Away:
        """Why there is no association."""
        answer = assoc.acceptor.primitive
        if assoc.is_rejected and isinstance(answer, A_ASSOCIATE):
            reason = answer.reason_str.replace("recognised", "known")
            return Away(f"the peer refused the association ({reason[:1].lower()}{reason[1:]})")
        if assoc.rejected_contexts:
            asked = assoc.rejected_contexts[0].abstract_syntax == StorageCommitmentPushModel
            return Unwilling(NO_COMMITMENT if asked else "the peer takes no objects of its class")
        return Away("the peer is not there" if self._tls is None else NO_TLS)
