"""Read a report: text in, `Exam` out."""

from __future__ import annotations

from hepaspot.exam import Exam, Setting, Source, SourceKind
from hepaspot.report.build import build_exam
from hepaspot.report.fold import fold
from hepaspot.report.passages import passages
from hepaspot.report.reading import Reading
from hepaspot.report.scan import scan


def read_report(text: str, *, source_id: str = "report", setting: Setting | None = None) -> Exam:
    """Read a written liver report, English or Chinese.

    Parameters
    ----------
    text : str
        The report, as written.
    source_id : str
        Id of the source that every span names.
    setting : Setting, optional
        Where and why the exam was made; not guessed from the words.

    Returns
    -------
    Exam
        Foci, duct states, other signs, statements and caveats, each with its span.
    """
    folded = fold(text)
    reading = Reading(folded.text)
    for passage in passages(folded.text, scan(folded.text)):
        reading.take(passage)
    language, of_liver = _language(text), reading.is_of_liver
    source = Source(source_id, SourceKind.REPORT, text, language, of_liver=of_liver)
    return build_exam(reading, folded, source, setting or Setting())


def has_impression(text: str) -> bool:
    """Whether a report has a part that concludes, under a heading of its own."""
    folded = fold(text).text
    return any(passage.section == "impression" for passage in passages(folded, scan(folded)))


def impression_of(text: str) -> str:
    """The part of a report that concludes, without its heading, folded; "" where none is."""
    folded = fold(text).text
    found = [p for p in passages(folded, scan(folded)) if p.section == "impression"]
    return folded[found[0].start : found[-1].end] if found else ""


def _language(text: str) -> str:
    """Chinese as soon as one character is: Latin abbreviations stand in Chinese reports too."""
    is_chinese = not text.isascii() and any("\u4e00" <= c <= "\u9fff" for c in text)
    return "zh" if is_chinese else "en"
