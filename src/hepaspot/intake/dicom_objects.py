"""Which DICOM objects are ultrasound pictures, and what the others are called."""

from __future__ import annotations

from typing import Final

from hepaspot.errors import UnsupportedInput

_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."

ULTRASOUND: Final = frozenset(_STORAGE + end for end in ("6", "6.1", "3", "3.1"))
"""Ultrasound Image and Multi-frame Image Storage, the retired ones too (PS3.4 B.5)."""

SECONDARY_CAPTURE: Final = frozenset(_STORAGE + end for end in ("7", "7.2", "7.3", "7.4"))
"""Secondary Capture Image Storage, single and multi-frame, grey and colour (PS3.4 B.5)."""

_OTHER_CLASSES: Final = {
    "1.2.840.10008.1.3.10": "a DICOMDIR (a list of files)",
    _STORAGE + "6.2": "a 3D ultrasound volume",
    _STORAGE + "7.1": "a secondary capture of black and white bits",
    _STORAGE + "66.4": "a segmentation",
    _STORAGE + "66": "raw data",
    _STORAGE + "104.1": "an encapsulated PDF",
    _STORAGE + "88.11": "a structured report",
    _STORAGE + "88.22": "a structured report",
    _STORAGE + "88.33": "a structured report",
    _STORAGE + "11.1": "a presentation state",
}

_MODALITIES: Final = {
    "CT": "a CT image",
    "MR": "an MR image",
    "CR": "an X-ray image",
    "DX": "an X-ray image",
    "MG": "a mammogram",
    "NM": "a nuclear medicine image",
    "PT": "a PET image",
    "RF": "a fluoroscopy image",
    "XA": "an angiogram",
    "ES": "an endoscopy image",
    "IVUS": "an ultrasound image from inside a vessel",
    "SEG": "a segmentation",
    "SR": "a structured report",
    "PR": "a presentation state",
    "ECG": "an ECG",
    "RTSTRUCT": "a radiotherapy plan",
    "RTDOSE": "a radiotherapy plan",
    "RTPLAN": "a radiotherapy plan",
    "SM": "a microscopy image",
    "OCT": "an optical coherence image",
    "OP": "an image of the eye",
    "OPT": "an image of the eye",
    "XC": "a photograph",
    "DOC": "a document",
}

_MAY_BE_ULTRASOUND: Final = frozenset({"US", "OT", "SC", ""})
"""Modalities under which secondary captures of ultrasound are stored."""


def refuse_other_objects(sop_class: str, modality: str) -> None:
    """Refuse what is not an ultrasound picture, by its name.

    Parameters
    ----------
    sop_class, modality : str
        (0008,0016) *SOP Class UID* and (0008,0060) *Modality*, empty where missing. Neither
        is quoted: only names from the tables here are.

    Raises
    ------
    UnsupportedInput
        Without the name of the file.
    """
    name = _OTHER_CLASSES.get(sop_class)
    if name is None and modality not in _MAY_BE_ULTRASOUND:
        name = _MODALITIES.get(modality, "another kind of image")
    if name is None and not _may_be_ultrasound(sop_class, modality):
        name = "another kind of DICOM object"
    if name is not None:
        raise UnsupportedInput(f"is {name}, not ultrasound; give the ultrasound picture")


def _may_be_ultrasound(sop_class: str, modality: str) -> bool:
    if sop_class in ULTRASOUND or sop_class in SECONDARY_CAPTURE:
        return True
    # A maker's own class, or none: the modality decides.
    return modality == "US" and not sop_class.startswith(_STORAGE)
