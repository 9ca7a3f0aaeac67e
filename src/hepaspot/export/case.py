"""One answered exam on its way out: the assessment, and whose DICOM pictures it rests on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from hepaspot.errors import InputError, UnsupportedInput
from hepaspot.explain.shown import picture_sources
from hepaspot.explain.words import LANGUAGES
from hepaspot.intake.dicom_identity import DicomIdentity, dicom_identity, is_dicom
from hepaspot.intake.opening import shown_name
from hepaspot.weigh.assessment import Assessment

UNKNOWN_DATE: Final = "19000101"
"""Date of an object whose study tells none and for which none was given (convention)."""

MIDNIGHT: Final = "000000"
"""Time of an object where only the date is known (convention)."""


@dataclass(frozen=True)
class DicomPicture:
    """One picture of the exam that came as DICOM; ``source`` is its id in the exam."""

    source: str
    path: Path = field(repr=False)
    identity: DicomIdentity


@dataclass(frozen=True)
class Case:
    """What an export is made of.

    Attributes
    ----------
    assessment : Assessment
    pictures : tuple of DicomPicture
        All of one patient and one study; the first one stands for both.
    language : str
        ``en`` or ``zh``: of what people read.
    made : datetime or None
        When the objects are to say that they were made; the time of the study, if None.
    """

    assessment: Assessment = field(repr=False)
    pictures: tuple[DicomPicture, ...] = ()
    language: str = "en"
    made: datetime | None = None

    def need_study(self) -> None:
        """Refuse an exam that tells no study to put an object into.

        Raises
        ------
        UnsupportedInput
            If no picture of the exam is DICOM.
        """
        if not self.pictures:
            raise UnsupportedInput(
                "the exam: has no DICOM picture, so that no patient and study is known to put an "
                "object into; give one, or export json"
            )

    @property
    def first(self) -> DicomPicture:
        """The picture whose study the objects go into.

        Raises
        ------
        UnsupportedInput
            If no picture of the exam is DICOM.
        """
        self.need_study()
        return self.pictures[0]

    @property
    def date(self) -> str:
        """When the objects were made, as YYYYMMDD; never today's date by itself."""
        return self._when[0]

    @property
    def time(self) -> str:
        """When the objects were made, as HHMMSS."""
        return self._when[1]

    @property
    def _when(self) -> tuple[str, str]:
        if self.made is not None:
            return self.made.strftime("%Y%m%d"), self.made.strftime("%H%M%S")
        first = self.first.identity
        for date, time in ((first.study.date, first.study.time), (first.date, first.time)):
            if date:
                return date, time or MIDNIGHT
        return UNKNOWN_DATE, MIDNIGHT


def case_of(
    assessment: Assessment,
    *,
    files: Mapping[str, str | os.PathLike[str]] | None = None,
    language: str = "en",
    made: datetime | None = None,
) -> Case:
    """Look up whose pictures an assessment rests on.

    Parameters
    ----------
    assessment : Assessment
    files : mapping of str to path, optional
        Where the picture of each source is, by its id; by default where it was read from.
    language : str
        ``en`` or ``zh``.
    made : datetime, optional
        When the objects are to say that they were made.

    Raises
    ------
    InputError
        If a picture cannot be read, or pictures are of different patients or studies.
    MissingExtra
        If pydicom is not installed.
    ValueError
        If the language is not one of these.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be 'en' or 'zh', got {language!r}")
    named = {source.id: source.name or "" for source in picture_sources(assessment)}
    paths = {source: Path((files or {}).get(source, name)) for source, name in named.items()}
    pictures = tuple(
        DicomPicture(source, path, dicom_identity(path, name=named[source] or None))
        for source, path in paths.items()
        if is_dicom(path)
    )
    _check_one_study(pictures)
    return Case(assessment, pictures, language, made)


def _check_one_study(pictures: tuple[DicomPicture, ...]) -> None:
    objects = [picture.identity.sop_instance_uid for picture in pictures]
    if len(set(objects)) < len(objects):
        raise InputError("the exam: holds the same DICOM picture twice; name each once")
    for picture in pictures[1:]:
        first, other = pictures[0].identity, picture.identity
        same = (
            first.patient == other.patient and first.study.instance_uid == other.study.instance_uid
        )
        if not same:
            raise InputError(
                f"{shown_name(str(picture.path))}: is of another patient or study than the first "
                "picture; export one study at a time"
            )


def handed_on(assessment: Assessment) -> Assessment:
    """``assessment`` as it leaves this machine: without the names of files on it."""
    sources = tuple(
        msgspec.structs.replace(source, name=None) for source in assessment.exam.sources
    )
    exam = msgspec.structs.replace(assessment.exam, sources=sources)
    return msgspec.structs.replace(assessment, exam=exam)
