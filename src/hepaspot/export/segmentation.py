"""The outlines of each still as a DICOM Segmentation: every focus, and the shadow behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hepaspot import __version__
from hepaspot.errors import UnsupportedInput
from hepaspot.explain.picture.findings import Points, findings
from hepaspot.export import concepts
from hepaspot.export.carried import carried
from hepaspot.export.case import Case, DicomPicture, handed_on
from hepaspot.export.concepts import Concept
from hepaspot.export.formats import Exported
from hepaspot.export.objects import finish, need_highdicom, new_object, stand_in
from hepaspot.export.spots import Spot, spots
from hepaspot.export.uids import object_uid, series_uid, uid_of

if TYPE_CHECKING:
    from highdicom.seg import SegmentDescription
    from numpy.typing import NDArray

ALTERED: Final = Concept("49755003", "SCT", "Morphologically Abnormal Structure")
"""Category of a focus (PS3.16 CID 7150)."""

RELATION: Final = Concept("309825002", "SCT", "Spatial and Relational Concept")
"""Category of a shadow, which is no part of the body (PS3.16 CID 7150)."""

NEIGHBOURHOODS: Final = Concept("123101", "DCM", "Neighborhood Analysis")
"""How foci are outlined, as PS3.16 CID 7162 calls it."""

LONGEST_LABEL: Final = 64
"""Characters of (0062,0005) *Segment Label*."""


class Part(NamedTuple):
    """One outline that becomes a segment."""

    label: str
    category: Concept
    type: Concept
    outline: Points
    tracking_id: str
    tracking_uid: str
    is_drawn: bool = False


def files(case: Case) -> Iterator[Exported]:
    """One file for each still in which something is outlined; clips are left out.

    Raises
    ------
    UnsupportedInput
        If no picture is a DICOM still.
    """
    case.need_study()
    need_highdicom("the segmentation")
    stills = [each for each in case.pictures if each.identity.frames == 1]
    if not stills:
        raise UnsupportedInput(
            "the segmentation: is made of stills alone, and the exam has only clips; export sr"
        )
    for number, picture in enumerate(stills, start=1):
        parts = tuple(_parts(case, picture))
        if parts:
            yield Exported(f"outlines-{number}.seg.dcm", _segmented(case, picture, parts, number))


def _parts(case: Case, picture: DicomPicture) -> Iterator[Part]:
    seen = findings(handed_on(case.assessment), picture.source).foci
    for focus, spot in zip(seen, _spots_in(case, picture), strict=True):
        lesion = concepts.named("attribute:hepatic_lesion")
        name, uid = spot.tracking_id, spot.tracking_uid
        label = f"Focus {focus.number}"
        yield Part(label, ALTERED, lesion, focus.outline, name, uid, focus.is_drawn)
        if focus.is_shadow and focus.behind is not None:
            label, uid = f"Shadow of focus {focus.number}", uid_of("shadow", uid)
            shadow = concepts.sign("shadow")
            yield Part(label, RELATION, shadow, focus.behind, f"{name} shadow", uid)


def _spots_in(case: Case, picture: DicomPicture) -> list[Spot]:
    """The spots outlined in a picture, in the order in which they are found there."""
    uid = picture.identity.sop_instance_uid
    return [
        spot
        for spot in spots(carried(case))
        if spot.outline is not None and spot.outline.sop_instance_uid == uid
    ]


def _segmented(case: Case, picture: DicomPicture, parts: tuple[Part, ...], number: int) -> bytes:
    from highdicom.seg import Segmentation

    identity = picture.identity
    source = stand_in(identity)
    source.FrameOfReferenceUID = identity.frame_of_reference_uid or uid_of(
        "frame of reference", identity.sop_instance_uid
    )
    made = Segmentation(
        source_images=[source],
        pixel_array=np.stack([_filled(part.outline, picture) for part in parts], axis=-1)[None],
        segmentation_type="BINARY",
        segment_descriptions=_descriptions(case, parts),
        series_instance_uid=series_uid(case, "seg"),
        series_number=1,
        sop_instance_uid=object_uid(case, "seg", picture.source),
        instance_number=number,
        manufacturer="hepaspot",
        manufacturer_model_name="hepaspot",
        software_versions=__version__,
        device_serial_number=__version__,
        content_label="PRELIMINARY",
        content_description="Preliminary, unverified",
    )
    data = new_object(case, "seg", made.SOPClassUID, picture.source)
    data.update(made)
    data.PatientOrientation = ""
    # The library draws this one anew each time.
    organization = uid_of("dimensions", str(data.SOPInstanceUID))
    for item in (*data.DimensionOrganizationSequence, *data.DimensionIndexSequence):
        item.DimensionOrganizationUID = organization
    return finish(data, case, "seg", number)


def _filled(outline: Points, picture: DicomPicture) -> NDArray[np.bool_]:
    """The pixels that an outline encloses."""
    import cv2

    mask = np.zeros((picture.identity.rows, picture.identity.columns), np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return mask.astype(np.bool_)


def _descriptions(case: Case, parts: tuple[Part, ...]) -> list[SegmentDescription]:
    knowledge = case.assessment.knowledge_version
    return [_description(part, number, knowledge) for number, part in enumerate(parts, start=1)]


def _description(part: Part, number: int, knowledge: str) -> SegmentDescription:
    import highdicom
    from highdicom.seg import SegmentDescription
    from pydicom.sr.coding import Code

    def code(concept: Concept) -> Code:
        return Code(concept.code, concept.scheme, concept.meaning)

    algorithm = highdicom.AlgorithmIdentificationSequence(
        name="hepaspot",
        family=code(NEIGHBOURHOODS),
        version=__version__,
        parameters={"knowledge": knowledge} if knowledge else None,
    )
    return SegmentDescription(
        segment_number=number,
        segment_label=part.label[:LONGEST_LABEL],
        segmented_property_category=code(part.category),
        segmented_property_type=code(part.type),
        algorithm_type="MANUAL" if part.is_drawn else "AUTOMATIC",
        algorithm_identification=None if part.is_drawn else algorithm,
        tracking_id=part.tracking_id,
        tracking_uid=part.tracking_uid,
        anatomic_regions=[code(concepts.named("anatomy:liver"))],
    )
