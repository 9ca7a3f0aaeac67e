"""Documents are put in order by part and person, in pieces that are sorted one by one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepaspot.archive import ordering
from hepaspot.archive.laying_out import rows_of
from hepaspot.archive.schema import INPUT

PARTS = 5


def documents():
    """Rows of `schema.INPUT` that are few enough to be like each other."""
    return st.lists(
        st.fixed_dictionaries(
            {
                "bucket": st.integers(0, PARTS - 1),
                "person": st.sampled_from(["p", "q", "ä"]),
                "exam": st.sampled_from(["E1", "E10", "E2"]),
                "text": st.none() | st.text(max_size=20),
                "origin": st.integers(1, 120).map("t.csv:{}".format),
            }
        ),
        max_size=40,
        unique_by=lambda row: row["origin"],
    )


def ordered(folder, rows):
    found, to = folder / "found.parquet", folder / "input.parquet"
    pq.write_table(pa.Table.from_pylist(rows, INPUT), found)
    words_bytes = sum(len((row["text"] or "").encode()) for row in rows)
    ordering.put_in_order(found, to, PARTS, words_bytes)
    assert sorted(path.name for path in folder.iterdir()) == [found.name, to.name]
    return pq.read_table(to)


def key(row):
    return row["bucket"], row["person"], row["exam"], len(row["origin"]), row["origin"]


@pytest.mark.parametrize("piece_bytes", [1, 700, 1 << 20])
def test_every_document_is_there_once_and_in_order_however_small_a_piece_is(
    tmp_path_factory, monkeypatch, piece_bytes
):
    monkeypatch.setattr(ordering, "PIECE_BYTES", piece_bytes)

    @settings(max_examples=30, deadline=None)
    @given(documents())
    def holds(rows):
        found = ordered(tmp_path_factory.mktemp("ordered"), rows)
        empty = dict.fromkeys(INPUT.names)
        assert found.to_pylist() == [{**empty, **row} for row in sorted(rows, key=key)]

    holds()


@pytest.mark.parametrize("piece_bytes", [1, 700, 1 << 20])
def test_the_documents_of_each_part_are_found_and_no_other(
    tmp_path_factory, monkeypatch, piece_bytes
):
    monkeypatch.setattr(ordering, "PIECE_BYTES", piece_bytes)
    monkeypatch.setattr(ordering, "ROWS", 3)

    @settings(max_examples=30, deadline=None)
    @given(documents())
    def holds(rows):
        folder = tmp_path_factory.mktemp("ordered")
        ordered(folder, rows)
        for part in range(PARTS):
            found = [row["origin"] for row in rows_of(str(folder / "input.parquet"), part)]
            own = sorted((row for row in rows if row["bucket"] == part), key=key)
            assert found == [row["origin"] for row in own]

    holds()


def test_a_piece_holds_a_share_of_the_documents(tmp_path, monkeypatch):
    monkeypatch.setattr(ordering, "PIECE_BYTES", 20 * ordering.ROW_BYTES)
    held = []
    whole = ordering._sorted

    def counted(piece):
        rows = whole(piece)
        held.append(len(rows))
        return rows

    monkeypatch.setattr(ordering, "_sorted", counted)
    ordered(
        tmp_path,
        [
            {"bucket": n % PARTS, "person": "p", "exam": f"E{n}", "text": None, "origin": f"{n}"}
            for n in range(100)
        ],
    )
    assert held == [20] * PARTS


def test_the_file_tells_the_version_and_what_its_columns_hold(tmp_path):
    assert ordered(tmp_path, []).schema.equals(INPUT, check_metadata=True)
