"""One assessment, said to one reader in one language and one format."""

from __future__ import annotations

from typing import Literal, get_args

from hepaspot.explain.clinician import clinician
from hepaspot.explain.document import Document
from hepaspot.explain.patient import patient
from hepaspot.explain.rendering import Format, render
from hepaspot.explain.shown import Pictures
from hepaspot.explain.words import LANGUAGES
from hepaspot.weigh.assessment import Assessment

Audience = Literal["clinician", "patient"]


def compose(
    assessment: Assessment,
    *,
    audience: Audience = "clinician",
    language: str = "en",
    pictures: Pictures | None = None,
) -> Document:
    """What is to be said, as a document of traced lines.

    Parameters
    ----------
    assessment
        The answer of `hepaspot.assess`.
    audience
        ``clinician`` or ``patient``.
    language
        ``en`` or ``zh``.
    pictures
        PNG of each picture with what was found drawn in, by the id of its source; without
        one, what a picture shows is told in words alone.

    Raises
    ------
    ValueError
        If the audience or the language is not one of these.
    """
    if audience not in get_args(Audience):
        raise ValueError(f"audience must be 'clinician' or 'patient', got {audience!r}")
    if language not in LANGUAGES:
        raise ValueError(f"language must be 'en' or 'zh', got {language!r}")
    compose_for = clinician if audience == "clinician" else patient
    return compose_for(assessment, language, pictures or {})


def explain(
    assessment: Assessment,
    *,
    audience: Audience = "clinician",
    language: str = "en",
    format: Format = "text",
    pictures: Pictures | None = None,
) -> str:
    """Say an assessment to a clinician or to the patient.

    Parameters
    ----------
    assessment
        The answer of `hepaspot.assess`.
    audience
        ``clinician`` (summary with figures and ledger) or ``patient`` (plain page).
    language
        ``en`` or ``zh``.
    format
        ``text`` for a terminal, or ``html`` for one page that needs nothing else.
    pictures
        PNG of each annotated picture, by the id of its source; for ``html``.

    Raises
    ------
    ValueError
        If the audience, the language or the format is not one of these.
    """
    said = compose(assessment, audience=audience, language=language, pictures=pictures)
    return render(said, format)
