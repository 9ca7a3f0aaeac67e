"""Each picture with what was found drawn in, as a DICOM Secondary Capture in colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hepaspot.export.case import Case, DicomPicture
from hepaspot.export.formats import Exported
from hepaspot.export.marked_pictures import NOTICES, marked, with_notice
from hepaspot.export.objects import finish, need_highdicom, new_object, reference

STORAGE: Final = "1.2.840.10008.5.1.4.1.1.7"
"""Secondary Capture Image Storage."""


def files(case: Case) -> Iterator[Exported]:
    """One file a picture."""
    case.need_study()
    need_highdicom("the marked picture")
    for number, picture in enumerate(case.pictures, start=1):
        yield Exported(f"marked-{number}.sc.dcm", _captured(case, picture, number))


def _captured(case: Case, picture: DicomPicture, number: int) -> bytes:
    data = new_object(case, "sc", STORAGE, picture.source)
    image = with_notice(marked(case, picture))
    data.Modality = "OT"
    data.ConversionType = "WSD"
    data.ImageType = ["DERIVED", "SECONDARY"]
    data.DerivationDescription = NOTICES[0]
    data.SourceImageSequence = [reference(picture.identity)]
    data.BurnedInAnnotation = "YES"
    data.LossyImageCompression = "00"
    data.PatientOrientation = data.Laterality = ""
    data.SamplesPerPixel, data.PlanarConfiguration = 3, 0
    data.PhotometricInterpretation = "RGB"
    data.Rows, data.Columns = image.shape[:2]
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    pixels = image.tobytes()
    data.PixelData = pixels + b"\0" * (len(pixels) % 2)
    data["PixelData"].VR = "OB"
    return finish(data, case, "sc", number)
