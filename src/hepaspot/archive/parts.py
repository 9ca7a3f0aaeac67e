"""One part of an audit: read, checked, and written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from hepaspot.archive.access import Access
from hepaspot.archive.documents import persons
from hepaspot.archive.examining import Rows, examine
from hepaspot.archive.laying_out import rows_of
from hepaspot.archive.schema import TABLES
from hepaspot.exam import Setting

AT: Final = "at"
"""File in which a part says which exam it reads, for whoever finds its process dead."""


class Done(NamedTuple):
    """What came of a part."""

    part: int
    exams: int
    documents: int
    alerts: int
    errors: int


def name_of(part: int) -> str:
    """What a part is called in its folder."""
    return f"{part:06}"


def run_part(
    result: str,
    part: int,
    setting: Setting,
    access: Access | None = None,
    left_out: Sequence[str] = (),
) -> Done:
    """Read one part and write its tables.

    Parameters
    ----------
    result : str
        Folder of the audit.
    part : int
        Which part.
    setting : Setting
        Of the whole archive.
    access : Access, optional
        How to get into the servers of the archive.
    left_out : sequence of str
        Exams whose reading ended a process before; they become errors.
    """
    folder = Path(result) / "parts"
    documents = list(rows_of(str(Path(result) / "input.parquet"), part))
    rows = Rows()
    with (folder / f"{name_of(part)}.{AT}").open("wb", buffering=0) as at:

        def begun(exam: str) -> None:
            data = exam.encode()
            at.seek(0)
            at.write(len(data).to_bytes(4, "big") + data)

        for filed in persons(documents):
            for each in filed:
                if each.exam in left_out:
                    rows.errors.append(_ended(each.exam, each.documents[0].origin))
            kept = [each for each in filed if each.exam not in left_out]
            examine(kept, setting, access or Access(), rows, begun=begun)
    _write(folder, part, rows)
    return Done(part, len(rows.exams), len(documents), len(rows.alerts), len(rows.errors))


def exam_at(result: Path, part: int) -> str | None:
    """The exam that a part was reading when its process ended."""
    try:
        data = (result / "parts" / f"{name_of(part)}.{AT}").read_bytes()
    except OSError:
        return None
    length = int.from_bytes(data[:4], "big")
    return data[4 : 4 + length].decode("utf-8", "replace") or None


def is_done(result: Path, part: int) -> bool:
    """Whether a part is written, and can be read."""
    folder = result / "parts" / name_of(part)
    try:
        return all(pq.ParquetFile(folder / f"{table}.parquet").metadata for table in TABLES)
    except (OSError, pa.ArrowException):
        if folder.exists():
            shutil.rmtree(folder)  # cut off by a damaged disk; it is read anew
        return False


def _ended(exam: str, origin: str) -> dict[str, Any]:
    reason = "reading it ended the process"
    return {"exam": exam, "origin": origin, "kind": "InternalError", "reason": reason}


def _write(folder: Path, part: int, rows: Rows) -> None:
    draft = folder / f"{name_of(part)}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for row in rows.exams:
        row["part"] = part
    for name, schema in TABLES.items():
        path = draft / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(getattr(rows, name), schema), path, compression="zstd")
        with path.open("rb") as file:
            os.fsync(file.fileno())
    final = folder / name_of(part)
    if not final.exists():
        try:
            draft.rename(final)
        except OSError:
            if not final.exists():
                raise
    shutil.rmtree(draft, ignore_errors=True)
    (folder / f"{name_of(part)}.{AT}").unlink(missing_ok=True)
