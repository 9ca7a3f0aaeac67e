"""The tables that an audit writes, column by column, with what each holds.

`docs/archive.md` is checked against these.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

SCHEMA_VERSION: Final = "2"
"""Version of these tables, in the metadata of each file."""

STATES: Final = pa.list_(pa.string())


def _table(*columns: tuple[str, pa.DataType, str]) -> pa.Schema:
    fields = [pa.field(name, kind, metadata={"what": what}) for name, kind, what in columns]
    return pa.schema(fields, metadata={"hepaspot": SCHEMA_VERSION})


SPAN: Final = (
    ("source", pa.int32(), "document of the exam, from 0, in the order of input.parquet"),
    ("start", pa.int32(), "first character of the passage; null for a picture"),
    ("end", pa.int32(), "character behind the passage; null for a picture"),
)


def _spans(prefix: str) -> list[tuple[str, pa.DataType, str]]:
    return [(f"{prefix}_{name}", kind, f"{prefix}: {what}") for name, kind, what in SPAN]


EXAMS: Final = _table(
    ("exam", pa.string(), "the exam, as the source calls it, told apart where that is of several"),
    ("part", pa.int32(), "part of the audit that read it"),
    ("person", pa.string(), "hash of the person, or of the exam where no person is known"),
    ("date", pa.date32(), "day of the examination"),
    ("site", pa.string(), "where it was made"),
    ("age_years", pa.float32(), "age of the person"),
    ("sex", pa.string(), "sex of the person"),
    ("reports", pa.int32(), "reports read"),
    ("pictures", pa.int32(), "stills and clips read"),
    (
        "of_liver",
        pa.bool_(),
        "false where its reports name no part of the liver, and no picture is there",
    ),
    ("foci", pa.int32(), "bright spots, or groups of them"),
    ("shadowing", pa.int32(), "of these, with a shadow"),
    ("named_stone", pa.bool_(), "a focus is plainly called a duct stone"),
    ("named_calcification", pa.bool_(), "a focus is plainly called a calcification"),
    ("ducts", pa.string(), "state of the intrahepatic ducts; null where nothing is said"),
    ("duct_statement_missing", pa.bool_(), "a focus would need one for its category"),
    ("category", pa.string(), "screening category of the exam"),
    ("judgement", pa.string(), "screening judgement of the exam"),
    ("red_flags", STATES, "ids of red flags"),
    ("alerts", STATES, "ids of alerts, the gravest first"),
    ("prior", pa.string(), "the exam of the same person before it"),
    ("origin", pa.string(), "where the exam came from: file and row"),
)
"""One row an exam."""

FOCI: Final = _table(
    ("exam", pa.string(), "the exam"),
    ("focus", pa.string(), "the focus in it: F1, F2, ..."),
    ("date", pa.date32(), "day of the examination"),
    ("count", pa.string(), "single or multiple"),
    ("lobe", pa.string(), "lobe"),
    ("segments", pa.list_(pa.int8()), "Couinaud segments"),
    ("size_mm", pa.float32(), "largest axis told, in millimetres"),
    ("stated", pa.string(), "what its author plainly or hedged calls it"),
    ("certainty", pa.string(), "how surely"),
    ("name", pa.string(), "the finer name that the author used"),
    ("shadow", pa.string(), "state of the shadow"),
    ("ducts", pa.string(), "state of the ducts upstream of it"),
    ("conclusion", pa.string(), "what hepaspot concludes"),
    ("leaning", pa.string(), "what is likeliest, where nothing is concluded too"),
    ("leaning_share", pa.float32(), "share of draws in which it is"),
    *[
        (f"p_{entity}{end}", pa.float32(), f"probability of {entity}{what}")
        for entity in ("calcification", "duct_stone", "duct_gas", "other")
        for end, what in (("", ""), ("_low", ", lower end"), ("_high", ", upper end"))
    ],
    ("category", pa.string(), "screening category of the focus"),
    ("judgement", pa.string(), "screening judgement of the focus"),
    ("prior_size_mm", pa.float32(), "size of the same spot in the exam before"),
    ("change", pa.string(), "larger, smaller, stable, new, larger_or_another, smaller_or_another"),
    *_spans("spot"),
    *_spans("stated"),
)
"""One row a focus."""

ALERTS: Final = _table(
    ("exam", pa.string(), "the exam"),
    ("alert", pa.string(), "id in knowledge/alerts.toml"),
    ("rank", pa.int32(), "1 is what matters most to the patient"),
    ("focus", pa.string(), "the focus; null where it is of the whole exam"),
    ("prior", pa.string(), "the earlier exam that it is compared with"),
    ("date", pa.date32(), "day of the examination"),
    *_spans("first"),
    ("first_words", pa.string(), "first: the passage, cut at 120 characters"),
    *_spans("second"),
    ("second_words", pa.string(), "second: the passage, cut at 120 characters"),
)
"""One row an alert; where there is an earlier exam, ``second`` is a passage of that one."""

ERRORS: Final = _table(
    ("exam", pa.string(), "the exam; null where the source could not be taken apart"),
    ("origin", pa.string(), "where it is: file and row"),
    ("kind", pa.string(), "kind of error"),
    ("reason", pa.string(), "in one line, without a word of the exam"),
)
"""One row a document that could not be read."""

TABLES: Final = {"exams": EXAMS, "foci": FOCI, "alerts": ALERTS, "errors": ERRORS}

INPUT: Final = _table(
    ("bucket", pa.int32(), "part that the document belongs to"),
    ("person", pa.string(), "hash of the person, or of the exam where no person is known"),
    ("exam", pa.string(), "the exam, as the source calls it, told apart where that is of several"),
    ("date", pa.date32(), "day of the examination"),
    ("site", pa.string(), "where it was made"),
    ("age_years", pa.float32(), "age of the person"),
    ("sex", pa.string(), "sex of the person"),
    ("text", pa.string(), "the report; null for a file"),
    ("path", pa.string(), "the file; null for a report in a table"),
    ("origin", pa.string(), "where the document came from: file and row"),
)
"""One row a document, laid out so that all of one person stand together."""

LISTED: Final = INPUT.append(pa.field("also", pa.string()))
"""A document as its source has it; ``also`` is a second name of its exam: an accession number."""
