"""Reads and checks the exams of one person, and says what the tables are to hold of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from hepaspot.archive.access import Access
from hepaspot.archive.alerts import Alert, alerts_of
from hepaspot.archive.documents import Document, Filed
from hepaspot.archive.fetching import brought, fetched, is_on_server
from hepaspot.archive.stores import is_in_store
from hepaspot.errors import HepaspotError
from hepaspot.exam import (
    Certainty,
    Entity,
    Exam,
    Focus,
    Provenance,
    Setting,
    SourceKind,
    Statement,
    Words,
)
from hepaspot.intake import plain_words
from hepaspot.intake.clinical_marks import is_own_file
from hepaspot.merging import with_sources
from hepaspot.reading import read
from hepaspot.report import read_report
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment, FocusAssessment
from hepaspot.weigh.comparing import OR_ANOTHER, Comparison, Pair, compare
from hepaspot.weigh.evidence import INTRAHEPATIC_DUCT, is_in, merged, upstream

Row = dict[str, Any]

LONGEST_PASSAGE: Final = 120
"""Characters of a passage that a row repeats (convention)."""

FAULT: Final = "hepaspot failed on it"
"""What is told of an error that is none of the exam's."""

PLAIN: Final = (Certainty.ASSERTED, Certainty.HEDGED, Certainty.EITHER_OR)
"""How surely a name is said that a row tells."""


REMEMBERED: Final = 1024
"""Reports whose answers are remembered: archives hold the same normal report many times
(convention)."""


@dataclass
class Rows:
    """The rows of some exams, by table."""

    exams: list[Row] = field(default_factory=list)
    foci: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)
    errors: list[Row] = field(default_factory=list)


def examine(
    filed: list[Filed],
    setting: Setting,
    access: Access,
    rows: Rows,
    *,
    begun: Callable[[str], None],
) -> None:
    """Read the exams of one person in order, and add to ``rows``.

    Parameters
    ----------
    filed : list of Filed
        By date.
    setting : Setting
        Of the whole archive.
    access : Access
        How to get into servers.
    rows : Rows
        What is added to.
    begun : callable
        Told each exam before it is read.
    """
    prior: tuple[Filed, Assessment] | None = None
    for each in filed:
        begun(each.exam)
        assessment = _assessed(each, setting, access, rows)
        if assessment is None:
            continue
        if assessment.exam.is_of_another_part and not assessment.exam.foci:
            _tell(each, assessment, None, rows)
            continue  # what a report on the thyroid does not tell is not gone
        _tell(each, assessment, prior, rows)
        if each.day is not None:
            prior = each, assessment


def _assessed(filed: Filed, setting: Setting, access: Access, rows: Rows) -> Assessment | None:
    """The answer of an exam; of one that is a report alone, from memory where it was read."""
    document = filed.documents[0]
    try:
        if len(filed.documents) == 1 and document.text is not None:
            return _of_words(document.text, setting)
        exam = _read(filed, access, rows)
        return None if exam is None else assess(exam, setting=setting)
    except HepaspotError as error:
        rows.errors.append(_error(filed, document, type(error).__name__, str(error)))
    except Exception as error:  # noqa: BLE001 - its message may quote the exam
        rows.errors.append(_error(filed, document, type(error).__name__, FAULT))
    return None


@lru_cache(maxsize=REMEMBERED)
def _of_words(text: str, setting: Setting) -> Assessment:
    return assess(_document(Document(text, None, ""), 0), setting=setting)


def _read(filed: Filed, access: Access, rows: Rows) -> Exam | None:
    """All documents of an exam that can be read; each of the others becomes an error."""
    exams = []
    for number, document in enumerate(filed.documents):
        try:
            if document.path is not None and is_on_server(document.path):
                exams += _study(filed, document, access, number, rows)
            else:
                exams.append(_document(document, number))
        except HepaspotError as error:
            reason = _without_path(str(error), document)
            rows.errors.append(_error(filed, document, type(error).__name__, reason))
        except Exception as error:  # noqa: BLE001 - its message may quote the exam
            rows.errors.append(_error(filed, document, type(error).__name__, FAULT))
    return exams[0].merge(*exams[1:]) if exams else None


def _study(filed: Filed, document: Document, access: Access, number: int, rows: Rows) -> list[Exam]:
    """The objects of a study on a server; each that cannot be read becomes an error."""
    exams: list[Exam] = []
    with fetched(document.path or "", access) as files:
        for file in files:
            if is_own_file(file):
                continue  # an answer that a node put into the study
            name = f"{number}.{len(exams)}" if exams else str(number)
            try:
                exams.append(_read_file(file, name))
            except HepaspotError as error:
                reason = str(error).replace(f"{file}: ", "")
                rows.errors.append(_error(filed, document, type(error).__name__, reason))
    return exams


def _document(document: Document, number: int) -> Exam:
    if document.text is not None:
        return read_report(plain_words(document.text, "the report"), source_id=str(number))
    path = document.path or ""
    return _stored(path, str(number)) if is_in_store(path) else _read_file(Path(path), str(number))


def _stored(address: str, name: str) -> Exam:
    """The exam of a file in a store, which is fetched for as long as it is read."""
    with brought(address) as file:
        try:
            return _read_file(file, name)
        except HepaspotError as error:
            raise type(error)(str(error).replace(f"{file}: ", "")) from None


def _read_file(path: Path, name: str) -> Exam:
    """The exam of one file, its source under the name."""
    exam = read(path)
    (source,) = exam.sources
    return with_sources(exam, {source.id: name})


def _without_path(line: str, document: Document) -> str:
    return line.replace(f"{document.path}: ", "") if document.path else line


def _error(filed: Filed, document: Document, kind: str, reason: str) -> Row:
    return {"exam": filed.exam, "origin": document.origin, "kind": kind, "reason": reason}


# -------------------------------------------------------------------------------------- rows


def _tell(
    filed: Filed, assessment: Assessment, prior: tuple[Filed, Assessment] | None, rows: Rows
) -> None:
    comparison = None
    if prior is not None and prior[0].day != filed.day and filed.day is not None:
        comparison = compare(prior[1].exam, assessment.exam)
    earlier = prior if comparison is not None else None
    alerts = alerts_of(assessment, earlier and earlier[1], comparison)
    before = earlier[0].exam if earlier is not None else None
    rows.exams.append(_exam_row(filed, assessment, alerts, before))
    pairs = {pair.later: pair for pair in comparison.pairs} if comparison else {}
    answers = {answer.focus: answer for answer in assessment.foci}
    for focus in assessment.exam.foci:
        row = _focus_row(filed, assessment.exam, focus, answers.get(focus.id))
        row |= _since(focus, pairs.get(focus.id), comparison)
        rows.foci.append(row)
    exams = assessment.exam, earlier[1].exam if earlier is not None else None
    rows.alerts.extend(_alert_row(filed, alert, before, exams) for alert in alerts)


def _exam_row(
    filed: Filed, assessment: Assessment, alerts: tuple[Alert, ...], prior: str | None
) -> Row:
    exam = assessment.exam
    named = {s.entity for f in exam.foci for s in f.statements if s.certainty is PLAIN[0]}
    ducts = merged(exam.observations).get(INTRAHEPATIC_DUCT)
    category = assessment.category
    return {
        "exam": filed.exam,
        "person": filed.person,
        "date": filed.day,
        "site": filed.site,
        "age_years": filed.age_years,
        "sex": filed.sex,
        "reports": sum(s.kind is SourceKind.REPORT for s in exam.sources),
        "pictures": sum(s.kind is SourceKind.PICTURE for s in exam.sources),
        "of_liver": bool(exam.foci) or not exam.is_of_another_part,
        "foci": len(exam.foci),
        "shadowing": sum(is_in(f.observation("shadow"), "present") for f in exam.foci),
        "named_stone": Entity.DUCT_STONE in named,
        "named_calcification": Entity.CALCIFICATION in named,
        "ducts": None if ducts is None else ducts.state,
        "duct_statement_missing": any(a.id == "duct_statement_missing" for a in alerts),
        "category": category and category.category,
        "judgement": category and category.judgement,
        "red_flags": [flag.id for flag in assessment.red_flags],
        "alerts": list(dict.fromkeys(alert.id for alert in alerts)),
        "prior": prior,
        "origin": filed.documents[0].origin,
    }


def _focus_row(filed: Filed, exam: Exam, focus: Focus, answer: FocusAssessment | None) -> Row:
    stated = _stated(focus)
    ducts = upstream(exam, focus)
    shadow = focus.observation("shadow")
    sizes = [max(size.axes_mm) for size in focus.sizes if size.axes_mm and size.plausible]
    row: Row = {
        "exam": filed.exam,
        "focus": focus.id,
        "date": filed.day,
        "count": focus.count,
        "lobe": focus.lobe,
        "segments": list(focus.segments),
        "size_mm": max(sizes, default=None),
        "stated": stated and stated.entity.value,
        "certainty": stated and stated.certainty.value,
        "name": stated and stated.name,
        "shadow": shadow and shadow.state,
        "ducts": ducts and ducts.state,
        **_span("spot", focus.provenance),
        **_span("stated", None if stated is None else stated.provenance),
    }
    if answer is not None:
        row |= _answered(answer)
    return row


def _answered(answer: FocusAssessment) -> Row:
    row: Row = {
        "conclusion": answer.conclusion.value,
        "leaning": answer.leaning and answer.leaning.value,
        "leaning_share": answer.leaning_share,
        "category": answer.category and answer.category.category,
        "judgement": answer.category and answer.category.judgement,
    }
    for each in answer.probabilities:
        name = f"p_{each.entity.value}"
        row |= {name: each.mean, f"{name}_low": each.low, f"{name}_high": each.high}
    return row


def _stated(focus: Focus) -> Statement | None:
    """The plainest thing that the author calls it."""
    said = [s for s in focus.statements if s.certainty in PLAIN]
    return min(said, key=lambda s: PLAIN.index(s.certainty), default=None)


def _since(focus: Focus, pair: Pair | None, comparison: Comparison | None) -> Row:
    if pair is not None and (pair.sure or pair.change in OR_ANOTHER.values()):
        return {"prior_size_mm": pair.earlier_mm, "change": pair.change.value}
    is_new = comparison is not None and focus.id in comparison.new
    return {"change": "new"} if is_new else {}


def _alert_row(
    filed: Filed, alert: Alert, prior: str | None, exams: tuple[Exam, Exam | None]
) -> Row:
    exam, before = exams
    return {
        "exam": filed.exam,
        "alert": alert.id,
        "rank": alert.rank,
        "focus": alert.focus,
        "prior": prior if alert.with_prior else None,
        "date": filed.day,
        **_span("first", alert.first),
        **_span("second", alert.second),
        "first_words": _words(exam, alert.first),
        "second_words": _words(before if alert.with_prior else exam, alert.second),
    }


def _words(exam: Exam | None, provenance: Provenance | None) -> str | None:
    """A passage as it stands, on one line."""
    if exam is None or not isinstance(provenance, Words):
        return None
    text = next((source.text for source in exam.sources if source.id == provenance.source), None)
    if text is None:
        return None
    told = " ".join(text[provenance.start : provenance.end].split())
    return told if len(told) <= LONGEST_PASSAGE else f"{told[: LONGEST_PASSAGE - 1]}…"


def _span(name: str, provenance: Provenance | None) -> Row:
    if provenance is None:
        return {}
    source = int(provenance.source) if provenance.source.isdecimal() else None
    if isinstance(provenance, Words):
        start, end = provenance.start, provenance.end
        return {f"{name}_source": source, f"{name}_start": start, f"{name}_end": end}
    return {f"{name}_source": source}
