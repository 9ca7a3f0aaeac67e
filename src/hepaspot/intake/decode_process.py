"""The process that decodes one picture: a `Request` comes in on stdin, messages go out.

A damaged picture makes a decoder fail in any way at all: this process then ends with a
failure, and the one that started it takes that for the answer.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from hepaspot.errors import InputError
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.kinds import PictureFormat
from hepaspot.intake.limits import limit_memory, limit_processor
from hepaspot.intake.messages import (
    ENVELOPE,
    EXHAUSTED,
    Letter,
    PictureHead,
    Refusal,
    Request,
    Wanted,
    frame_body,
)
from hepaspot.intake.opened import Opened


def main() -> None:
    """Answer the request on stdin."""
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    limit_memory(bounds.DECODER_BYTES)
    limit_processor(bounds.OPENING_PROCESSOR_SECONDS)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        _answer(request, sys.stdout.buffer)
    except InputError as error:
        body = msgspec.msgpack.encode(Refusal(type(error).__name__, str(error)))
        _send(sys.stdout.buffer, Letter.REFUSAL, body)
    except MemoryError:
        sys.exit(EXHAUSTED)


def load() -> None:
    """Load what stills are decoded with; clips wait for theirs."""
    import hepaspot.intake.colour
    import hepaspot.intake.dicom
    import hepaspot.intake.dicom_decoders
    import hepaspot.intake.shades
    import hepaspot.intake.still  # noqa: F401


def _answer(request: Request, out: BinaryIO) -> None:
    if request.wanted is not Wanted.FRAMES:
        _send(out, Letter.FACTS, msgspec.msgpack.encode(_facts(request)))
        return
    from hepaspot.intake.colour import notes_of_colour
    from hepaspot.intake.shades import coloured

    opened = _open(request)
    head = opened.head
    limit_processor(bounds.OPENING_PROCESSOR_SECONDS + bounds.FRAME_PROCESSOR_SECONDS * head.count)
    for index, planes in enumerate(islice(opened.frames, request.frames)):
        mask = coloured(planes)
        if index == 0:
            notes = head.notes + notes_of_colour(mask, head.view)
            _send_head(out, msgspec.structs.replace(head, notes=notes))
        _send(out, Letter.FRAME, *frame_body(index, planes.luma, mask))


def _facts(request: Request) -> msgspec.Struct:
    path = Path(os.fsdecode(request.path))
    if request.wanted is Wanted.IDENTITY:
        from hepaspot.intake.dicom_identity import identity_in

        return identity_in(path)
    from hepaspot.intake.dicom_tree import tree_in

    return tree_in(path)


def _open(request: Request) -> Opened:
    # Each kind loads its own library, and no other: that is most of the time to the start.
    path = Path(os.fsdecode(request.path))
    if request.page:
        from hepaspot.intake.photo_still import open_page_still

        return open_page_still(path, request.format)
    if request.format is PictureFormat.DICOM:
        from hepaspot.intake.dicom import open_dicom

        return open_dicom(path)
    if request.format in {PictureFormat.MP4, PictureFormat.AVI}:
        from hepaspot.intake.clip import open_clip

        return open_clip(path)
    from hepaspot.intake.still import open_still

    return open_still(path, request.format)


def _send_head(out: BinaryIO, head: PictureHead) -> None:
    _send(out, Letter.HEAD, msgspec.msgpack.encode(head))


def _send(out: BinaryIO, letter: Letter, *parts: bytes) -> None:
    out.write(ENVELOPE.pack(letter.encode(), sum(map(len, parts))))
    out.writelines(parts)
    out.flush()


if __name__ == "__main__":
    main()
