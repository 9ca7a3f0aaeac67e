"""Message catalogues: every sentence by its id, in the language asked for.

The catalogues are gettext files under ``locale/``, one domain for each first part of an
id (``patient.title`` is in domain ``patient``). Ids stand in for English source strings
so that a sentence keeps its name when its wording changes.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from importlib import resources
from typing import Final

import msgspec

from hepaspot.exam import Value
from hepaspot.explain.document import Line

LANGUAGES: Final = ("en", "zh")
"""Languages with a full catalogue."""

DOMAINS: Final = ("term", "clinician", "patient", "answer", "page", "picture", "ui", "archive")
"""First parts of message ids, one catalogue file each."""


class UnknownMessage(LookupError):
    """A message id that no catalogue holds: a mistake in the code, never in a report."""


@cache
def _catalogue(language: str, domain: str) -> GNUTranslations:
    path = resources.files("hepaspot.explain") / "locale" / language / "LC_MESSAGES"
    with (path / f"{domain}.mo").open("rb") as file:
        return GNUTranslations(file)


@cache
def _rules(domain: str) -> tuple[str, ...]:
    """Ids of all plain messages of a domain, in order."""
    catalogue = _catalogue(LANGUAGES[0], domain)
    held = catalogue._catalog  # type: ignore[attr-defined]  # noqa: SLF001 (it offers no list)
    return tuple(sorted(rule for rule in held if isinstance(rule, str) and rule))


class Words(Value, frozen=True):
    """The catalogues of one language.

    Attributes
    ----------
    language : str
        One of `LANGUAGES`.
    of_picture : bool
        Nothing but pictures was read: a message with a wording for that (``<id>.picture``)
        is said in it.
    """

    language: str
    of_picture: bool = False

    def knows(self, rule: str) -> bool:
        """Whether the catalogue holds ``rule``."""
        domain = rule.partition(".")[0]
        return domain in DOMAINS and _catalogue(self.language, domain).gettext(rule) != rule

    def say(self, rule: str, /, **values: str) -> str:
        """The message ``rule`` with ``values`` filled in.

        Raises
        ------
        UnknownMessage
            If the catalogue does not hold ``rule``.
        """
        if not self.knows(rule):
            raise UnknownMessage(f"no message {rule!r} in locale/{self.language}")
        own = f"{rule}.picture"
        rule = own if self.of_picture and self.knows(own) else rule
        return _catalogue(self.language, rule.partition(".")[0]).gettext(rule).format_map(values)

    def raw(self, rule: str) -> str:
        """The message ``rule`` with its fields left open, for who fills them in elsewhere."""
        return _catalogue(self.language, rule.partition(".")[0]).gettext(rule)

    def rules(self, prefix: str) -> tuple[str, ...]:
        """Ids of all messages that start with ``prefix``, a domain at least, in order."""
        return tuple(rule for rule in _rules(prefix.partition(".")[0]) if rule.startswith(prefix))

    def count(self, rule: str, number: int, /) -> str:
        """The message ``rule`` for ``number`` things, in the plural form that fits."""
        domain = rule.partition(".")[0]
        form = _catalogue(self.language, domain).ngettext(rule, rule, number)
        return form.format(n=number)

    def term(self, group: str, name: str) -> str:
        """The word for ``name``; one that no catalogue holds is shown as it is.

        A finding must not vanish because a table was extended and its word forgotten.
        """
        rule = f"term.{group}.{name}"
        return self.say(rule) if self.knows(rule) else name.replace("_", " ")

    def join(self, parts: tuple[str, ...]) -> str:
        """``parts`` as a list in running text."""
        return self.say("term.list.comma").join(parts)

    def quote(self, words: str) -> str:
        """``words`` in the quotation marks of the language."""
        return self.say("term.list.quote", words=words)

    def line(self, rule: str, /, **values: str) -> Line:
        """The message ``rule`` as a line."""
        return Line(rule, self.say(rule, **values))

    def label(self, group: str, name: str) -> Line:
        """The word for ``name`` as a line."""
        return Line(f"term.{group}.{name}", self.term(group, name))


def sourced(line: Line, *sources: str) -> Line:
    """``line`` with ``sources`` behind it."""
    return msgspec.structs.replace(line, sources=(*line.sources, *sources))


def noted(line: Line, *numbers: int | None) -> Line:
    """``line`` with the numbers of the passages that it rests on."""
    kept = tuple(number for number in numbers if number is not None)
    return msgspec.structs.replace(line, notes=(*line.notes, *kept))
