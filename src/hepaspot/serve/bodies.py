"""What the API takes and gives as JSON, beside `Exam` and `Assessment`."""

from __future__ import annotations

import msgspec

from hepaspot.exam import Entity, Value
from hepaspot.serve.progress import Stage
from hepaspot.serve.store import Summary
from hepaspot.weigh.assessment import Conclusion


class Answer(Value, frozen=True):
    """A person's answer to the question of a sign; ``state`` null takes it back.

    ``focus`` is the id of the focus that is meant, null for a sign of the whole exam.
    """

    state: str | None
    focus: str | None = None


class Spot(Value, frozen=True):
    """A place in a frame: (x, y) in pixels."""

    x: float
    y: float
    frame: int = 0


class Outline(Value, frozen=True):
    """A closed outline in a frame, as (x, y) in pixels."""

    outline: tuple[tuple[float, float], ...]
    frame: int = 0


class Keeping(Value, frozen=True):
    """How an exam is kept: ``person`` is what its keeper calls the person."""

    person: str = ""
    note: str = ""


class FocusSummary(Value, frozen=True):
    """The answer for one focus in short: what it is, and the mean probability of each entity."""

    id: str
    conclusion: Conclusion
    probabilities: dict[Entity, float]


class ExamSummary(msgspec.Struct, frozen=True):
    """An open exam in short, and where its parts are."""

    id: str
    url: str
    page: str
    foci: tuple[FocusSummary, ...]
    red_flags: tuple[str, ...]
    pictures: tuple[str, ...]
    changes: int
    kept_id: str | None = None


class JobState(msgspec.Struct, frozen=True):
    """How far a reading has come.

    ``location`` is the page of what came of it, ``exam`` its id where that is an exam;
    ``problem`` is the one line of what went wrong, ``status`` its HTTP status and ``kind`` the
    name of the error.
    """

    id: str
    stage: Stage
    done: int = 0
    total: int = 0
    file: int = 0
    files: int = 0
    is_over: bool = False
    location: str | None = None
    exam: str | None = None
    problem: str | None = None
    status: int | None = None
    kind: str | None = None


class PhotoWordsJson(Value, frozen=True):
    """The words of a photo of a report, to be checked before they are read."""

    name: str
    text: str


class KeptList(Value, frozen=True):
    """Kept exams, the newest first."""

    kept: tuple[Summary, ...]
