"""Where the rows of an answer go: a file, or a pipe, in a format that programs read."""

from __future__ import annotations

import csv
import io
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from hepaspot.errors import OutputError


class RowFormat(StrEnum):
    """Form of the rows."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def rows_of(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Rows of one batch; two columns may have one name."""
    columns = [column.to_pylist() for column in batch.columns]
    return zip(*columns, strict=True) if columns else iter(())


def write_rows(
    reader: pa.RecordBatchReader, format: RowFormat, output: Path | None, kept: Path
) -> int:
    """Write every row; how many.

    Parameters
    ----------
    reader : RecordBatchReader
    format : RowFormat
    output : Path or None
        A file, written whole or not at all; None for standard output.
    kept : Path
        The result that is asked; no file in it is replaced.

    Raises
    ------
    OutputError
        If the file cannot be written, or lies in the result.
    """
    if output is None:
        return _WRITERS[format](reader, sys.stdout.buffer)
    if output.resolve().is_relative_to(kept.resolve()):
        raise OutputError(f"{output}: lies in the result; choose another -o")
    with _drafted(output) as file:
        if format is RowFormat.CSV:
            file.write(BOM_UTF8)  # without it Excel does not see that Chinese is UTF-8
        return _WRITERS[format](reader, file)


@contextmanager
def _drafted(output: Path) -> Iterator[BinaryIO]:
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        file = draft.open("wb")
    except OSError as error:
        raise _unwritable(output, error) from None
    try:
        with file:
            yield file
        draft.replace(output)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            raise _unwritable(output, error) from None
        raise


def _unwritable(output: Path, error: OSError) -> OutputError:
    reason = (error.strerror or "input or output error").lower()
    return OutputError(f"{output}: cannot be written ({reason}); choose another -o")


def _csv(reader: pa.RecordBatchReader, file: BinaryIO) -> int:
    words = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(words)
    writer.writerow(reader.schema.names)
    written = 0
    for batch in reader:
        for row in rows_of(batch):
            writer.writerow([_cell(value) for value in row])
        written += batch.num_rows
    words.detach()
    return written


def _cell(value: Any) -> Any:
    return msgspec.json.encode(value, enc_hook=str).decode() if _nested(value) else value


def _nested(value: Any) -> bool:
    return isinstance(value, list | dict)


def _jsonl(reader: pa.RecordBatchReader, file: BinaryIO) -> int:
    encoder = msgspec.json.Encoder(enc_hook=str)
    names = reader.schema.names
    written = 0
    for batch in reader:
        file.writelines(
            encoder.encode(dict(zip(names, row, strict=True))) + b"\n" for row in rows_of(batch)
        )
        written += batch.num_rows
    return written


def _parquet(reader: pa.RecordBatchReader, file: BinaryIO) -> int:
    written = 0
    with pq.ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            written += batch.num_rows
    return written


_WRITERS: dict[RowFormat, Callable[[pa.RecordBatchReader, BinaryIO], int]] = {
    RowFormat.CSV: _csv,
    RowFormat.JSONL: _jsonl,
    RowFormat.PARQUET: _parquet,
}
