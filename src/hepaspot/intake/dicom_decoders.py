"""From the bytes of one DICOM frame to its samples, by transfer syntax.

Decoders are called by name, each after the size that the frame claims was compared with
the header: pydicom's own choice prefers one that a lying header can hang.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import JpegImagePlugin
from pydicom.uid import UID

from hepaspot.errors import UnsupportedInput
from hepaspot.intake import dicom_file
from hepaspot.intake.codestream import (
    DECODED_BY_PILLOW,
    LOSSLESS,
    Claim,
    Colours,
    j2k_claim,
    jpeg_claim,
)
from hepaspot.intake.dicom_header import Samples
from hepaspot.intake.refusals import cut_short, damaged
from hepaspot.intake.shades import Planes, planes_of_image

Stored = NDArray[Any]
"""``(H, W)`` or ``(H, W, 3)``, uint8 or uint16, as stored."""

Decoded = Stored | Planes
"""Samples as stored, or luma and chroma where the decoder gives these at once."""

Decoder = Callable[[bytes, Samples], Decoded]

_PLAIN: Final = frozenset(
    {
        dicom_file.IMPLICIT_LITTLE,
        dicom_file.EXPLICIT_LITTLE,
        dicom_file.DEFLATED_LITTLE,
        dicom_file.EXPLICIT_BIG,
    }
)

_RLE_HEADER: Final = 64
_ADVICE: Final = "export it uncompressed or as JPEG"


def is_plain(syntax: str) -> bool:
    """Whether frames of this transfer syntax are not compressed."""
    return syntax in _PLAIN


def decoder_for(syntax: str, samples: Samples) -> Decoder:
    """The decoder of a transfer syntax.

    Raises
    ------
    UnsupportedInput
        Without the name of the file, where the syntax or the samples are not read.
    """
    if samples.bits_allocated not in {8, 16} or samples.per_pixel not in {1, 3}:
        raise UnsupportedInput(
            f"stores {samples.per_pixel} × {samples.bits_allocated} bits a pixel, and 1 or 3 "
            "times 8 or 16 are read; export it as RGB of 8 bits"
        )
    decoder = _DECODERS.get(syntax)
    if decoder is None:
        raise UnsupportedInput(f"is compressed as {_name(syntax)}, which is not read; {_ADVICE}")
    return decoder


def _name(syntax: str) -> str:
    """The name of a transfer syntax; never what the file says where the standard does not."""
    name = UID(syntax).name
    return "no known transfer syntax" if name == syntax else name.split(",")[0]


def _plain(data: bytes, samples: Samples) -> Stored:
    return _shaped(np.frombuffer(data, _word(samples, "<")), samples, planar=samples.planar)


def _plain_big(data: bytes, samples: Samples) -> Stored:
    stored = np.frombuffer(data, _word(samples, ">"))
    return _shaped(stored.astype(stored.dtype.newbyteorder("=")), samples, planar=samples.planar)


def _word(samples: Samples, order: str) -> np.dtype[Any]:
    return np.dtype(f"{order}u{samples.bits_allocated // 8}")


def _shaped(stored: Stored, samples: Samples, *, planar: bool) -> Stored:
    rows, columns = samples.rows, samples.columns
    if samples.photometric == "YBR_FULL_422" and stored.size == rows * columns * 2:
        return _widened(stored, rows, columns)
    if samples.per_pixel == 1:
        return stored.reshape(rows, columns)
    if planar:
        return stored.reshape(3, rows, columns).transpose(1, 2, 0)
    return stored.reshape(rows, columns, 3)


def _widened(stored: Stored, rows: int, columns: int) -> Stored:
    """Y Y Cb Cr of two pixels to Y Cb Cr of each (PS3.3 C.7.6.3.1.2)."""
    if columns % 2:
        raise damaged("pairs of pixels in an odd number of columns")
    pairs = stored.reshape(rows, columns // 2, 4)
    wide = np.empty((rows, columns, 3), stored.dtype)
    wide[..., 0] = pairs[..., :2].reshape(rows, columns)
    wide[..., 1] = np.repeat(pairs[..., 2], 2, axis=1)
    wide[..., 2] = np.repeat(pairs[..., 3], 2, axis=1)
    return wide


def _rle(data: bytes, samples: Samples) -> Stored:
    """Byte planes, most significant first, each packed by runs (PS3.5 annex G)."""
    depth = samples.bits_allocated // 8
    count = samples.per_pixel * depth
    starts = np.frombuffer(data[:_RLE_HEADER].ljust(_RLE_HEADER, b"\0"), "<u4").tolist()
    if starts[0] != count:
        raise damaged("a frame packed by runs in the wrong number of planes")
    ends = [*starts[2 : count + 1], len(data)]
    size = samples.rows * samples.columns
    stored = np.empty((samples.per_pixel, size, depth), np.uint8)
    order = -1 if sys.byteorder == "little" else 1
    for plane, (start, end) in enumerate(zip(starts[1 : count + 1], ends, strict=True)):
        channel, byte = divmod(plane, depth)
        stored[channel, :, ::order][:, byte] = np.frombuffer(_unrun(data[start:end], size), "u1")
    words = stored.view(f"=u{depth}")[..., 0]
    return _shaped(words.ravel(), samples, planar=True)


def _unrun(packed: bytes, size: int) -> bytes:
    """Runs and literals to ``size`` bytes; a control byte of 128 says nothing."""
    out = bytearray()
    place = 0
    while place < len(packed) and len(out) < size:
        control = packed[place]
        if control < 128:
            out += packed[place + 1 : place + 2 + control]
            place += control + 2
        else:
            if control > 128:
                out += packed[place + 1 : place + 2] * (257 - control)
                place += 1
            place += 1
    if len(out) < size:
        raise cut_short()
    return bytes(out[:size])


def _jpeg(data: bytes, samples: Samples) -> Decoded:
    claim = jpeg_claim(data)
    _same_size(claim, samples)
    if claim.process == LOSSLESS:
        raise UnsupportedInput(f"is compressed as lossless JPEG, which is not read; {_ADVICE}")
    if claim.process not in DECODED_BY_PILLOW or claim.precision != 8:
        raise UnsupportedInput(
            f"is compressed as JPEG of {claim.precision} bits of a rare kind, which is not read; "
            f"{_ADVICE}"
        )
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    if claim.components == 1:
        return np.asarray(image)
    if claim.colours is not Colours.RGB:
        # Gives the three components as they are: luma and chroma without a way over RGB.
        image.draft("YCbCr", None)
        if samples.photometric == "RGB" and claim.colours is Colours.UNTOLD:
            return np.asarray(image)
    return planes_of_image(image)


def _jpeg_2000(data: bytes, samples: Samples) -> Stored:
    from openjpeg.utils import decode

    _same_size(j2k_claim(data), samples)
    return _unsigned(decode(data))


def _jpeg_ls(data: bytes, samples: Samples) -> Stored:
    import jpeg_ls  # type: ignore[import-untyped]

    claim = jpeg_claim(data)
    _same_size(claim, samples)
    decoded, info = jpeg_ls.decode_buffer(data)
    stored = np.frombuffer(decoded, _word(samples, "<"))
    # Planes apart (interleave mode 0) or pixel by pixel.
    return _shaped(stored, samples, planar=info["interleave_mode"] == 0)


def _unsigned(stored: Stored) -> Stored:
    if stored.dtype.itemsize > 2:
        raise damaged("a frame of more bits than the header says")
    return stored.view(f"=u{stored.dtype.itemsize}")


def _same_size(claim: Claim, samples: Samples) -> None:
    if (claim.width, claim.height) != (samples.columns, samples.rows):
        raise damaged(
            f"a frame says it is {claim.width} × {claim.height} pixels, and the header "
            f"{samples.columns} × {samples.rows}"
        )
    if claim.components != samples.per_pixel:
        raise damaged("a frame has more or fewer colours than the header says")


_JPEG_UIDS: Final = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")
_JPEG_LS_UIDS: Final = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
_JPEG_2000_UIDS: Final = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
_RLE_UID: Final = "1.2.840.10008.1.2.5"

_DECODERS: Final[dict[str, Decoder]] = {
    **dict.fromkeys(_PLAIN - {dicom_file.EXPLICIT_BIG}, _plain),
    dicom_file.EXPLICIT_BIG: _plain_big,
    **dict.fromkeys(_JPEG_UIDS, _jpeg),
    **dict.fromkeys(_JPEG_LS_UIDS, _jpeg_ls),
    **dict.fromkeys(_JPEG_2000_UIDS, _jpeg_2000),
    _RLE_UID: _rle,
}
