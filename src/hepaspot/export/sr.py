"""The exam as a DICOM Comprehensive SR by TID 1500 *Measurement Report*."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from hepaspot import __version__
from hepaspot.export import concepts
from hepaspot.export.carried import carried
from hepaspot.export.case import Case
from hepaspot.export.concepts import Concept
from hepaspot.export.formats import Exported
from hepaspot.export.objects import (
    ULTRASOUND,
    ULTRASOUND_CLIP,
    finish,
    need_highdicom,
    new_object,
    stand_in,
)
from hepaspot.export.spots import Outline, Spot, spots
from hepaspot.export.summary import summary
from hepaspot.export.uids import device_uid, object_uid, series_uid, tracking_uid
from hepaspot.intake.dicom_tree import PRIVATE_CREATOR, PRIVATE_ELEMENT, PRIVATE_GROUP

if TYPE_CHECKING:
    from highdicom import sr
    from highdicom.sr import CodedConcept
    from pydicom.dataset import Dataset

    _Group = (
        sr.PlanarROIMeasurementsAndQualitativeEvaluations | sr.MeasurementsAndQualitativeEvaluations
    )

LANGUAGES: Final = {
    "en": Concept("en", "RFC5646", "English"),
    "zh": Concept("zh", "RFC5646", "Chinese"),
}
"""Of the report's words."""

UNITS: Final = {
    "mm": Concept("mm", "UCUM", "millimeter"),
    "dB": Concept("dB", "UCUM", "decibel"),
    "{pixels}": Concept("{pixels}", "UCUM", "pixels"),
    "1": Concept("1", "UCUM", "no units"),
}
"""Units of measurements (UCUM)."""


def files(case: Case) -> Iterator[Exported]:
    """One file."""
    yield Exported("report.sr.dcm", structured_report(case))


def structured_report(case: Case) -> bytes:
    """A Comprehensive SR object of the exam, PRELIMINARY and UNVERIFIED.

    A measurement group for each outline of a focus, and one for each focus that is known from
    words alone; the conclusions in words; and the assessment itself as JSON in the private
    group 0099, so that `hepaspot.export.sr_reading.exam_from_sr` can give it back.

    Raises
    ------
    UnsupportedInput
        If no picture of the exam is DICOM.
    MissingExtra
        If highdicom is not installed.
    """
    case.need_study()
    need_highdicom("the structured report")
    from highdicom.sr import ComprehensiveSR

    report = ComprehensiveSR(
        evidence=[stand_in(picture.identity) for picture in case.pictures],
        content=_tree(case),
        series_instance_uid=series_uid(case, "sr"),
        series_number=1,
        sop_instance_uid=object_uid(case, "sr"),
        instance_number=1,
        is_complete=False,
        is_final=False,
        is_verified=False,
    )
    data = new_object(case, "sr", report.SOPClassUID)
    data.update(report)
    block = data.private_block(PRIVATE_GROUP, PRIVATE_CREATOR, create=True)
    block.add_new(PRIVATE_ELEMENT, "OB", carried(case).to_json())
    return finish(data, case, "sr")


def _tree(case: Case) -> Dataset:
    from highdicom import sr
    from pydicom.sr.codedict import codes

    report = sr.MeasurementReport(
        observation_context=_observer(),
        procedure_reported=_code(concepts.own("US-LIVER", case.language)),
        imaging_measurements=_groups(case),
        title=codes.DCM.ImagingMeasurementReport,
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            _code(LANGUAGES[case.language])
        ),
    )
    root: Dataset = report[0]
    root.ContentSequence.append(
        sr.TextContentItem(
            name=_code(concepts.named("attribute:impression")),
            value=summary(case),
            relationship_type=sr.RelationshipTypeValues.CONTAINS,
        )
    )
    return root


def _observer() -> sr.ObservationContext:
    from highdicom import sr
    from pydicom.sr.codedict import codes

    device = sr.DeviceObserverIdentifyingAttributes(
        uid=device_uid(),
        name="hepaspot",
        manufacturer_name="hepaspot",
        model_name="hepaspot",
        serial_number=__version__,
    )
    context = sr.ObserverContext(
        observer_type=codes.DCM.Device, observer_identifying_attributes=device
    )
    return sr.ObservationContext(observer_device_context=context)


def _groups(case: Case) -> list[_Group]:
    told = [_group(spot, case) for spot in spots(carried(case))]
    return told or [_none_found(case)]


def _none_found(case: Case) -> sr.MeasurementsAndQualitativeEvaluations:
    """What stands in for groups where nothing was found: TID 1500 asks for one at least."""
    from highdicom import sr

    names = (concepts.own(code, case.language) for code in (concepts.FOCI, "NONE-FOUND"))
    name, value = map(_code, names)
    uid = tracking_uid(case.first.identity.study.instance_uid, "", 0)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(uid=uid, identifier="none"),
        algorithm_id=_algorithm(case),
        finding_sites=[sr.FindingSite(_code(concepts.named("anatomy:liver")))],
        qualitative_evaluations=[sr.QualitativeEvaluation(name=name, value=value)],
    )


def _algorithm(case: Case) -> sr.AlgorithmIdentification:
    from highdicom import sr

    knowledge = case.assessment.knowledge_version
    return sr.AlgorithmIdentification(
        name="hepaspot",
        version=__version__,
        parameters=[f"knowledge {knowledge}"] if knowledge else None,
    )


def _group(spot: Spot, case: Case) -> _Group:
    """TID 1410 for a spot with an outline, TID 1501 for one known from words."""
    from highdicom import sr

    finding = _code(concepts.named("attribute:hepatic_lesion"))
    algorithm, language = _algorithm(case), case.language
    tracking = sr.TrackingIdentifier(uid=spot.tracking_uid, identifier=spot.tracking_id)
    sites, measured, judged = _sites(spot), _measurements(spot, language), _seen(spot, language)
    if spot.outline is None:
        return sr.MeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            finding_type=finding,
            algorithm_id=algorithm,
            finding_sites=sites,
            measurements=measured,
            qualitative_evaluations=judged,
        )
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking,
        referenced_region=_region(spot.outline),
        finding_type=finding,
        algorithm_id=algorithm,
        finding_sites=sites,
        measurements=measured,
        qualitative_evaluations=judged,
    )


def _region(outline: Outline) -> sr.ImageRegion:
    from highdicom import sr

    return sr.ImageRegion(
        graphic_type=sr.GraphicTypeValues.POLYLINE,
        graphic_data=np.array(outline.points).reshape(-1, 2),
        source_image=sr.SourceImageForRegion(
            # Its own class is laid in at the end: see `objects.stand_in`.
            referenced_sop_class_uid=ULTRASOUND if outline.frame is None else ULTRASOUND_CLIP,
            referenced_sop_instance_uid=outline.sop_instance_uid,
            referenced_frame_numbers=None if outline.frame is None else [outline.frame],
        ),
    )


def _sites(spot: Spot) -> list[sr.FindingSite]:
    """The liver, then each segment that is known."""
    from highdicom import sr

    where = [concepts.named("anatomy:liver"), *map(concepts.segment, spot.segments)]
    return [sr.FindingSite(anatomic_location=_code(place)) for place in where]


def _measurements(spot: Spot, language: str) -> list[sr.Measurement]:
    from highdicom import sr

    return [
        sr.Measurement(name=_code(name), value=value, unit=_code(UNITS[unit]))
        for name, value, unit in _figures(spot, language)
    ]


def _figures(spot: Spot, language: str) -> Iterator[tuple[Concept, float, str]]:
    """Name, value and unit of all that has a number."""
    measured = (
        (concepts.LONG_AXIS, spot.long_axis, spot.size_unit),
        (concepts.SHORT_AXIS, spot.short_axis, spot.size_unit),
        (concepts.own("ECHO-DB", language), spot.echo_db, "dB"),
        (concepts.own("SHADOW-DB", language), spot.shadow_db, "dB"),
        (concepts.own("CALIBRE", language), spot.calibre_mm, "mm"),
    )
    yield from ((name, value, unit) for name, value, unit in measured if value is not None)
    for told in spot.probabilities:
        for end, value in (("", told.mean), ("LOW", told.low), ("HIGH", told.high)):
            yield concepts.probability(told.entity, end, language), value, "1"


def _seen(spot: Spot, language: str) -> list[sr.QualitativeEvaluation]:
    from highdicom import sr

    return [
        sr.QualitativeEvaluation(name=_code(name), value=_code(value))
        for name, value in _judgements(spot, language)
    ]


def _judgements(spot: Spot, language: str) -> Iterator[tuple[Concept, Concept]]:
    """Name and value of all that is said by a code."""
    if spot.conclusion is not None:
        yield (
            concepts.own("CONCLUSION", language),
            concepts.conclusion(spot.conclusion, language),
        )
    for sign, state in (("echo", spot.echo), ("shadow", spot.shadow)):
        if state is not None:
            yield concepts.sign(sign), concepts.state(sign, state, language)
    if spot.lobe is not None:
        yield concepts.own("SIDE", language), concepts.lobe(spot.lobe, language)


def _code(concept: Concept) -> CodedConcept:
    from highdicom.sr import CodedConcept

    return CodedConcept(concept.code, concept.scheme, concept.meaning)
