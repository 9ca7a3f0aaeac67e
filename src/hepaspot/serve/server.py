"""What one server holds: its settings, the open exams, the work in hand, the store if any."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from hepaspot.editing import with_setting
from hepaspot.exam import Setting
from hepaspot.explain import compose
from hepaspot.serve.desk import Desk, OpenExam
from hepaspot.serve.holding import HeldFile
from hepaspot.serve.jobs import Busy, Job, Jobs
from hepaspot.serve.progress import Report, Stage, Step
from hepaspot.serve.reading import PageOfWords, Read, is_page_of_words, read_all
from hepaspot.serve.settings import ServeSettings
from hepaspot.serve.store import Store
from hepaspot.weigh import assess

DRAFTS_HELD: Final = 50
"""Photos of reports that wait to be corrected (convention)."""


@dataclass(frozen=True)
class Sent:
    """What a user sent of one examination; ``photos`` are photos of a report's pages."""

    files: tuple[HeldFile, ...] = ()
    texts: tuple[str, ...] = ()
    photos: tuple[HeldFile, ...] = ()
    setting: Setting = field(default_factory=Setting)
    depth_cm: float | None = None

    def close(self) -> None:
        """Let go of all files."""
        for file in (*self.files, *self.photos):
            file.close()


@dataclass(frozen=True)
class PhotoText:
    """A photo of a page and the words that were read from it."""

    file: HeldFile
    text: str


@dataclass(frozen=True)
class Draft:
    """Photos of a report whose words wait to be checked, and what was sent beside them."""

    sent: Sent
    photos: tuple[PhotoText, ...]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    def close(self) -> None:
        """Let go of all files."""
        self.sent.close()


Opened = OpenExam | Draft
"""What comes of what was sent: an exam, or words to be checked first."""


class Server:
    """What one server holds."""

    def __init__(self, settings: ServeSettings) -> None:
        self.settings = settings
        self.desk = Desk(settings.exams_held, settings.held_bytes, settings.files_held)
        self.jobs: Jobs[Opened] = Jobs()
        self.store = None if settings.store is None else Store.open(settings.store)
        self._drafts: OrderedDict[str, Draft] = OrderedDict()
        self._lock = Lock()

    def start(self, sent: Sent, *, with_photos: bool) -> Job[Opened]:
        """Read what was sent as soon as a processor is free.

        Parameters
        ----------
        sent : Sent
        with_photos : bool
            Whether a photo of a page gives a draft; else it is refused.

        Raises
        ------
        Busy
            If too much waits already.
        """

        def work(report: Report) -> Opened:
            try:
                report(Step(Stage.WAITING))
                return self._open(sent, report, with_photos=with_photos)
            except BaseException:
                sent.close()
                raise

        try:
            return self.jobs.start(work)
        except Busy:
            sent.close()
            raise

    def draft(self, draft_id: str) -> Draft | None:
        """The draft of that id."""
        return self._drafts.get(draft_id)

    def take_draft(self, draft_id: str) -> Draft | None:
        """The draft of that id, which is then no longer here."""
        with self._lock:
            return self._drafts.pop(draft_id, None)

    def close(self) -> None:
        """Forget everything that is not kept."""
        self.jobs.close()
        self.desk.close_all()
        for draft in self._drafts.values():
            draft.close()
        if self.store is not None:
            self.store.close()

    def _open(self, sent: Sent, report: Report, *, with_photos: bool) -> Opened:
        if not sent.photos:
            try:
                return self._exam(sent, report)
            except PageOfWords as page:
                if not with_photos:
                    raise
                sent = _with_photo(sent, page.file)
        return self._drafted(sent, report)

    def _exam(self, sent: Sent, report: Report) -> OpenExam:
        read = read_all(sent.files, sent.texts, depth_cm=sent.depth_cm, report=report)
        opened = opened_exam(read, sent.files, sent.setting)
        self.jobs.aside(lambda: _prepare(opened))
        return self.desk.put(opened)

    def _drafted(self, sent: Sent, report: Report) -> Draft:
        from hepaspot.intake.photo import words_of_photo

        photos = [*sent.photos, *(file for file in sent.files if is_page_of_words(file))]
        files = [file for file in sent.files if file not in photos]
        texts = []
        for place, file in enumerate(photos, start=1):
            report(Step(Stage.WORDS, place - 1, len(photos), place, len(photos)))
            texts.append(PhotoText(file, words_of_photo(file.path, name=file.name).text))
        draft = Draft(
            Sent(tuple(files), sent.texts, tuple(photos), sent.setting, sent.depth_cm),
            tuple(texts),
        )
        with self._lock:
            self._drafts[draft.id] = draft
            while len(self._drafts) > DRAFTS_HELD:
                self._drafts.popitem(last=False)[1].close()
        return draft


def opened_exam(read: Read, files: Sequence[HeldFile], setting: Setting) -> OpenExam:
    """An exam as it is opened, in the setting that was given."""
    return OpenExam(with_setting(read.exam, setting), files, read.pictures)


def warm_up() -> None:
    """Load what the first reader would have to wait for: words, figures, templates."""
    read = read_all((), ("Liver: a 6 mm echogenic focus with shadowing. Ducts not dilated.",))
    compose(assess(read.exam))


def _prepare(opened: OpenExam) -> None:
    """Make the frames that are shown first ready to be measured in."""
    for source in opened.exam.sources:
        if source.picture is not None and source.picture.fan:
            with suppress(ValueError):  # closed meanwhile
                opened.picture(source.id).prepared(source.picture.frame)


def _with_photo(sent: Sent, place: int) -> Sent:
    """``sent``, in which the file at ``place`` is a photo of a page."""
    files = list(sent.files)
    photo = files.pop(place)
    return Sent(tuple(files), sent.texts, (*sent.photos, photo), sent.setting, sent.depth_cm)
