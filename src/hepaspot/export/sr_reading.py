"""Takes back the exam that a structured report of hepaspot carries."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from math import isclose
from typing import Final

from hepaspot.errors import InputError, UnreadableInput, UnsupportedInput
from hepaspot.exam import Entity, Exam, Lobe
from hepaspot.export import concepts
from hepaspot.export.carried import Carried
from hepaspot.export.concepts import Concept
from hepaspot.export.spots import Outline, Spot, spots
from hepaspot.intake.dicom_tree import Coded, Item, Tree, dicom_tree
from hepaspot.intake.opening import shown_name
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import Assessment, Conclusion, Probability

GROUPS: Final = ("126010", "125007")
"""DCM *Imaging Measurements*, and a *Measurement Group* in it (TID 1500, 1410, 1501)."""

SHOWN_WITHIN: Final = 1e-8
"""(0040,A30A) *Numeric Value* holds 16 characters, (0040,A161) *Floating Point Value* every digit:
the share by which they may differ."""

_TRACKING_ID: Final = "112039"
_TRACKING_UID: Final = "112040"
_FINDING_SITE: Final = "363698007"


def exam_from_sr(path: str | os.PathLike[str], *, name: str | None = None) -> Assessment:
    """The assessment that a structured report of hepaspot carries, its exam included.

    It comes back as it was exported, but for the names of files. The tree that people read is
    held against it first, so that a report that somebody corrected is not read as uncorrected.

    Parameters
    ----------
    path : str or os.PathLike
        The SR object.
    name : str, optional
        What the user calls the file, where that is not its path.

    Raises
    ------
    UnsupportedInput
        If it is no structured report, or not one that hepaspot wrote, or private attributes
        were taken out of it on its way.
    UnreadableInput
        If it is damaged, or its tree does not say what the assessment in it does.
    SchemaError
        If the assessment is of another schema version.
    MissingExtra
        If pydicom is not installed.
    """
    return exam_in(dicom_tree(path, name=name), os.fspath(path) if name is None else name)


def exam_in(tree: Tree, name: str) -> Assessment:
    """The assessment that the tree of a report carries; ``name`` is what errors call it.

    Raises
    ------
    InputError, SchemaError
        As `exam_from_sr`.
    """
    return _carried_in(tree, shown_name(name)).assessment


def exams_of_one_study(paths: Sequence[str | os.PathLike[str]]) -> tuple[Exam, ...]:
    """The exams that reports of hepaspot carry, each as `exam_from_sr` takes it back.

    Raises
    ------
    InputError
        If the reports are of different studies.
    InputError, SchemaError, MissingExtra
        As `exam_from_sr`.
    """
    names = [shown_name(os.fspath(path)) for path in paths]
    told = [_carried_in(dicom_tree(path), name) for path, name in zip(paths, names, strict=True)]
    for name, each in zip(names, told, strict=True):
        if each.study_instance_uid != told[0].study_instance_uid:
            raise InputError(
                f"{name}: is of another study than {names[0]}; read one study at a time"
            )
    return tuple(each.assessment.exam for each in told)


def _carried_in(tree: Tree, where: str) -> Carried:
    if tree.own is None:
        raise UnsupportedInput(
            f"{where}: carries no exam of hepaspot (another system's report, or private attributes "
            "were taken out on the way); give the pictures or the report's text"
        )
    carried = Carried.from_json(tree.own)
    if not _agree(told_spots(tree), spots(carried)):
        raise UnreadableInput(
            f"{where}: was changed after hepaspot wrote it, so that its tree and the exam in it "
            "disagree; read the pictures anew"
        )
    return carried


def told_spots(tree: Tree) -> tuple[Spot, ...]:
    """Every spot as the tree of a report tells it."""
    groups = (
        group
        for part in tree.root.items
        if _is(part, GROUPS[0])
        for group in part.items
        if _is(group, GROUPS[1]) and not any(_is(item, concepts.FOCI) for item in group.items)
    )
    return tuple(_spot(group) for group in groups)


def _is(item: Item, code: str) -> bool:
    return item.name is not None and item.name.code == code


def _spot(group: Item) -> Spot:
    numbers = {item.name.code: item for item in group.items if item.kind == "NUM" and item.name}
    coded = {item.name.code: item.code for item in group.items if item.code and item.name}
    texts = {item.name.code: item.text for item in group.items if item.text and item.name}
    size = numbers.get(concepts.LONG_AXIS.code)
    return Spot(
        tracking_id=texts.get(_TRACKING_ID, ""),
        tracking_uid=texts.get(_TRACKING_UID, ""),
        outline=_outline(group),
        segments=tuple(_segments(group)),
        lobe=_lobe(coded.get("SIDE")),
        long_axis=_number(size),
        short_axis=_number(numbers.get(concepts.SHORT_AXIS.code)),
        size_unit=size.unit.code if size is not None and size.unit is not None else "mm",
        echo=_state("echo", coded.get(concepts.sign("echo").code)),
        echo_db=_number(numbers.get("ECHO-DB")),
        shadow=_state("shadow", coded.get(concepts.sign("shadow").code)),
        shadow_db=_number(numbers.get("SHADOW-DB")),
        calibre_mm=_number(numbers.get("CALIBRE")),
        conclusion=_conclusion(coded.get("CONCLUSION")),
        probabilities=tuple(_probabilities(numbers)),
    )


def _number(item: Item | None) -> float | None:
    """The number; none where what people read of it is another one."""
    if item is None or item.number is None:
        return None
    shown = float(item.text) if item.text else item.number
    return item.number if isclose(shown, item.number, rel_tol=SHOWN_WITHIN) else None


def _outline(group: Item) -> Outline | None:
    for item in group.items:
        if item.kind == "SCOORD":
            shown = next((each.pictured for each in item.items if each.pictured), None)
            if shown is not None:
                frame = shown.frames[0] if shown.frames else None
                return Outline(shown.sop_class_uid, shown.sop_instance_uid, frame, item.points)
    return None


def _segments(group: Item) -> Iterator[int]:
    numbers = {concepts.segment(number).code: number for number in concepts.SEGMENTS}
    for item in group.items:
        if _is(item, _FINDING_SITE) and item.code is not None and item.code.code in numbers:
            yield numbers[item.code.code]


def _same(found: Coded | None, wanted: Concept) -> bool:
    return found is not None and (found.code, found.scheme) == (wanted.code, wanted.scheme)


def _lobe(found: Coded | None) -> Lobe | None:
    return next((each for each in Lobe if _same(found, concepts.lobe(each, "en"))), None)


def _conclusion(found: Coded | None) -> Conclusion | None:
    return next(
        (each for each in Conclusion if _same(found, concepts.conclusion(each, "en"))), None
    )


def _state(sign: str, found: Coded | None) -> str | None:
    known = load().sign(sign).states
    return next((name for name in known if _same(found, concepts.state(sign, name, "en"))), None)


def _probabilities(numbers: dict[str, Item]) -> Iterator[Probability]:
    for entity in Entity:
        names = [concepts.probability(entity, end, "en").code for end in ("", "LOW", "HIGH")]
        told = [_number(numbers.get(name)) for name in names]
        mean, low, high = told
        if mean is not None and low is not None and high is not None:
            yield Probability(entity, mean, low, high)


def _agree(told: tuple[Spot, ...], written: tuple[Spot, ...]) -> bool:
    return sorted(told, key=_key) == sorted(written, key=_key)


def _key(spot: Spot) -> str:
    return spot.tracking_uid
