"""From the files of a study to the objects that go back into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from hepaspot.errors import HepaspotError, InputError, InternalError, UnsupportedInput
from hepaspot.exam import Exam, Setting, SettingKind, SourceKind
from hepaspot.export import Case, case_of, export
from hepaspot.intake.dicom_place import Place, place_in
from hepaspot.intake.picture_bounds import FOLDER_FILES
from hepaspot.reading import read
from hepaspot.serve.node.classes import PICTURES, REPORTS, SENT
from hepaspot.serve.node.settings import Reading
from hepaspot.weigh import assess


class Object(NamedTuple):
    """One object that was made."""

    format: str
    sop_class_uid: str
    sop_instance_uid: str
    data: bytes


class Answer(NamedTuple):
    """What was made of a study; ``left_out`` says how many objects were not read, and why."""

    objects: list[Object]
    left_out: str


def answer(files: Iterable[Path], reading: Reading, formats: Iterable[str]) -> Answer:
    """Read a study and make the objects of the formats asked for.

    An object that cannot be read is left out, and so are what hepaspot itself made and a format
    that the study has nothing for; a study of which no picture can be read has no answer.

    Raises
    ------
    InputError
        If the study holds objects of two patients, or lacks what an object needs.
    InternalError
        If hepaspot itself failed; its message says nothing of the exam.
    """
    reasons: Counter[str] = Counter()
    exams = list(_exams(list(files), reasons))
    told = sorted((why, count) for why, count in reasons.items() if count)
    left_out = [_counted(count, why) for why, count in told]
    sources = [source.kind for exam in exams for source in exam.sources]
    if SourceKind.PICTURE not in sources:
        return Answer([], "; ".join(left_out) or "nothing in it is a picture")
    exam = msgspec.structs.replace(exams[0].merge(*exams[1:]), setting=_setting(reading))
    case = case_of(assess(exam), language=reading.language)
    made: list[Object] = []
    for format in formats:
        try:
            made += _made(case, format)
        except UnsupportedInput as error:  # such as outlines of a clip; the others are made
            left_out.append(f"no {format}: {str(error).partition(';')[0]}")
    if not made:
        raise UnsupportedInput("; ".join(left_out))
    return Answer(made, "; ".join(left_out))


def _exams(files: list[Path], reasons: Counter[str]) -> Iterator[Exam]:
    if len(files) > FOLDER_FILES:
        raise InputError(f"has more than {FOLDER_FILES} objects; read its pictures by hand")
    wanted = sorted(_wanted(files, reasons), key=lambda each: _order(each[1]))
    if len({place.patient for _, place in wanted if place.patient}) > 1:
        raise InputError("has objects of two patients; put it right where they come from")
    for path, _ in wanted:
        try:
            yield read(path)
        except InputError as error:
            reasons[_without_name(error, path)] += 1


def _wanted(files: list[Path], reasons: Counter[str]) -> Iterator[tuple[Path, Place]]:
    """What may be read: pictures and reports that others made."""
    for path in files:
        try:
            place = place_in(path)
        except InputError as error:
            reasons[_without_name(error, path)] += 1
            continue
        if place.sop_class not in (*PICTURES, *REPORTS):
            reasons["no picture and no report"] += not place.own
        elif not place.own:
            yield path, place


def _order(place: Place) -> tuple[str, int, str]:
    """The order in which a person took them."""
    return place.series, place.number, place.sop_instance


def _counted(count: int, why: str) -> str:
    return f"{count} {'object' if count == 1 else 'objects'}: {why}"


def _without_name(error: InputError, path: Path) -> str:
    """Why a file is not read, without what it is called here, so that the same are counted."""
    return str(error).replace(f"{path}: ", "").partition(";")[0]


def _setting(reading: Reading) -> Setting:
    kind = reading.setting
    return Setting(
        kind=None if kind is None else SettingKind(kind.replace("-", "_")), region=reading.region
    )


def _made(case: Case, format: str) -> Iterator[Object]:
    try:
        files = export(case, format)
    except HepaspotError:
        raise
    except Exception as error:  # noqa: BLE001 - its message may quote the patient
        raise InternalError(f"{format} could not be made ({type(error).__name__})") from None
    for file in files:
        yield Object(format, SENT[format], _sop_instance(file.data), file.data)


def _sop_instance(data: bytes) -> str:
    from io import BytesIO

    from pydicom import dcmread

    return str(
        dcmread(
            BytesIO(data), stop_before_pixels=True, specific_tags=["SOPInstanceUID"]
        ).SOPInstanceUID
    )
