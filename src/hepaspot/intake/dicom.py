"""Opens a DICOM picture: header and bounds first, then its frames one by one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from hepaspot.intake.dicom_decoders import decoder_for, is_plain
from hepaspot.intake.dicom_file import data_set
from hepaspot.intake.dicom_header import read_header
from hepaspot.intake.dicom_pixels import locate
from hepaspot.intake.dicom_shades import shading
from hepaspot.intake.messages import PictureHead
from hepaspot.intake.opened import Opened
from hepaspot.intake.region import chosen_view
from hepaspot.intake.scale import chosen_scale


def open_dicom(path: Path) -> Opened:
    """Open the DICOM picture at ``path``; the file stays open while its frames are walked.

    Raises
    ------
    InputError
        Without the name of the file.
    """
    return _opened(path.open("rb"))


def _opened(file: IO[bytes]) -> Opened:
    source = data_set(file, os.fstat(file.fileno()).st_size)
    header = read_header(source)
    samples = header.samples
    view = chosen_view(header.regions, samples.columns, samples.rows)
    decode = decoder_for(source.syntax, samples)
    pixels = locate(source, samples, header.frames, encapsulated=not is_plain(source.syntax))
    shade = shading(samples, header.dataset)
    box = view.box
    head = PictureHead(
        count=header.frames,
        width=samples.columns,
        height=samples.rows,
        view=box,
        scale=chosen_scale(
            view.spacing, header.pixel_spacing, box.right - box.left, box.bottom - box.top
        ),
        frame_rate=header.frame_rate,
        notes=view.notes,
    )
    return Opened(head, (shade(decode(frame, samples)) for frame in pixels))
