"""The values that options take, as a user types them."""

from __future__ import annotations

from enum import StrEnum


class SettingName(StrEnum):
    """Why the person was examined."""

    HEALTH_CHECK = "health-check"
    SYMPTOMATIC = "symptomatic"


class Audience(StrEnum):
    """Whom the answer is for."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class Language(StrEnum):
    """Language of the answer."""

    ENGLISH = "en"
    CHINESE = "zh"


class Format(StrEnum):
    """Form of the answer."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class RowsAs(StrEnum):
    """Form of the rows of an answer."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class TableAs(StrEnum):
    """Form of a table that is made."""

    PARQUET = "parquet"
    CSV = "csv"
