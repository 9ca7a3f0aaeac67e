"""The process that decodes, as the one that asked for it sees it: started, heard, stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Final, Self

import msgspec

from hepaspot import errors
from hepaspot.errors import InputError, UnreadableInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.frames import Frame
from hepaspot.intake.messages import (
    ENVELOPE,
    EXHAUSTED,
    Letter,
    PictureHead,
    Refusal,
    Request,
    Wanted,
    frame_of,
    longest_frame_body,
)
from hepaspot.intake.processes import started

_MODULE: Final = "hepaspot.intake.decode_process"

_LONGEST_WORDS: Final = 1 << 16
"""A head or a refusal is shorter than this: bytes."""

_LONGEST_FACTS: Final = 64 << 20
"""The facts of a DICOM file are shorter than this: bytes (64 MiB)."""


class Decoding:
    """One picture being decoded in a process of its own; a context manager that ends it."""

    def __init__(self, request: Request, where: str) -> None:
        self._where = where
        self._what = "picture" if request.wanted is Wanted.FRAMES else "DICOM file"
        self._process = started(_MODULE)
        self._ask(request)

    def _ask(self, request: Request) -> None:
        assert self._process.stdin is not None  # noqa: S101  # a pipe was asked for
        try:
            with self._process.stdin as pipe:
                pipe.write(msgspec.msgpack.encode(request))
        except BrokenPipeError:
            pass  # it died at once; the first message will tell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()

    def head(self) -> PictureHead:
        """The first message: what is known of the picture.

        Raises
        ------
        InputError
            If the picture is refused.
        """
        return msgspec.msgpack.decode(self._opening(Letter.HEAD, _LONGEST_WORDS), type=PictureHead)

    def facts(self) -> bytes:
        """The facts asked for, as MessagePack.

        Raises
        ------
        InputError
            If the file is refused.
        """
        return self._opening(Letter.FACTS, _LONGEST_FACTS)

    def frame(self, head: PictureHead) -> Frame:
        """The next frame, which must be there.

        Raises
        ------
        InputError
            If it is not, or is refused.
        """
        _, body = self._message(bounds.FRAME_SECONDS, longest_frame_body(head))
        return frame_of(body, head)

    def frames(self, head: PictureHead) -> Iterator[Frame]:
        """The frames that follow the head of the picture, until it ends.

        Raises
        ------
        InputError
            If a frame is refused.
        """
        longest = longest_frame_body(head)
        while (message := self._next(bounds.FRAME_SECONDS, longest)) is not None:
            yield frame_of(message[1], head)

    def _opening(self, wanted: Letter, longest: int) -> bytes:
        letter, body = self._message(bounds.OPENING_SECONDS, longest)
        if letter is not wanted:
            raise self._damaged()  # it may not have ended, and need not ever
        return body

    def _message(self, seconds: float, longest: int) -> tuple[Letter, bytes]:
        message = self._next(seconds, longest)
        if message is None:
            raise self._failed()
        return message

    def _next(self, seconds: float, longest: int) -> tuple[Letter, bytes] | None:
        """The next message; None where the process has ended well."""
        with self._waiting(seconds) as late:
            envelope = self._read(ENVELOPE.size)
            if not envelope and self._process.wait() == 0:
                return None
            if len(envelope) < ENVELOPE.size:
                raise self._exhausted() if late else self._failed()
            letter, length = ENVELOPE.unpack(envelope)
            body = self._read(length) if length <= max(longest, _LONGEST_WORDS) else b""
        if len(body) < length:
            raise self._exhausted() if late else self._failed()
        if letter == Letter.REFUSAL.encode():
            raise self._refused(msgspec.msgpack.decode(body, type=Refusal))
        return Letter(letter.decode()), body

    def _read(self, count: int) -> bytes:
        assert self._process.stdout is not None  # noqa: S101  # a pipe was asked for
        return self._process.stdout.read(count)

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[list[bool]]:
        """Ends the process where it takes longer; the list is filled then."""
        late: list[bool] = []

        def stop() -> None:
            late.append(True)
            self._process.kill()

        timer = Timer(seconds, stop)
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def _refused(self, refusal: Refusal) -> InputError:
        kind = getattr(errors, refusal.error, UnreadableInput)
        return kind(f"{self._where}: {refusal.words}")

    def _failed(self) -> UnreadableInput:
        # A negative code is the signal of a limit that was passed.
        code = self._process.wait()
        if code < 0 or code == EXHAUSTED:
            return self._exhausted()
        return self._damaged()

    def _damaged(self) -> UnreadableInput:
        return UnreadableInput(f"{self._where}: is a damaged {self._what}; export it again")

    def _exhausted(self) -> UnreadableInput:
        return UnreadableInput(
            f"{self._where}: is a {self._what} that takes more than {bounds.OPENING_SECONDS} s or "
            f"{bounds.DECODER_BYTES >> 20} MiB to decode; export it again"
        )
