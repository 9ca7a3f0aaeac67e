"""A wrong row of any table is refused in one line that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[[str, str, str], None]
Add = Callable[[str, str], None]
Refused = Callable[[str], None]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "entities.toml",
            'id = "other"',
            'id = "others"',
            "row 'others': unknown entity; use calcification, duct_gas, duct_stone, other",
        ),
        (
            "entities.toml",
            'id = "duct_gas"',
            'id = "other"',
            "row 'other': stands 2 times; give each row its own id",
        ),
        (
            "signs.toml",
            'states = ["strong", "weak"]',
            'states = ["strong", "strong"]',
            "row 'echo': needs two or more different states",
        ),
        (
            "signs.toml",
            'neutral = ["strong"]',
            'neutral = ["bright"]',
            "row 'echo': sign echo has no state 'bright'; use strong, weak",
        ),
        (
            "signs.toml",
            'group = "duct"',
            'group = "ducts"',
            "row 'upstream': unknown group 'ducts'; add it to rules.toml",
        ),
        (
            "signs.toml",
            'rows_of = "upstream"',
            'rows_of = "echo"',
            "row 'duct_local': rows_of 'echo' is no sign with the same states",
        ),
        (
            "signs.toml",
            'weighs = false\nreason = "no_figure"',
            "weighs = false",
            "row 'change': does not weigh; say why in reason",
        ),
        (
            "signs.toml",
            'weighs = false\nreason = "no_figure"',
            "weighs = true",
            (
                "row 'change': weighs, but likelihoods.toml has no row for calcification at "
                "health_check; add one or set weighs = false"
            ),
        ),
        (
            "priors.toml",
            'setting = "health_check"',
            'setting = "any"',
            "row 'health-east-asia-tokyo': setting must be one of health_check, symptomatic",
        ),
        (
            "priors.toml",
            ", other = 5 }",
            " }",
            (
                "row 'health-east-asia-tokyo': shares must name each of "
                "calcification, duct_gas, duct_stone, other"
            ),
        ),
        (
            "priors.toml",
            "duct_gas = 2",
            "duct_gas = 0",
            "row 'health-east-asia-tokyo': each share must be above 0; rule nothing out beforehand",
        ),
        (
            "priors.toml",
            "effective_n = 50",
            "effective_n = 0",
            "row 'health-east-asia-tokyo': effective_n must be above 0",
        ),
        (
            "priors.toml",
            'region = "east_asia"',
            'region = "europe"',
            "row 'europe': the region has no prior at symptomatic; add one",
        ),
        (
            "rules.toml",
            'id = "seed"',
            'id = "sead"',
            "row 'seed': is missing; every rule needs its row",
        ),
        (
            "rules.toml",
            '[[rule]]\nid = "seed"',
            '[[rule]]\nid = "luck"\nvalue = 7\nsources = ["K1"]\n\n[[rule]]\nid = "seed"',
            (
                "row 'luck': unknown rule; use convention_n_max, draws, "
                "health_check_dilatation_lr_max, interval, leaning_share, "
                "no_dilatation_lr_min, same_spot_ratio, seed, shadow_ignored_below_mm, "
                "single_lr_max, single_lr_min, size_stable_mm"
            ),
        ),
        (
            "rules.toml",
            "value = 10",
            "value = 50",
            "row 'single_lr_max': 50 is out of range 1 to 10",
        ),
        (
            "rules.toml",
            "value = 0.1",
            "value = 0.01",
            "row 'single_lr_min': 0.01 is out of range 0.1 to 1",
        ),
        (
            "rules.toml",
            "lr_max = 20",
            "lr_max = 400",
            "row 'duct': lr_max is out of range 1 to 20",
        ),
        (
            "thresholds.toml",
            "limit_mm = 2\n",
            "",
            "row 'intrahepatic-width': needs limit_mm or portal_ratio, above 0",
        ),
        (
            "red_flags.toml",
            'sign = "fever"',
            'sign = "chills"',
            "row 'fever': unknown sign 'chills'; see signs.toml",
        ),
        (
            "red_flags.toml",
            'state = "abnormal"',
            'state = "raised"',
            (
                "row 'abnormal_liver_tests': sign liver_tests has no state 'raised'; "
                "use abnormal, normal"
            ),
        ),
        (
            "causes.toml",
            '"host:cyst"',
            '"host:cist"',
            (
                "row 'cystic_echinococcosis': host has no 'cist'; "
                "use cyst, duct_wall, mass, treated_lesion, vessel_wall"
            ),
        ),
        (
            "screening.toml",
            '"shadow:faint"',
            '"shade:faint"',
            (
                "row 'shadow_with_dilatation': unknown fact 'shade:faint'; "
                "write <sign>:<state>, landmark:, host:, ..."
            ),
        ),
        (
            "guidance.toml",
            '"count:multiple"',
            '"count:many"',
            "row 'manual_multiple_think_parasite': count has no 'many'; use multiple, single",
        ),
        (
            "codes.toml",
            'concept = "entity:duct_stone"',
            'concept = "entity:stone"',
            (
                "row 'stone-sct': entity has no 'stone'; "
                "use calcification, duct_gas, duct_stone, other"
            ),
        ),
        (
            "tests.toml",
            '"ct_density"',
            '"density"',
            "row 'unenhanced_ct': unknown sign 'density'; see signs.toml",
        ),
        (
            "tests.toml",
            "{ k = 28, n = 49, effective_n = 10 }",
            "{ k = 58, n = 49, effective_n = 10 }",
            "row 'mrcp': a rate is k of n with k at most n, or low to high between 0 and 1",
        ),
        (
            "tests.toml",
            "{ low = 0.5, high = 1 }",
            "{ low = 50, high = 100 }",
            "row 'mrcp': a rate is k of n with k at most n, or low to high between 0 and 1",
        ),
        (
            "tests.toml",
            'sources = ["D3"]\n',
            "",
            "row 'mrcp': has no source; add sources = [...] or convention = true with a note",
        ),
        (
            "sources.toml",
            'id = "C2"',
            'id = "C1"',
            "row 'C1': stands 2 times; give each row its own id",
        ),
    ],
)
def test_a_wrong_row_of_any_table_is_refused(
    edit: Edit, file: str, old: str, new: str, words: str, refused: Refused
) -> None:
    edit(file, old, new)
    refused(f"{file}: {words}")


def test_an_entity_that_is_left_out_is_missed(folder: Path, refused: Refused) -> None:
    path = folder / "entities.toml"
    start, _, rest = path.read_text(encoding="utf-8").partition('[[entity]]\nid = "duct_gas"')
    path.write_text(start + rest[rest.index("[[entity]]") :], encoding="utf-8")
    refused("entities.toml: row 'duct_gas': is missing; every entity needs its row")


def test_a_source_that_is_taken_away_is_missed_where_it_is_cited(
    edit: Edit, refused: Refused
) -> None:
    edit("sources.toml", 'id = "P5"', 'id = "P05"')
    refused("entities.toml: row 'duct_gas': unknown source 'P5'; add it to sources.toml")
