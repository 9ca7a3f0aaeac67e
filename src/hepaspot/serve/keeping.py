"""Between the desk and the store: an open exam is kept, a kept one is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Final

import msgspec

from hepaspot.errors import SchemaError
from hepaspot.exam import Exam, SourceKind
from hepaspot.intake.pictures import open_picture
from hepaspot.reading import is_picture_file
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.frame_files import FrameFiles, keep_all
from hepaspot.serve.holding import HeldFile, nameless
from hepaspot.serve.store import KeptExam, NewFile, Store

UNKNOWN_KIND: Final = "application/octet-stream"


def keep(
    store: Store, open_exam: OpenExam, *, person: str, note: str, examined_on: date | None = None
) -> None:
    """Keep an open exam, or what was changed in one that is kept already."""
    if open_exam.kept_id is not None:
        store.update(open_exam.kept_id, open_exam.exam, _edits(open_exam))
        return
    files = []
    for file in open_exam.files:
        file.stream.seek(0)
        files.append(NewFile(file.name, UNKNOWN_KIND, file.stream))
    open_exam.kept_id = store.keep(
        open_exam.exam,
        _edits(open_exam),
        files,
        person=person,
        note=note,
        examined_on=examined_on,
    )
    open_exam.person = store.get(open_exam.kept_id).person


def reopened(store: Store, kept_id: str) -> OpenExam:
    """A kept exam, opened: with its files, its pictures, and what can be taken back.

    Raises
    ------
    MissingInput
        If no such exam is kept.
    """
    found = store.get(kept_id)
    with ExitStack() as undo:
        files = []
        for file in found.files:
            held = _held(store.open_file(file.id), file.name)
            undo.callback(held.close)
            files.append(held)
        pictures = dict(_pictures(found, files, undo))
        undo.pop_all()
    first, *changes = _history(found)
    return OpenExam(first, files, pictures, kept_id=found.id, person=found.person, _history=changes)


def _edits(open_exam: OpenExam) -> bytes:
    return msgspec.json.encode(open_exam.history)


def _history(found: KeptExam) -> list[Exam]:
    """The exam as it was read, then as it was after each change."""
    try:
        history = msgspec.json.decode(found.edits, type=list[Exam]) if found.edits else []
    except msgspec.DecodeError:
        raise SchemaError(
            "the kept exam: its changes are not of the published schema; open it with the "
            "hepaspot that kept it"
        ) from None
    return history if history and history[-1] == found.exam else [found.exam]


def _held(chunks: Iterator[bytes], name: str) -> HeldFile:
    stream = nameless()
    for chunk in chunks:
        stream.write(chunk)
    stream.flush()
    return HeldFile(name, stream.tell(), stream)


def _pictures(
    found: KeptExam, files: list[HeldFile], undo: ExitStack
) -> Iterator[tuple[str, FrameFiles]]:
    """Frames of each picture, decoded anew; sources of pictures stand in the order of the files."""
    sources = [s for s in found.exam.sources if s.kind is SourceKind.PICTURE]
    pictures = [file for file in files if is_picture_file(file.path)]
    for source, file in zip(sources, pictures, strict=False):
        frames = open_picture(file.path, name=file.name)
        files_of_frames = FrameFiles(frames)
        undo.callback(files_of_frames.close)
        for _ in keep_all(frames, files_of_frames):
            pass
        yield source.id, files_of_frames
