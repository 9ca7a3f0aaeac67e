"""Everything that can go wrong, each in one line: what, where, what to do.

::

    HepaspotError
    ├── InputError            (ValueError)  what was given cannot be used        exit 3
    │   ├── MissingInput      (FileNotFoundError)  there is nothing at the path  exit 4
    │   ├── EmptyInput        it holds no words                                  exit 3
    │   ├── UnreadableInput   damaged, encrypted, binary, a folder               exit 3
    │   ├── UnsupportedInput  a kind of file that is not read                    exit 3
    │   ├── ScanWithoutText   a PDF of pictures of words                         exit 3
    │   └── TooLarge          over a stated bound                                exit 5
    ├── MissingExtra          (ImportError)  an extra is not installed           exit 3
    ├── SchemaError           (ValueError)  JSON that is not an exam             exit 3
    ├── KnowledgeError        (ValueError)  a row of knowledge/ is wrong         exit 6
    ├── OutputError           (OSError)     the answer cannot be written there   exit 7
    └── InternalError         (RuntimeError)  a fault of hepaspot itself         exit 1

An exit code of 2 is a wrong command line.

No message carries a name, an id or a word of a report.
"""

from __future__ import annotations

from typing import ClassVar


class HepaspotError(Exception):
    """Base of every error that hepaspot raises on purpose."""

    exit_code: ClassVar[int] = 1


class InputError(HepaspotError, ValueError):
    """What was given cannot be used."""

    exit_code = 3


class MissingInput(InputError, FileNotFoundError):
    """There is nothing at the path."""

    exit_code = 4


class EmptyInput(InputError):
    """The input holds no words."""


class UnreadableInput(InputError):
    """The input is damaged, encrypted, binary or a folder."""


class UnsupportedInput(InputError):
    """A kind of file that is not read."""


class ScanWithoutText(InputError):
    """A PDF that holds pictures of words, not words."""


class TooLarge(InputError):
    """The input is over a stated bound."""

    exit_code = 5


class MissingExtra(HepaspotError, ImportError):
    """What was asked for needs an extra that is not installed."""

    exit_code = 3


class SchemaError(HepaspotError, ValueError):
    """JSON that is not an exam of this schema version."""

    exit_code = 3


class KnowledgeError(HepaspotError, ValueError):
    """A row of the knowledge tables is wrong."""

    exit_code = 6


class OutputError(HepaspotError, OSError):
    """The answer cannot be written where it was asked for."""

    exit_code = 7


class InternalError(HepaspotError, RuntimeError):
    """A fault of hepaspot itself, told without the words that it stumbled over."""
