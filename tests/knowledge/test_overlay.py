"""Local figures stand beside the published ones, marked as local, and only where they are named."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hepaspot.cli.app import app
from hepaspot.errors import KnowledgeError
from hepaspot.exam import Entity, Setting, SettingKind
from hepaspot.explain import explain
from hepaspot.knowledge import is_local, load, load_with_overlay
from hepaspot.knowledge.figures import RowSetting
from hepaspot.knowledge.overlay import published_beside, read_overlay
from hepaspot.report import read_report
from hepaspot.weigh import assess
from hepaspot.weigh.assess_exam import assess_with

HEAD = """
[overlay]
made_from = "a review of 60 spots"
beside = "0123456789ab"

[[source]]
id = "local-review"
citation = "Own archive"
quality = "low"
seen = "full"
"""
PRIOR = """
[[prior]]
id = "local-prior"
setting = "health_check"
region = "east_asia"
shares = { calcification = 90, duct_stone = 5, duct_gas = 1, other = 4 }
effective_n = 100
sources = ["local-review"]
"""
ROW = """
[[row]]
id = "local-upstream-stone"
sign = "upstream"
entity = "duct_stone"
setting = "health_check"
counts = { dilated = 30, not_dilated = 10 }
n = 40
basis = "D"
sources = ["local-review"]
"""
WORDS = (
    "Findings: a 6 mm echogenic focus with posterior shadowing in the right lobe. The intrahepatic "
    "ducts are not dilated."
)
AT_CHECK = Setting(kind=SettingKind.HEALTH_CHECK, region="east_asia")


@pytest.fixture
def overlay(tmp_path: Path):
    """Write an overlay file of some pieces."""

    def write(*pieces: str) -> Path:
        path = tmp_path / "local.toml"
        path.write_text("\n".join(pieces), encoding="utf-8")
        return path

    return write


def share_of_stone(knowledge) -> float:
    (focus,) = assess_with(knowledge, read_report(WORDS), AT_CHECK).foci
    return next(p.mean for p in focus.probabilities if p.entity is Entity.DUCT_STONE)


# ------------------------------------------------------------------------------------- laid over


def test_the_packaged_tables_stay_as_they_are(overlay):
    before = load().version, load().likelihoods, load().priors
    load_with_overlay(overlay(HEAD, PRIOR, ROW))
    assert (load().version, load().likelihoods, load().priors) == before
    assert not any(map(is_local, (*load().likelihoods, *load().priors)))


def test_the_version_says_that_figures_are_local_and_which(overlay):
    one = load_with_overlay(overlay(HEAD, PRIOR)).version
    two = load_with_overlay(overlay(HEAD, PRIOR.replace("= 90", "= 91"))).version
    assert re.fullmatch(rf"{load().version}\+local\.[0-9a-f]{{8}}", one)
    assert one != two


def test_line_ends_do_not_change_the_version(overlay):
    path = overlay(HEAD, PRIOR)
    plain = load_with_overlay(path).version
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_with_overlay(path).version == plain


def test_an_assessment_and_its_answer_say_so(overlay):
    knowledge = load_with_overlay(overlay(HEAD, PRIOR))
    answer = assess_with(knowledge, read_report(WORDS), AT_CHECK)
    assert answer.knowledge_version == knowledge.version
    assert "+local." in explain(answer)
    assert "+local." not in explain(assess(read_report(WORDS), setting=AT_CHECK))


def test_an_answer_cites_a_local_row_as_such(overlay):
    knowledge = load_with_overlay(overlay(HEAD, ROW))
    answer = assess_with(knowledge, read_report(WORDS), AT_CHECK)
    (focus,) = answer.foci
    assert "local-upstream-stone" in {row for line in focus.ledger for row in line.rows}
    assert "local-review" in explain(answer)


def test_every_row_that_was_added_is_marked(overlay):
    knowledge = load_with_overlay(overlay(HEAD, PRIOR, ROW))
    local = [row for row in (*knowledge.likelihoods, *knowledge.priors) if is_local(row)]
    assert {row.id for row in local} == {"local-prior", "local-upstream-stone"}
    assert all(row.id.startswith("local-") for row in local)


def test_a_prior_stands_beside_the_published_ones(overlay):
    knowledge = load_with_overlay(overlay(HEAD, PRIOR))
    ids = [row.id for row in knowledge.priors_for("health_check", "east_asia")]
    assert ids == ["health-east-asia-tokyo", "health-east-asia-bangkok", "local-prior"]
    assert share_of_stone(knowledge) < share_of_stone(load())


def test_instead_takes_the_place_of_the_published_priors(overlay):
    beside = load_with_overlay(overlay(HEAD, PRIOR))
    instead = load_with_overlay(overlay(HEAD, PRIOR + "instead = true\n"))
    assert [row.id for row in instead.priors_for("health_check", "east_asia")] == ["local-prior"]
    assert len(instead.priors_for("symptomatic", "east_asia")) == 2
    assert share_of_stone(instead) < share_of_stone(beside)


def test_a_row_and_the_published_ones_of_its_cell_are_rivals(overlay):
    knowledge = load_with_overlay(overlay(HEAD, ROW))
    rows = knowledge.rows_for("upstream", Entity.DUCT_STONE, "health_check")
    published = load().rows_for("upstream", Entity.DUCT_STONE, "health_check")
    assert {row.id for row in rows} == {"local-upstream-stone", *(row.id for row in published)}
    for row in rows:
        assert set(row.conflicts_with) == {other.id for other in rows} - {row.id}
    assert share_of_stone(knowledge) != share_of_stone(load())


def test_a_row_for_one_setting_does_not_push_out_the_rows_for_anyone(overlay):
    row = ROW.replace('"upstream"', '"shadow"').replace(
        "{ dilated = 30, not_dilated = 10 }",
        "{ present = 30, faint = 6, absent = 4, dirty = 0, reverberation = 0, comet_tail = 0, "
        "ring_down = 0 }",
    )
    knowledge = load_with_overlay(overlay(HEAD, row))
    anyone = load().rows_for("shadow", Entity.DUCT_STONE)
    assert all(each.setting is RowSetting.ANY for each in anyone)
    found = knowledge.rows_for("shadow", Entity.DUCT_STONE, "health_check")
    assert len(found) == len(anyone) + 1
    assert {tuple(row.counts.items()) for row in anyone} < {
        tuple(row.counts.items()) for row in found
    }
    assert knowledge.rows_for("shadow", Entity.DUCT_STONE, "symptomatic") == anyone


def test_instead_leaves_the_local_row_alone(overlay):
    knowledge = load_with_overlay(overlay(HEAD, ROW + "instead = true\n"))
    (row,) = knowledge.rows_for("upstream", Entity.DUCT_STONE, "health_check")
    assert (row.id, row.conflicts_with) == ("local-upstream-stone", ())


def test_what_a_row_stands_beside_is_what_is_asked_without_it(overlay):
    (row,) = read_overlay(overlay(HEAD, ROW)).rows
    assert published_beside(load(), row) == load().rows_for(
        "upstream", Entity.DUCT_STONE, "health_check"
    )


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_more_local_stones_have_dilated_ducts_the_less_narrow_ones_are_expected(dilated, more):
    def at(count: int) -> float:
        row = ROW.replace("dilated = 30, not_dilated = 10", f"dilated = {count}, not_dilated = 20")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "local.toml"
            path.write_text(HEAD + row.replace("n = 40", f"n = {count + 20}"), encoding="utf-8")
            (found,) = (row for row in load_with_overlay(path).likelihoods if is_local(row))
        return found.mean["not_dilated"]

    assert at(dilated + more) <= at(dilated)


# --------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((PRIOR,), "[overlay] must say made_from and beside, and no more; add it"),
        ((HEAD,), "holds no figure; write [[prior]] or [[row]]"),
        ((HEAD, PRIOR, "[[sign]]\nid = 'x'"), "unknown table 'sign'; an overlay holds overlay, "),
        (
            (HEAD, PRIOR.replace("local-prior", "health-east-asia-tokyo")),
            "row 'health-east-asia-tokyo': is not marked as local; let its id begin with local-",
        ),
        (
            (HEAD.replace('id = "local-review"', 'id = "K1"'), PRIOR),
            "row 'K1': is not marked as local; let its id begin with local-",
        ),
        ((HEAD, PRIOR, PRIOR), "row 'local-prior': stands 2 times; give each row its own id"),
        (
            (HEAD, PRIOR.replace("duct_gas = 1", "duct_gas = 0")),
            "row 'local-prior': each share must be above 0; rule nothing out beforehand",
        ),
        (
            (HEAD, PRIOR.replace('region = "east_asia"', 'region = "mars"')),
            "row 'mars': the region has no prior at symptomatic; add one",
        ),
        (
            (HEAD, ROW.replace('sources = ["local-review"]', "")),
            "row 'local-upstream-stone': has no source; add sources = [...] or convention = true ",
        ),
        (
            (HEAD, ROW.replace("local-review", "local-other")),
            "row 'local-upstream-stone': unknown source 'local-other'; add it to sources.toml",
        ),
        (
            (HEAD, ROW.replace("n = 40", "n = 4")),
            "row 'local-upstream-stone': counts add up to 40 and exceed n = 4",
        ),
        (
            (HEAD, ROW.replace('sign = "upstream"', 'sign = "eko"')),
            "row 'local-upstream-stone': unknown sign 'eko'; see signs.toml",
        ),
        (
            (HEAD, ROW.replace('sign = "upstream"', 'sign = "duct_extrahepatic"')),
            "row 'local-upstream-stone': duct_extrahepatic does not weigh; take the row out",
        ),
        (
            (HEAD, ROW.replace('sign = "upstream"', 'sign = "duct_local"')),
            "row 'local-upstream-stone': duct_local shares the rows of upstream; write it for that ",
        ),
        (
            (HEAD, ROW + 'convention = true\nnote = "words"\n'),
            "row 'local-upstream-stone': a convention weighs 40 cases, more than 5; lower effective",
        ),
        (
            (HEAD, ROW + "colour = 1\n"),
            "row 'local-upstream-stone': Object contains unknown field ",
        ),
        ((HEAD, "row = 1"), "not TOML"),
        (("row = 1", HEAD, PRIOR), "row is one table; write each row as [[row]]"),
    ],
)
def test_a_wrong_overlay_is_refused_in_one_line(overlay, pieces, words):
    if words == "not TOML":
        pieces = (*pieces, "= 3")
    with pytest.raises(KnowledgeError, match=f"^{re.escape(f'local.toml: {words}')}") as caught:
        load_with_overlay(overlay(*pieces))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path):
    with pytest.raises(
        KnowledgeError, match=r"^local\.toml: there is no such file; check the path"
    ):
        load_with_overlay(tmp_path / "local.toml")
    (tmp_path / "local.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(KnowledgeError, match=r"^local\.toml: not UTF-8; save it as UTF-8$"):
        load_with_overlay(tmp_path / "local.toml")


# ----------------------------------------------------------------------------------------- shown


def test_local_figures_are_shown_beside_the_published_ones(overlay):
    path = overlay(HEAD, PRIOR, ROW)
    done = CliRunner().invoke(app, ["knowledge", "--overlay", str(path)], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    assert max(map(len, done.output.splitlines())) <= 80
    for words in (
        "+local.",
        "a review of 60 spots",
        "made beside version 0123456789ab",
        "health-east-asia-tokyo",
        "upstream-stone-health",
        "calcification 90%",
        "dilated 74%",
        "Nothing uses local figures unless their file is named.",
    ):
        assert words in done.output


def test_a_wrong_overlay_ends_the_command_with_its_line(overlay):
    path = overlay(HEAD, ROW.replace("n = 40", "n = 4"))
    done = CliRunner().invoke(app, ["knowledge", "--overlay", str(path)])
    assert done.exit_code == 6
    assert done.output.count("\n") == 1


# ----------------------------------------------------------------------------------- re-estimated


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """An archive, and a sheet in which every spot is named."""
    pytest.importorskip("duckdb", reason="needs the extra 'archive'")
    from archive.reviewed import audited_archive, drawn

    folder = tmp_path_factory.mktemp("local")
    result = audited_archive(folder)
    return result, drawn(result, folder / "sheet", count=20, clean=80)[0]


def made_from(reviewed, path, proven="yes"):
    from archive.reviewed import fill, truthful

    from hepaspot.archive.asking.filled import filled
    from hepaspot.archive.asking.local import local_figures

    result, made = reviewed
    sheet = filled(result, fill(made.sheet, truthful(proven=proven)))
    local = local_figures(result, [sheet])
    path.write_text(local.text, encoding="utf-8")
    return local


def test_a_review_gives_an_overlay_that_loads(reviewed, tmp_path):
    local = made_from(reviewed, tmp_path / "o.toml")
    knowledge = load_with_overlay(tmp_path / "o.toml")
    found = [row for row in knowledge.likelihoods if is_local(row)]
    assert (local.priors, local.rows) == (1, len(found))
    assert local.rows > 2
    assert local.proven == local.spots == 60


def test_the_whole_archive_reviewed_gives_its_own_shares(reviewed, tmp_path):
    """20 stones and 40 calcifications, all reviewed: half a case is added to each entity."""
    made_from(reviewed, tmp_path / "o.toml")
    (prior,) = (row for row in read_overlay(tmp_path / "o.toml").priors)
    assert prior.mean[Entity.DUCT_STONE] == pytest.approx(20.5 / 62, abs=1e-3)
    assert prior.mean[Entity.CALCIFICATION] == pytest.approx(40.5 / 62, abs=1e-3)
    assert prior.effective_n == pytest.approx(62, abs=0.01)


def test_signs_are_counted_given_what_the_reviewer_named(reviewed, tmp_path):
    """Half of the calcifications have dilated ducts, none of the stones has."""
    made_from(reviewed, tmp_path / "o.toml")
    rows = {(row.sign, row.entity): row for row in read_overlay(tmp_path / "o.toml").rows}
    calcified = rows["upstream", Entity.CALCIFICATION]
    assert calcified.counts == pytest.approx({"dilated": 20, "not_dilated": 20}, abs=0.05)
    assert rows["upstream", Entity.DUCT_STONE].counts["dilated"] == 0
    assert {row.setting for row in rows.values()} == {RowSetting.HEALTH_CHECK}


def test_what_words_alone_say_weighs_no_more_than_a_convention(reviewed, tmp_path):
    made_from(reviewed, tmp_path / "o.toml", proven="no")
    overlay = read_overlay(tmp_path / "o.toml")
    assert all(row.convention and row.effective_n <= 5 for row in overlay.rows)
    assert overlay.priors[0].effective_n <= 5 + 2
    load_with_overlay(tmp_path / "o.toml")


def test_too_few_spots_make_no_figure(reviewed):
    from archive.reviewed import fill, truthful

    from hepaspot.archive.asking.filled import filled
    from hepaspot.archive.asking.local import local_figures
    from hepaspot.errors import InputError

    result, made = reviewed
    count = iter(range(1000))
    path = fill(made.sheet, lambda row: truthful()(row) if next(count) < 5 else None)
    with pytest.raises(InputError, match="and a figure needs 10; review more"):
        local_figures(result, [filled(result, path)])


def test_the_command_writes_an_overlay_and_says_that_nothing_uses_it(reviewed, tmp_path):
    from archive.reviewed import fill, truthful

    result, made = reviewed
    path = fill(made.sheet, truthful())
    done = CliRunner().invoke(
        app, ["review", str(result.folder), str(path), "--overlay", str(tmp_path / "o.toml")]
    )
    assert done.exit_code == 0, done.output
    assert "Nothing uses it by itself." in done.output
    assert load_with_overlay(tmp_path / "o.toml").version != load().version
    assert assess(read_report(WORDS)).knowledge_version == load().version
