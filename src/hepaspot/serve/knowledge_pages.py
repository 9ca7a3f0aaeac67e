"""The figures behind a sign, and their sources, as a page."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from hepaspot.exam import Entity
from hepaspot.explain.document import Citation
from hepaspot.explain.sources import citations
from hepaspot.explain.words import Words
from hepaspot.knowledge import LikelihoodRow, load
from hepaspot.serve.language import language_of
from hepaspot.serve.rendering import page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ShownRow:
    """One row of figures in words: of each state its share, and how many cases of how many."""

    entity: str
    tone: Entity
    setting: str
    shares: tuple[tuple[str, str, str], ...]
    sources: tuple[str, ...]
    is_convention: bool


@router.get("/knowledge/{sign}")
def sign_page(request: Request, sign: str) -> HTMLResponse:
    """The studies behind one sign, down to the counts."""
    knowledge, words = load(), Words(language_of(request))
    known = next((each for each in knowledge.signs if each.id == sign), None)
    if known is None:
        raise HTTPException(404, "there is no such sign")
    rows = knowledge.sign_rows(sign)
    cited = tuple(dict.fromkeys((*known.sources, *(s for row in rows for s in row.sources))))
    listed: tuple[Citation, ...] = citations(cited, words)
    return page(
        request,
        "sign.html.j2",
        sign=known,
        title=words.term("sign", sign),
        question=words.term("settle.sign", sign),
        rows=tuple(_shown(row, sign, words) for row in rows),
        citations=listed,
    )


def _shown(row: LikelihoodRow, sign: str, words: Words) -> ShownRow:
    return ShownRow(
        entity=words.term("entity", row.entity.value),
        tone=row.entity,
        setting=words.say(f"ui.sign.setting.{row.setting.value}"),
        shares=tuple(
            (words.term(f"state.{sign}", state), f"{row.mean[state]:.0%}", f"{count:g}/{row.n:g}")
            for state, count in row.counts.items()
        ),
        sources=row.sources,
        is_convention=row.convention,
    )
