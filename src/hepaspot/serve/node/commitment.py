"""Storage commitment in the words of the standard: what is asked, and what a PACS reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydicom.dataset import Dataset

from hepaspot.serve.node.queue import Delivery

COMMITMENT_INSTANCE: Final = "1.2.840.10008.1.20.1.1"
"""Storage Commitment Push Model SOP Instance, well known (PS3.6, annex A)."""

REQUEST_COMMITMENT: Final = 1
"""Action type (PS3.4, J.3.2)."""


def request_for(batch: Sequence[Delivery], transaction: str) -> Dataset:
    """What a peer is asked to commit itself to (PS3.4, J.3.2)."""
    asked = Dataset()
    asked.TransactionUID = transaction
    asked.ReferencedSOPSequence = [_referenced(each) for each in batch]
    return asked


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


def _referenced(delivery: Delivery) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = delivery.sop_class_uid
    item.ReferencedSOPInstanceUID = delivery.sop_instance_uid
    return item
