"""What a request holds: files, words, setting, from a form or from JSON."""

from __future__ import annotations

from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from hepaspot.errors import EmptyInput, InputError, SchemaError, TooLarge, UnsupportedInput
from hepaspot.exam import Document, Setting, SettingKind, Value
from hepaspot.serve.holding import HeldFile, hold
from hepaspot.serve.server import Sent
from hepaspot.serve.settings import MOST_FILES, TEXT_CHARACTERS

MOST_FIELDS: Final = 64
"""Fields of a form that are no files (convention)."""

FIELD_BYTES: Final = 4 * TEXT_CHARACTERS
"""Largest field of a form: bytes."""

FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


class SentJson(Value, frozen=True):
    """An exam of words alone, as JSON."""

    text: str
    setting: Setting = Setting()


async def sent_of(request: Request) -> Sent:
    """What one request sends of an examination.

    Raises
    ------
    InputError
        If it is not a form or JSON of the documented kind, or over a bound.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        given = await json_of(request, SentJson)
        return Sent(texts=(_bounded(given.text),), setting=given.setting)
    if kind not in FORMS:
        raise UnsupportedInput(
            "the request: is neither a form nor JSON; send multipart/form-data or application/json"
        )
    form = await form_of(request)
    try:
        return await run_in_threadpool(_sent, form)
    finally:
        await form.close()


async def form_of(request: Request) -> FormData:
    """The form of a request.

    Raises
    ------
    InputError
        If it cannot be read as one.
    """
    try:
        return await request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=FIELD_BYTES
        )
    except (HTTPException, MultiPartException, UnicodeDecodeError, ClientDisconnect):
        raise InputError(
            f"the form: is damaged or holds more than {MOST_FILES} files or {MOST_FIELDS} fields; "
            "send it again"
        ) from None


async def json_of(request: Request, kind: type[Document]) -> Document:
    """The JSON of a request as a ``kind``.

    Raises
    ------
    SchemaError
        If it is none; without a word of it.
    """
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        _, _, where = str(error).rpartition(" - at ")  # before it, the value may be quoted
        at = f" at {where.strip('`')}" if where.startswith("`$") else ""
        raise SchemaError(
            f"the request: is not JSON of the documented kind{at}; see /api/v1/openapi.json"
        ) from None


def words_in(form: FormData, name: str) -> str:
    """A field of a form, empty where it is not there or is a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def setting_in(form: FormData) -> Setting:
    """The setting that a form gives.

    Raises
    ------
    InputError
        If the kind is none of the known ones, or the age is no number.
    """
    kind = words_in(form, "setting") or None
    if kind is not None and kind not in list(SettingKind):
        raise InputError(f"setting: is one of {', '.join(SettingKind)}; choose one of these")
    age = number_in(form, "age_years", 0, 130)
    region = words_in(form, "region") or None
    return Setting(None if kind is None else SettingKind(kind), region, age)


def number_in(form: FormData, name: str, low: float, high: float) -> float | None:
    """A number in a field of a form, None where it is empty.

    Raises
    ------
    InputError
        If it is no number from ``low`` to ``high``.
    """
    written = words_in(form, name).strip().replace(",", ".")
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise InputError(f"{name}: must be a number from {low:g} to {high:g}; correct it")
    return value


def _sent(form: FormData) -> Sent:
    texts = [_bounded(text) for text in form.getlist("text") if isinstance(text, str)]
    setting, depth_cm = setting_in(form), number_in(form, "depth_cm", 1, 50)
    files, photos = held_files(form, "files"), held_files(form, "photo")
    sent = Sent(files, tuple(text for text in texts if text.strip()), photos, setting, depth_cm)
    if not (sent.files or sent.texts or sent.photos):
        raise EmptyInput("there is nothing to read; give a report or a picture")
    return sent


def _bounded(text: str) -> str:
    if len(text) > TEXT_CHARACTERS:
        raise TooLarge(
            f"the text given is longer than {TEXT_CHARACTERS:,} characters; give one report"
        )
    return text


def held_files(form: FormData, name: str) -> tuple[HeldFile, ...]:
    """The files in a field of a form; a field left empty sends one without name and bytes."""
    uploads = [part for part in form.getlist(name) if isinstance(part, UploadFile)]
    return tuple(hold(u.file, u.filename) for u in uploads if u.filename or u.size)
