"""Says in the data set what was done: to its pixels, and to its attributes."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from hepaspot.deidentify.elements import text_of
from hepaspot.deidentify.secret import Key
from hepaspot.deidentify.table import edition
from hepaspot.deidentify.wish import Wish
from hepaspot.intake.dicom_objects import SECONDARY_CAPTURE, ULTRASOUND
from hepaspot.intake.frames import Box, Frames

_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
STILL: Final = _STORAGE + "6.1"
CLIP: Final = _STORAGE + "3.1"
GREY_CAPTURE: Final = _STORAGE + "7.2"
"""Multi-frame Grayscale Byte Secondary Capture Image Storage."""

_OTHER_CAPTURES: Final = frozenset({_STORAGE + "7.3", _STORAGE + "7.4"})
"""Multi-frame captures of words or of colours, which these pixels no longer are."""

LOSSY: Final = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81",
                "1.2.840.10008.1.2.4.91")  # fmt: skip
"""Transfer syntaxes that may have lost something."""

_OF_OLD_PIXELS: Final = (
    *("PlanarConfiguration", "PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit"),
    *("SmallestImagePixelValue", "LargestImagePixelValue", "SmallestPixelValueInSeries"),
    *("LargestPixelValueInSeries", "WindowCenter", "WindowWidth", "VOILUTFunction"),
    *("WindowCenterWidthExplanation", "RescaleSlope", "RescaleIntercept", "RescaleType"),
    *("ModalityLUTSequence", "VOILUTSequence", "PresentationLUTShape", "PresentationLUTSequence"),
    *("PaletteColorLookupTableUID", "ColorSpace", "PixelPresentation", "EncapsulatedPixelDataValueTotalLength"),
    *(f"{hue}PaletteColorLookupTableDescriptor" for hue in ("Red", "Green", "Blue", "Alpha")),
)  # fmt: skip
"""Attributes that explained the pixels as they were stored."""

_METHODS: Final = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
}
"""Codes of CID 7050 (PS3.16)."""


def describe_pixels(
    dataset: Dataset, frames: Frames, box: Box, *, lossy: bool, sop_class: str
) -> None:
    """Describe grey frames of 8 bits, black outside ``box``."""
    for keyword in _OF_OLD_PIXELS:
        dataset.pop(keyword, None)
    grey_class = _grey_class(sop_class, frames.count)
    _write(dataset, SOPClassUID=grey_class, ImageType=_derived(dataset))
    _write(dataset, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2")
    _write(dataset, Rows=frames.height, Columns=frames.width)
    _write(dataset, BitsAllocated=8, BitsStored=8, HighBit=7, PixelRepresentation=0)
    if frames.count > 1 or "NumberOfFrames" in dataset:
        _write(dataset, NumberOfFrames=frames.count)
    if "UltrasoundColorDataPresent" in dataset:
        _write(dataset, UltrasoundColorDataPresent=0)
    if lossy:
        _write(dataset, LossyImageCompression="01")
    if grey_class == GREY_CAPTURE:
        _write(dataset, PresentationLUTShape="IDENTITY")
        _write(dataset, RescaleSlope=1, RescaleIntercept=0, RescaleType="US")
    _leave_out_blanked_regions(dataset, box)


def mark(dataset: Dataset, key: Key, patient: bytes, wish: Wish, *, blanked: bool) -> None:
    """Set the pseudonym and what tells that, and how, the patient was taken out."""
    codes = ["113100", "113107"]
    if blanked:
        codes.append("113101")
        _write(dataset, BurnedInAnnotation="NO")
    if wish.keep_characteristics:
        codes.append("113108")
    pseudonym = key.pseudonym(patient)
    _write(dataset, PatientID=pseudonym, PatientName=pseudonym)
    _write(
        dataset,
        SpecificCharacterSet="ISO_IR 192",
        PatientIdentityRemoved="YES",
        LongitudinalTemporalInformationModified="MODIFIED",
        DeidentificationMethod=f"hepaspot: DICOM PS3.15 {edition()}, Annex E",
        DeidentificationMethodCodeSequence=[_code(code) for code in sorted(codes)],
    )


def own_words(dataset: Dataset) -> frozenset[str]:
    """Values that `describe_pixels` and `mark` wrote, in which nothing of the patient can be."""
    return frozenset(
        {*_METHODS, *_METHODS.values(), "DCM", "ISO_IR 192", "MONOCHROME2", "DERIVED", "PRIMARY"}
        | {"SECONDARY", "YES", "NO", "MODIFIED", "IDENTITY", "01", "1", "0", "US"}
        | {dataset.DeidentificationMethod, dataset.PatientID, str(dataset.get("NumberOfFrames"))}
    )


def _grey_class(sop_class: str, count: int) -> str:
    if sop_class in _OTHER_CAPTURES:
        return GREY_CAPTURE
    if sop_class in ULTRASOUND | SECONDARY_CAPTURE:
        return sop_class
    return CLIP if count > 1 else STILL  # a maker's own class would name the maker


def _derived(dataset: Dataset) -> list[str]:
    told = text_of(dataset, "ImageType").split("\\")
    second = "SECONDARY" if told[1:2] == ["SECONDARY"] else "PRIMARY"
    return ["DERIVED", second, *told[2:]]


def _write(dataset: Dataset, **elements: object) -> None:
    """Set attributes by keyword, whatever kind of value a damaged file had there."""
    for keyword, value in elements.items():
        dataset.pop(keyword, None)
        setattr(dataset, keyword, value)


def _leave_out_blanked_regions(dataset: Dataset, box: Box) -> None:
    """Regions of which nothing is left would be measured in black."""
    regions = dataset.get("SequenceOfUltrasoundRegions")
    if isinstance(regions, Sequence):
        dataset.SequenceOfUltrasoundRegions = [item for item in regions if _touches(item, box)]


def _touches(item: Dataset, box: Box) -> bool:
    left, top, right, bottom = (
        value if isinstance(value := item.get(f"RegionLocation{corner}"), int) else -1
        for corner in ("MinX0", "MinY0", "MaxX1", "MaxY1")
    )
    return left < box.right and top < box.bottom and right >= box.left and bottom >= box.top


def _code(value: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = value, "DCM"
    code.CodeMeaning = _METHODS[value]
    return code
