"""A setting as a caller may write it: the kind as a member, or as a word in either spelling."""

from __future__ import annotations

import msgspec

from hepaspot.errors import InputError
from hepaspot.exam import Setting, SettingKind


def known_setting(setting: Setting) -> Setting:
    """``setting`` with its kind as a `SettingKind`; health-check is health_check.

    Raises
    ------
    InputError
        If there is no such kind.
    """
    kind: object = setting.kind
    if kind is None or isinstance(kind, SettingKind):
        return setting
    word = str(kind).strip().lower().replace("-", "_")
    if word not in list(SettingKind):
        raise InputError(
            f"the kind of a setting is one of {', '.join(SettingKind)}, or None; give one of these"
        )
    return msgspec.structs.replace(setting, kind=SettingKind(word))
