"""Numbers, shares and intervals as a reader sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hepaspot.archive.page.shares import Share
from hepaspot.explain.words import Words

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
"""A space at which no line ends."""


@dataclass(frozen=True)
class Saying:
    """How shares are told in one language: in per cent, or ``per`` 1,000 as a plain number."""

    words: Words
    per: int = 100

    def number(self, count: int) -> str:
        """A count with its thousands apart."""
        return f"{count:,}"

    def count(self, rule: str, count: int) -> str:
        """So many things, in the plural form that fits."""
        return _unbroken(self.words.count(rule, count))

    def end(self, value: float) -> str:
        """A place on a scale; ``value`` is 0 to 1."""
        return self._unit(f"{self.per * value:g}")

    def share(self, share: Share) -> str:
        """A share alone."""
        return self._unit(self._rounded(share.value, share))

    def interval(self, share: Share) -> str:
        """Its interval, with as many decimals, without a unit."""
        low, high = (self._rounded(each, share) for each in share.interval)
        return self.words.say("archive.interval", low=low, high=high)

    def of(self, share: Share) -> str:
        """How many of how many."""
        count, total = self.number(share.count), self.number(share.total)
        return _unbroken(self.words.say("archive.of", count=count, total=total))

    def _rounded(self, value: float, share: Share) -> str:
        decimals = 1 if self.per * (share.value or share.interval[1]) >= 1 else 2
        return f"{self.per * value:,.{decimals}f}" if value else "0"

    def _unit(self, number: str) -> str:
        if self.per != 100:
            return number
        return _unbroken(self.words.say("archive.percent", number=number))


def _unbroken(words: str) -> str:
    """No line ends between a number and its word."""
    return re.sub(r"(?<=\d) | (?=\d)", NO_BREAK, words)
