"""A patient whose every trace can be told: values that no other text holds, in every place."""

from __future__ import annotations

import io

import numpy as np
import pydicom
from intake.dicoms import dicom, region, speckle
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from hepaspot.deidentify import Key
from hepaspot.deidentify.elements import silence

KEY = Key(b"a key that only the tests have")
OTHER_KEY = Key(b"another key, of the tests as well")

BOX = (10, 20, 149, 99)
"""The ultrasound region: left, top, last column, last row."""

NAME = "Qwangzhu^Xiaomingqz=王曉朙^小朙=わん^しゃお"
WORDS = (
    *("Qwangzhu", "Xiaomingqz", "王曉朙", "小朙", "わん", "しゃお", "QZ13800138000", "QZACC7"),
    *("Qzhospital", "Qzoperator", "Zhaoqz", "Qzprivate", "Qznested", "Qzoverlay", "Qzcurve"),
    *("Qzstation", "QZSCANNERAE", "Qzcomment", "Qzdeep", "Qzbinary", "Qztrial", "Qzmeta", "肝院"),
)
"""What must be nowhere afterwards, in any of `CODECS` and any case."""

CODECS = ("utf-8", "gb18030", "big5", "utf-16-le", "shift-jis")

UIDS = ("1.2.826.0.1.999.71", "1.2.826.0.1.999.72", "1.2.826.0.1.999.73", "1.2.826.0.1.999.74")
DATES = ("19510203", "20240229", "20240307")


def canary(pixels: np.ndarray | None = None, *, instance: int = 1, **elements) -> bytes:
    """A DICOM ultrasound file of the canary patient; ``elements`` by keyword, None to have none."""
    told = {
        "SpecificCharacterSet": "GB18030",
        "SOPInstanceUID": f"{UIDS[0]}.{instance}",
        "StudyInstanceUID": UIDS[1],
        "SeriesInstanceUID": UIDS[2],
        "ImageType": ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"],
        "PatientName": NAME,
        "PatientID": "QZ13800138000",
        "PatientBirthDate": DATES[0],
        "PatientSex": "F",
        "PatientAge": "073Y",
        "PatientWeight": "61.5",
        "AccessionNumber": "QZACC7",
        "StudyDate": DATES[1],
        "SeriesDate": DATES[2],
        "StudyTime": "101530",
        "AcquisitionDateTime": f"{DATES[2]}101531.25+0800",
        "InstitutionName": "Qzhospital 肝院",
        "OperatorsName": "Zhaoqz^Qzoperator",
        "StationName": "Qzstation",
        "StudyDescription": "Liver of Qwangzhu",
        "ImageComments": "Qzcomment",
        "Manufacturer": "Sound Machines",
        "BodyPartExamined": "LIVER",
        "ProtocolName": "Abdomen",
        "SequenceOfUltrasoundRegions": Sequence([region(BOX)]),
    }
    data = speckle() if pixels is None else pixels
    wanted = told | _hidden() | elements
    with silence():
        return dicom(data, **{name: value for name, value in wanted.items() if value is not None})


def _hidden() -> dict[str, object]:
    """Sequences, some nested, that hold the patient."""
    request, nested, deep, source = Dataset(), Dataset(), Dataset(), Dataset()
    request.RequestedProcedureDescription = "Qznested"
    deep.PatientName, deep.StudyDate = "Qzdeep^Qwangzhu", DATES[1]
    nested.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.6.1"
    nested.ReferencedSOPInstanceUID, nested.ConceptNameCodeSequence = UIDS[3], Sequence([deep])
    source.ReferencedSOPInstanceUID = f"{UIDS[0]}.1"
    source.add_new(0x00091001, "LO", "Qzprivate")
    return {
        "RequestAttributesSequence": Sequence([request]),
        "ReferencedImageSequence": Sequence([nested]),
        "SourceImageSequence": Sequence([source]),
    }


def with_odd_groups(data: bytes) -> bytes:
    """The file with private elements, an overlay, a curve, a preamble and AE titles added."""
    read = pydicom.dcmread(io.BytesIO(data))
    read.preamble = b"Qzmeta".ljust(128, b"\0")
    read.file_meta.SourceApplicationEntityTitle = "QZSCANNERAE"
    block = read.private_block(0x0011, "Qzprivate maker", create=True)
    block.add_new(0x01, "LO", "Qwangzhu")
    block.add_new(0x02, "UN", b"Qzbinary\0\1\2")
    inner = Dataset()
    inner.add_new(0x00110010, "LO", "Qzprivate maker")
    inner.PatientID = "QZ13800138000"
    block.add_new(0x03, "SQ", Sequence([inner]))
    read.add_new(0x60000010, "US", 8)
    read.add_new(0x60000011, "US", 8)
    read.add_new(0x60004000, "LT", "Qzoverlay")
    read.add_new(0x60003000, "OW", b"Qzoverla")
    read.add_new(0x50002500, "LO", "Qzcurve")
    read.ClinicalTrialSponsorName = "Qztrial"
    out = io.BytesIO()
    read.save_as(out, enforce_file_format=True)
    return out.getvalue()


def traces_in(data: bytes, words: tuple[str, ...] = WORDS) -> list[str]:
    """The words, UIDs and dates of the patient that stand in a file, however encoded."""
    lower = data.lower()
    found = []
    for word in (*words, *UIDS, *DATES):
        for codec in CODECS:
            try:
                form = word.lower().encode(codec)
            except UnicodeEncodeError:
                continue
            if form in lower:
                found.append(f"{word} ({codec})")
    return found
