"""Standard output whose failures end as the others do, not in a traceback."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from hepaspot.errors import OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class NowhereToWrite(OutputError):
    """Standard output takes no more: no other report of the run can be answered there."""


class _Watched(io.FileIO):
    """The file below standard output."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            self._let_the_rest_go()
            raise SystemExit(0) from None  # who reads (``head``) has had enough
        except OSError as error:
            self._let_the_rest_go()
            reason = (error.strerror or "input or output error").lower()
            raise NowhereToWrite(
                f"standard output: cannot be written ({reason}); make room or write elsewhere"
            ) from None

    def _let_the_rest_go(self) -> None:
        """Python writes what is left in the buffers once more when it ends."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def watch_standard_output() -> None:
    """From here on a full disk is an `OutputError`, and a closed pipe a quiet end."""
    if sys.stdout is None:  # closed by who called (``>&-``)
        unwritable = os.open(os.devnull, os.O_RDONLY)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Watched(unwritable, "w")), "utf-8")
        return
    stream = sys.stdout
    buffer = getattr(stream, "buffer", None)
    if not isinstance(stream, io.TextIOWrapper) or not _is_file(buffer):
        return
    stream.flush()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Watched(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _is_file(buffer: object) -> bool:
    """Not the console of Windows, nor the stream of a test."""
    return isinstance(getattr(buffer, "raw", buffer), io.FileIO)
