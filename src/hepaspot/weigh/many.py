"""Posteriors of very many foci at once, for whole archives.

Foci with the same observations have the same answer, so each distinct pattern is weighed
once. Reports are mostly silent, and an archive holds far fewer patterns than foci.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from hepaspot.errors import InputError
from hepaspot.exam import Setting
from hepaspot.knowledge import Knowledge, load
from hepaspot.weigh.batch import Codes, batch, patterns
from hepaspot.weigh.evidence import CHOLECYSTECTOMY, INTRAHEPATIC_DUCT, LOCAL_DUCT
from hepaspot.weigh.posterior import Model, Posteriors, model_for

NOT_STATED = -1
"""Code of a sign that was not mentioned."""

CHUNK = 32
"""Patterns weighed together: few enough to stay in the processor's cache (convention)."""


def codes(sign: str, states: Iterable[str | None], *, knowledge: Knowledge | None = None) -> Codes:
    """States of one sign as codes for `posterior_many`; None is a sign not mentioned.

    Raises
    ------
    InputError
        If a state is none of the sign's.
    """
    known = (knowledge or load()).sign(sign).states
    code: dict[str | None, int] = {state: index for index, state in enumerate(known)}
    code[None] = NOT_STATED
    try:
        return np.array([code[state] for state in states], dtype=np.int64)
    except KeyError as error:
        listed = ", ".join(known)
        raise InputError(f"sign {sign}: no state {error}; use one of {listed}") from None


def posterior_many(
    observed: Mapping[str, NDArray[np.integer]],
    *,
    setting: Setting | None = None,
    knowledge: Knowledge | None = None,
) -> Posteriors:
    """Probability of each entity, with its 95 % interval, for many foci.

    Parameters
    ----------
    observed : mapping of str to (foci,) int
        Sign to the code of its state in `knowledge`, `NOT_STATED` where not mentioned (see
        `codes`). At least one sign; signs that weigh nothing may be given and are ignored.
    setting
        One setting for all of them; not stated if None.

    Returns
    -------
    Posteriors
        ``mean``, ``low`` and ``high``, each ``(foci, entities)`` in the order of `Entity`.

    Raises
    ------
    InputError
        If a sign is unknown, a code is none of its states, or the arrays differ in length.
    """
    knowledge = knowledge or load()
    table = _checked(knowledge, observed)
    _only_what_speaks(knowledge, table)
    removed = _is(knowledge, table, CHOLECYSTECTOMY, "present")
    shape = (len(removed), len(knowledge.entities))
    result = Posteriors(np.empty(shape), np.empty(shape), np.empty(shape))
    for gallbladder_removed in (False, True):
        rows = np.flatnonzero(removed == gallbladder_removed)
        if len(rows):
            part = {sign: column[rows] for sign, column in table.items()}
            model = model_for(
                knowledge, setting or Setting(), gallbladder_removed=gallbladder_removed
            )
            _fill(result, rows, model, part)
    return result


def _checked(knowledge: Knowledge, observed: Mapping[str, NDArray[np.integer]]) -> dict[str, Codes]:
    if len({len(column) for column in observed.values()}) != 1:
        raise InputError("posterior_many: give one or more signs, all of the same length")
    known = {sign.id: len(sign.states) for sign in knowledge.signs}
    for sign, column in observed.items():
        if sign not in known:
            raise InputError(f"posterior_many: unknown sign {sign!r}; see knowledge/signs.toml")
        if len(column) and not -1 <= int(column.min()) <= int(column.max()) < known[sign]:
            raise InputError(f"posterior_many: {sign} has a code outside -1 to {known[sign] - 1}")
    return {sign: np.array(column, dtype=np.int64) for sign, column in observed.items()}


def _is(
    knowledge: Knowledge, table: Mapping[str, Codes], sign: str, state: str
) -> NDArray[np.bool]:
    column = table.get(sign)
    if column is None:
        return np.zeros(len(next(iter(table.values()))), dtype=np.bool)
    return np.asarray(column == knowledge.sign(sign).states.index(state))


def _only_what_speaks(knowledge: Knowledge, table: dict[str, Codes]) -> None:
    """The rules of `evidence.observations_of` on codes."""
    if LOCAL_DUCT in table and INTRAHEPATIC_DUCT in table:
        table[INTRAHEPATIC_DUCT][table[LOCAL_DUCT] != NOT_STATED] = NOT_STATED
    if "shadow" in table:
        small = _is(knowledge, table, "size", "lt_5mm")
        table["shadow"][small & _is(knowledge, table, "shadow", "absent")] = NOT_STATED


def _fill(result: Posteriors, rows: Codes, model: Model, table: Mapping[str, Codes]) -> None:
    weighing = [sign for sign in _grouped(model) if sign in table]
    first, inverse = patterns({sign: table[sign] for sign in weighing}, model, cases=len(rows))
    parts = []
    for start in range(0, len(first), CHUNK):
        cases = first[start : start + CHUNK]
        told = {sign: table[sign][cases] for sign in weighing}
        stated = {sign: column for sign, column in told.items() if (column >= 0).any()}
        parts.append(batch(model, stated, len(cases)))
    for name in ("mean", "low", "high"):
        distinct = np.concatenate([getattr(part, name) for part in parts])
        getattr(result, name)[rows] = distinct[inverse]


def _grouped(model: Model) -> list[str]:
    """Signs that weigh, those of one group side by side: neighbours then share their groups."""
    signs = [sign for sign in model.knowledge.signs if model.weighs(sign.id)]
    return [sign.id for sign in sorted(signs, key=lambda sign: (sign.group is None, sign.group))]
