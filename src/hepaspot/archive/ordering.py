"""Puts any number of documents in order, in memory that does not grow with the archive.

Documents are scattered over pieces, each of some parts that follow each other. A piece is small
enough to be sorted at once, and the sorted pieces, one behind the other, are the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hepaspot.archive.schema import INPUT

PIECE_BYTES: Final = 16 << 20
"""What one piece holds, about (convention): sorting takes some times as much."""

ROW_BYTES: Final = 256
"""What a document takes beside its words, about: ids, paths, two hashes."""

MOST_PIECES: Final = 256
"""Files that are written at once; an archive of more than 4 GB gets larger ones (convention)."""

ROWS: Final = 8192
"""Rows of one group of the file that is written (convention)."""

KEYS: Final = ("bucket", "person", "exam", "width", "origin")
"""What documents are ordered by; ``width`` puts row 9 of a table before row 10."""


def put_in_order(found: Path, to: Path, parts: int, words_bytes: int) -> None:
    """Write the rows of one file of `schema.INPUT` into another one, in order.

    Parameters
    ----------
    found, to : Path
        Parquet files; what is made on the way stands beside ``to``.
    parts : int
        Buckets of the rows are below it.
    words_bytes : int
        Size of the words of all documents.
    """
    documents = pq.ParquetFile(found).metadata.num_rows
    wanted = -(-(words_bytes + ROW_BYTES * documents) // PIECE_BYTES)
    pieces = [
        to.with_name(f"files-piece-{number}.arrow")
        for number in range(min(max(1, wanted), parts, MOST_PIECES))
    ]
    _scatter(found, pieces, parts)
    with pq.ParquetWriter(to, INPUT, compression="zstd") as writer:
        for piece in pieces:
            rows = _sorted(piece)
            if rows:  # a group without rows would tell no least and greatest bucket
                writer.write_table(rows, row_group_size=ROWS)
            piece.unlink()


def _scatter(found: Path, pieces: list[Path], parts: int) -> None:
    with ExitStack() as stack:
        writers = [
            stack.enter_context(pa.ipc.new_stream(stack.enter_context(path.open("wb")), INPUT))
            for path in pieces
        ]
        for rows in _batches(found):
            own = pc.divide(pc.multiply(rows["bucket"], len(pieces)), parts)
            for number, writer in enumerate(writers):
                writer.write_table(rows.filter(pc.equal(own, number)))


def _batches(found: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(found) as file:
        for batch in file.iter_batches(ROWS, columns=INPUT.names):
            yield pa.Table.from_batches([batch]).cast(INPUT)


def _sorted(piece: Path) -> pa.Table:
    with piece.open("rb") as file:
        rows = pa.ipc.open_stream(file).read_all()
    rows = rows.append_column("width", pc.utf8_length(rows["origin"]))
    return rows.sort_by([(key, "ascending") for key in KEYS]).select(INPUT.names).cast(INPUT)
