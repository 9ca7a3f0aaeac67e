"""The process that decodes, as the one that asked for it sees it: started, heard, stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Final, Self

import msgspec

from hepaspot import errors
from hepaspot.errors import InputError, UnreadableInput
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.frames import Frame
from hepaspot.intake.messages import (
    ENVELOPE,
    EXHAUSTED,
    READY,
    Letter,
    PictureHead,
    Refusal,
    Request,
    Wanted,
    frame_of,
    longest_frame_body,
)

_COMMAND: Final = (sys.executable, "-P", "-m", "hepaspot.intake.decode_process")

_ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
}
"""Threads of number libraries cost 10 ms to start and 8 MB of address space each."""

_LONGEST_WORDS: Final = 1 << 16
"""A head or a refusal is shorter than this: bytes."""

_LONGEST_FACTS: Final = 64 << 20
"""The facts of a DICOM file are shorter than this: bytes (64 MiB)."""


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    """A process that waits for its request."""
    return subprocess.Popen(  # noqa: S603  # this same Python, fixed arguments
        (*_COMMAND, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | _ONE_THREAD,
    )


class _Spares:
    """Processes that were started ahead, for a program that decodes again and again.

    Most of the time to the first frame of a still is the start of its process. Each decodes one
    picture, as any other does.
    """

    def __init__(self) -> None:
        self._wanted = 0
        self._waiting: list[subprocess.Popen[bytes]] = []
        self._lock = Lock()

    def keep(self, count: int) -> None:
        """Keep ``count`` processes waiting from now on; 0 ends those that wait."""
        with self._lock:
            self._wanted = count
            while len(self._waiting) > count:
                _end(self._waiting.pop())
            self._fill()

    def take(self) -> subprocess.Popen[bytes] | None:
        """One that waits, if any; another one is started in its place."""
        with self._lock:
            alive = [each for each in self._waiting if each.poll() is None]
            for dead in set(self._waiting) - set(alive):
                _end(dead)
            taken = alive.pop(0) if alive else None
            self._waiting = alive
            self._fill()
        return taken

    def _fill(self) -> None:
        while len(self._waiting) < self._wanted:
            self._waiting.append(_started(READY))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in filter(None, (process.stdin, process.stdout)):
        pipe.close()
    process.wait()


_spares = _Spares()


def keep_decoders_ready(count: int) -> None:
    """Keep ``count`` processes that decode started ahead; 0 ends those that wait."""
    _spares.keep(count)


class Decoding:
    """One picture being decoded in a process of its own; a context manager that ends it."""

    def __init__(self, request: Request, where: str) -> None:
        self._where = where
        self._what = "picture" if request.wanted is Wanted.FRAMES else "DICOM file"
        self._process = _spares.take() or _started()
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
        letter, body = self._message(bounds.OPENING_SECONDS, _LONGEST_WORDS)
        if letter is not Letter.HEAD:
            raise self._failed()
        return msgspec.msgpack.decode(body, type=PictureHead)

    def facts(self) -> bytes:
        """The facts asked for, as MessagePack.

        Raises
        ------
        InputError
            If the file is refused.
        """
        letter, body = self._message(bounds.OPENING_SECONDS, _LONGEST_FACTS)
        if letter is not Letter.FACTS:
            raise self._failed()
        return body

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
        return UnreadableInput(f"{self._where}: is a damaged {self._what}; export it again")

    def _exhausted(self) -> UnreadableInput:
        return UnreadableInput(
            f"{self._where}: is a {self._what} that takes more than {bounds.OPENING_SECONDS} s or "
            f"{bounds.DECODER_BYTES >> 20} MiB to decode; export it again"
        )
