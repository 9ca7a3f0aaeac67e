"""The plots and tables of an audit, in the words of one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hepaspot.archive.page.counts import Category, Figures, Group, Site
from hepaspot.archive.page.figures import OLDEST_DECADE
from hepaspot.archive.page.plots import Item, Look, Plot, Table, plot_of
from hepaspot.archive.page.saying import Saying
from hepaspot.archive.page.shares import Share
from hepaspot.exam import Entity
from hepaspot.explain.clean import one_line
from hepaspot.explain.words import Words

LOOKS: Final[dict[str | None, Look]] = {"female": "plain", "male": "hatched", None: "open"}
"""How the bars of each sex are drawn; None is of those whose sex is not told."""

LEANINGS: Final = (*(entity.value for entity in Entity), None)
"""Columns that the table of names may have; None is no leaning."""


@dataclass(frozen=True)
class Page:
    """What is laid out before the template places it; None where the archive does not tell it."""

    alerts: Plot
    alerts_by_site: Plot | None
    sites: Table | None
    flags: Plot | None
    no_ducts_by_year: Plot | None
    no_ducts_by_site: Plot | None
    names: Table | None
    impression: Plot
    categories: Plot
    prevalence_by_year: Plot | None
    prevalence_by_age: Plot | None
    prevalence_by_site: Plot | None
    errors: Table | None


def page_of(figures: Figures, words: Words) -> Page:
    """Say ``figures`` in one language."""
    say, in_1000 = Saying(words), Saying(words, per=1000)

    def groups(found: Sequence[Group], column: str, caption: str) -> Plot | None:
        return _groups(found, figures, column, words.say(caption), say)

    return Page(
        alerts=_alerts(figures, in_1000),
        alerts_by_site=_alerts_by_site(figures, in_1000),
        sites=_sites(figures, in_1000),
        flags=_flags(figures, say),
        no_ducts_by_year=groups(figures.no_ducts_by_year, "year", "archive.ducts.year"),
        no_ducts_by_site=groups(figures.no_ducts_by_site, "site", "archive.ducts.site"),
        names=_names(figures, say),
        impression=_impression(figures, say),
        categories=_categories(figures, say),
        prevalence_by_year=groups(figures.by_year, "year", "archive.prevalence.year"),
        prevalence_by_age=_by_age(figures, say),
        prevalence_by_site=groups(figures.by_site, "site", "archive.prevalence.site"),
        errors=_errors(figures, say),
    )


def _groups(
    found: Sequence[Group], figures: Figures, column: str, caption: str, say: Saying
) -> Plot | None:
    if not any(group.name for group in found):
        return None
    items = [Item((_site(group.name, figures, say),), group.share) for group in found]
    return plot_of(caption, (say.words.say(f"archive.column.{column}"),), items, say)


def _site(name: str | None, figures: Figures, say: Saying) -> str:
    if name is None:
        return say.words.say("archive.not_told")
    return one_line(name) or say.count("archive.other_sites", figures.other_sites)


def _by_age(figures: Figures, say: Saying) -> Plot | None:
    """By sex where the archive tells it of anyone."""
    if not figures.by_age:
        return None
    words = say.words
    by_sex = any(group.sex for group in figures.by_age)

    def names(group: Group) -> tuple[str, ...]:
        sex = words.say(f"archive.sex.{group.sex}" if group.sex else "archive.not_told")
        age = _age(int(group.name or 0), words)
        return (age, sex) if by_sex else (age,)

    items = [
        Item(names(group), group.share, LOOKS[group.sex] if by_sex else "plain")
        for group in figures.by_age
    ]
    columns = tuple(words.say(f"archive.column.{name}") for name in ("age", "sex"))
    caption = words.say("archive.prevalence.age")
    return plot_of(caption, columns if by_sex else columns[:1], items, say)


def _age(decade: int, words: Words) -> str:
    if decade == OLDEST_DECADE:
        return words.say("archive.age.oldest", low=str(decade))
    return words.say("archive.age", low=str(decade), high=str(decade + 9))


def _alerts(figures: Figures, say: Saying) -> Plot:
    words = say.words
    items = [
        Item(
            (
                words.say(f"archive.alert.{kind.id}"),
                words.say("archive.alerts.rank", n=str(kind.rank)),
            ),
            kind.share,
            href=f"#{kind.id}" if kind.alerts else None,
        )
        for kind in figures.kinds
    ]
    columns = words.say("archive.column.alert"), words.say("archive.column.rank")
    return plot_of(words.say("archive.alerts.lead"), columns, items, say)


def _alerts_by_site(figures: Figures, say: Saying) -> Plot | None:
    rank = min(figures.ranks)
    groups = [Group(site.name, Share(site.by_rank[0], site.exams)) for site in figures.sites]
    caption = say.words.say("archive.sites.plot", n=str(rank))
    return _groups(groups, figures, "site", caption, say)


def _sites(figures: Figures, say: Saying) -> Table | None:
    words = say.words
    if not any(site.name for site in figures.sites):
        return None

    def cell(count: int, site: Site) -> str:
        return f"{say.number(count)} ({say.share(Share(count, site.exams))})"

    return Table(
        words.say("archive.sites.table"),
        (
            words.say("archive.column.site"),
            words.say("archive.column.exams"),
            *(words.say("archive.column.rank_n", n=str(rank)) for rank in figures.ranks),
            words.say("archive.column.any_rank"),
        ),
        tuple(
            (
                _site(site.name, figures, say),
                say.number(site.exams),
                *(cell(count, site) for count in (*site.by_rank, site.any)),
            )
            for site in figures.sites
        ),
    )


def _flags(figures: Figures, say: Saying) -> Plot | None:
    if not figures.flags:
        return None
    words = say.words
    items = [Item((words.term("flag", each.name or ""),), each.share) for each in figures.flags]
    columns = (words.say("archive.column.flag"),)
    return plot_of(words.say("archive.flags.plot"), columns, items, say)


def _names(figures: Figures, say: Saying) -> Table | None:
    if not figures.named:
        return None
    words = say.words
    counts = {(each.stated, each.leaning): each.foci for each in figures.named}
    held = {each.leaning for each in figures.named}
    leanings = [leaning for leaning in LEANINGS if leaning in held]
    stated = [*(entity.value for entity in Entity), "either_or", None]

    def row(name: str | None) -> tuple[str, ...]:
        found = [counts.get((name, leaning), 0) for leaning in leanings]
        return (_stated(name, words), *map(say.number, (*found, sum(found))))

    return Table(
        words.say("archive.names.table"),
        (
            words.say("archive.column.stated"),
            *(_leaning(each, words) for each in leanings),
            words.say("archive.column.foci"),
        ),
        tuple(row(name) for name in stated),
    )


def _leaning(name: str | None, words: Words) -> str:
    if name is None:
        return words.say("archive.column.no_leaning")
    return words.say("archive.column.leans", entity=words.term("entity", name))


def _stated(name: str | None, words: Words) -> str:
    if name is None:
        return words.say("archive.names.no_name")
    if name == "either_or":
        return words.say("archive.names.either_or")
    return words.term("entity", name)


def _impression(figures: Figures, say: Saying) -> Plot:
    words = say.words
    items = [Item((words.say(f"archive.alert.{e.name}"),), e.share) for e in figures.impression]
    caption = words.say("archive.impression.plot")
    return plot_of(caption, (words.say("archive.column.alert"),), items, say)


def _categories(figures: Figures, say: Saying) -> Plot:
    words = say.words
    items = [
        Item((_category(each, words),), Share(each.exams, figures.exams))
        for each in figures.categories
    ]
    columns = (words.say("archive.column.category"),)
    return plot_of(words.say("archive.categories.plot"), columns, items, say)


def _category(each: Category, words: Words) -> str:
    if each.category is None:
        return _without_category(each, words)
    return words.say(
        "archive.categories.one", category=each.category, judgement=each.judgement or ""
    )


def _without_category(each: Category, words: Words) -> str:
    name = words.say(f"archive.categories.{'open' if each.with_spot else 'nothing'}")
    if not each.no_ducts:
        return name
    return words.say("archive.categories.open.ducts", name=name, n=f"{each.no_ducts:,}")


def _errors(figures: Figures, say: Saying) -> Table | None:
    words = say.words
    if not figures.reasons:
        return None
    columns = ("reason", "kind", "documents")
    return Table(
        words.say("archive.errors.lead"),
        tuple(words.say(f"archive.column.{column}") for column in columns),
        tuple(
            (one_line(each.reason), one_line(each.kind), say.number(each.documents))
            for each in figures.reasons
        ),
    )
