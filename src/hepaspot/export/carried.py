"""What a structured report carries for hepaspot itself: the assessment, and of which pictures."""

from __future__ import annotations

from typing import Self

import msgspec

from hepaspot.exam import SCHEMA_VERSION, Value, decoded, same_version
from hepaspot.export.case import Case, handed_on
from hepaspot.weigh.assessment import ASSESSMENT_VERSION, Assessment


class CarriedPicture(Value, frozen=True):
    """Which DICOM object a source of the exam is."""

    source: str
    sop_class_uid: str
    sop_instance_uid: str
    frames: int = 1


class Carried(Value, frozen=True):
    """An assessment without names of files, and the objects that it rests on."""

    study_instance_uid: str
    pictures: tuple[CarriedPicture, ...]
    assessment: Assessment

    def __repr__(self) -> str:
        return "Carried(...)"  # the exam holds the words of a report

    def to_json(self) -> bytes:
        """As UTF-8 JSON, of an even number of bytes as DICOM wants it."""
        written = msgspec.json.encode(self)
        return written + b" " * (len(written) % 2)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        SchemaError
            If it is not of this schema version.
        """
        carried = decoded(data, cls, "the report's own")
        assessment = carried.assessment
        same_version("assessment", assessment.schema_version, ASSESSMENT_VERSION)
        same_version("exam", assessment.exam.schema_version, SCHEMA_VERSION)
        return carried


def carried(case: Case) -> Carried:
    """What the report of ``case`` carries."""
    return Carried(
        study_instance_uid=case.first.identity.study.instance_uid,
        pictures=tuple(
            CarriedPicture(
                picture.source,
                picture.identity.sop_class_uid,
                picture.identity.sop_instance_uid,
                picture.identity.frames,
            )
            for picture in case.pictures
        ),
        assessment=handed_on(case.assessment),
    )
