"""The structured report: what its tree tells, and that the exam comes back as it went in."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from export.dicom_cases import CANARY_PARTS, case, case_from, dataset, demo
from export.made_up_exams import exams
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import hepaspot
from hepaspot.errors import InputError, SchemaError, UnreadableInput, UnsupportedInput
from hepaspot.exam import Entity, Exam, Focus, Lobe, Picture, Region, Source, SourceKind
from hepaspot.export import concepts, export, handed_on
from hepaspot.export.carried import Carried, carried
from hepaspot.export.spots import spots
from hepaspot.export.sr_reading import exam_from_sr, exam_in, told_spots
from hepaspot.intake.dicom_tree import Item, Tree, tree_in
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import Conclusion

pytest.importorskip("highdicom", reason="the extra export is not installed")

REPORT = Path(__file__).parents[2] / "examples" / "en-red-flags.txt"


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("sr"))


@pytest.fixture(scope="module")
def report(picture):
    (file,) = export(case(picture, REPORT), "sr")
    return file.data


@pytest.fixture
def saved(tmp_path):
    def save(data: bytes) -> Path:
        path = tmp_path / "report.dcm"
        path.write_bytes(data)
        return path

    return save


def items(root: Item, code: str):
    for item in root.items:
        if item.name is not None and item.name.code == code:
            yield item
        yield from items(item, code)


# --- what comes back ---


def test_the_exam_comes_back_as_it_went_in_but_for_names_of_files(picture, report, saved):
    assert exam_from_sr(saved(report)) == handed_on(case(picture, REPORT).assessment)


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(exam=exams(), language=st.sampled_from(["en", "zh"]))
def test_every_exam_comes_back_and_its_tree_tells_every_spot(tmp_path_factory, exam, language):
    answered = replace(case_from(hepaspot.assess(exam), "a", "b"), language=language)
    (file,) = export(answered, "sr")
    path = tmp_path_factory.mktemp("law") / "report.dcm"
    path.write_bytes(file.data)
    tree = tree_in(path)
    assert exam_in(tree, "report") == answered.assessment
    key = lambda spot: spot.tracking_uid  # noqa: E731
    assert sorted(told_spots(tree), key=key) == sorted(spots(carried(answered)), key=key)


def test_a_tree_that_somebody_corrected_is_not_read_as_uncorrected(report, saved):
    data = dataset(report)
    (group,) = data.ContentSequence[-2].ContentSequence
    lesion = next(i for i in group.ContentSequence if i.ValueType == "NUM")
    lesion.MeasuredValueSequence[0].NumericValue = "99"
    lesion.MeasuredValueSequence[0].FloatingPointValue = 99.0
    with pytest.raises(UnreadableInput, match="was changed after hepaspot wrote it"):
        exam_from_sr(_again(data, saved))


def _again(data, saved) -> Path:
    path = saved(b"")
    data.save_as(path)
    return path


def test_a_report_without_private_attributes_is_told_from_one_that_is_whole(report, saved):
    data = dataset(report)
    data.remove_private_tags()
    with pytest.raises(UnsupportedInput, match="carries no exam of hepaspot") as told:
        exam_from_sr(_again(data, saved))
    assert not [part for part in CANARY_PARTS if part in str(told.value)]


def test_a_report_sent_without_value_representations_still_comes_back(report, saved):
    data = dataset(report)
    data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    path = saved(b"")
    data.save_as(path, implicit_vr=True, little_endian=True)
    assert exam_from_sr(path) == exam_in(tree_in(path), "report")


def test_an_exam_of_another_version_is_refused_by_its_version(picture):
    here = carried(case(picture))
    later = msgspec.structs.replace(here.assessment, schema_version="9.0")
    own = msgspec.structs.replace(here, assessment=later).to_json()
    tree = Tree("1.2.840.10008.5.1.4.1.1.88.33", Item("CONTAINER"), own)
    with pytest.raises(SchemaError, match=r"assessment JSON has schema version 9\.0"):
        exam_in(tree, "report")


def test_what_is_carried_has_an_even_number_of_bytes_and_reads_back(picture):
    written = carried(case(picture)).to_json()
    assert len(written) % 2 == 0
    assert Carried.from_json(written) == carried(case(picture))
    assert json.loads(written)["assessment"]["exam"]["sources"][0].get("name") is None


def test_another_object_is_named_for_what_it_is_not(picture):
    with pytest.raises(UnsupportedInput, match="is no structured report of a kind that is read"):
        exam_from_sr(picture)


@pytest.mark.parametrize("keep", [200, 2000, 9000])
def test_a_report_cut_short_is_one_line(report, saved, keep):
    with pytest.raises(InputError) as told:
        exam_from_sr(saved(report[:keep]), name="a.dcm")
    assert str(told.value).startswith("a.dcm: ")
    assert not [part for part in CANARY_PARTS if part in str(told.value)]


# --- what its tree tells ---


def test_it_is_preliminary_partial_and_unverified(report):
    data = dataset(report)
    assert data.PreliminaryFlag == "PRELIMINARY"
    assert data.CompletionFlag == "PARTIAL"
    assert data.VerificationFlag == "UNVERIFIED"
    assert "VerifyingObserverSequence" not in data


def test_it_follows_template_1500_and_a_device_observed(report, saved):
    data = dataset(report)
    assert data.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.33"
    assert data.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    root = tree_in(saved(report)).root
    (observer,) = items(root, "121005")
    assert observer.code.code == "121007"
    (name,) = items(root, "121013")
    assert name.text == "hepaspot"


def test_the_focus_is_told_where_how_large_and_what(picture, report, saved):
    root = tree_in(saved(report)).root
    told = {item.name.code: item for item in root.items[-2].items[0].items if item.name}
    exam = case(picture, REPORT).assessment
    answer = exam.foci[0]
    assert told["P-STONE"].number == round(answer.probability(Entity.DUCT_STONE).mean, 4)
    assert told["P-STONE-LOW"].number <= told["P-STONE"].number <= told["P-STONE-HIGH"].number
    assert told[concepts.LONG_AXIS.code].unit.code == "mm"
    sites = [item.code.code for item in items(root, "363698007")]
    assert sites == ["10200004", "277960005"], "the liver, then Couinaud VI as the report says"
    (outline,) = [item for item in root.items[-2].items[0].items if item.kind == "SCOORD"]
    points = np.array(outline.points).reshape(-1, 2)
    assert (points[0] == points[-1]).all()
    assert outline.shape == "POLYLINE"


def test_the_knowledge_named_is_the_one_that_the_exam_was_weighed_with(picture, saved):
    here = case(picture)
    earlier = msgspec.structs.replace(here.assessment, knowledge_version="of last year")
    (file,) = export(replace(here, assessment=earlier), "sr")
    told = {item.text for item in items(tree_in(saved(file.data)).root, "111002")}
    assert told == {"knowledge of last year"}


def test_outlines_are_moved_from_the_middle_of_a_pixel_to_its_corner():
    here = Region("a", 0, ((10.0, 20.0), (30.0, 20.0), (30.0, 40.0)))
    picture = Source("a", SourceKind.PICTURE, picture=Picture(640, 480))
    exam = Exam(sources=(picture,), foci=(Focus("f", here),))
    (spot,) = spots(carried(case_from(hepaspot.assess(exam), "a")))
    assert spot.outline.points == (10.5, 20.5, 30.5, 20.5, 30.5, 40.5, 10.5, 20.5)


def test_a_focus_keeps_its_tracking_uid_when_a_report_changes_what_is_concluded(picture):
    alone, setting = case(picture), hepaspot.Setting(kind=hepaspot.SettingKind.HEALTH_CHECK)
    other = hepaspot.assess(alone.assessment.exam, setting=setting)
    uids = [
        [spot.tracking_uid for spot in spots(carried(replace(alone, assessment=each)))]
        for each in (alone.assessment, other)
    ]
    assert alone.assessment != other
    assert uids[0] == uids[1] != []


def test_an_exam_without_a_focus_says_that_none_was_found_not_that_there_is_none(tmp_path):
    picture = Source("a", SourceKind.PICTURE, picture=Picture(640, 480))
    (file,) = export(case_from(hepaspot.assess(Exam(sources=(picture,))), "a"), "sr")
    path = tmp_path / "report.dcm"
    path.write_bytes(file.data)
    (found,) = items(tree_in(path).root, concepts.FOCI)
    assert found.code.meaning == "None found in what was given"
    assert told_spots(tree_in(path)) == ()


def test_conclusions_and_warnings_stand_in_words_below_the_notice(report, saved):
    (words,) = items(tree_in(saved(report)).root, "121073")
    lines = words.text.splitlines()
    assert lines[0].startswith("Preliminary, unverified")
    assert "Red flags" in lines
    assert "Cannot be told apart from what was given." in lines


def test_meanings_of_our_own_codes_are_in_the_language_asked_for(picture, tmp_path):
    (file,) = export(case(picture, language="zh"), "sr")
    path = tmp_path / "report.dcm"
    path.write_bytes(file.data)
    (found,) = items(tree_in(path).root, "P-CALC")
    assert found.name.meaning == "概率：钙化"


def test_dsrdump_shows_the_tree(report, saved):
    if shutil.which("dsrdump") is None:
        pytest.skip("dsrdump (Debian: dcmtk) is not installed")
    said = subprocess.run(["dsrdump", saved(report)], capture_output=True, check=True)
    shown = said.stdout.decode()
    assert "Comprehensive SR Document" in shown
    assert "PRELIMINARY" in shown
    for words in ("Measurement Group", "Couinaud hepatic segment VI", "SCOORD", "Probability"):
        assert words in shown


# --- codes ---


def test_standard_codes_are_those_of_the_knowledge_or_of_the_dictionary():
    from pydicom.sr.codedict import codes

    for ours, name in ((concepts.LONG_AXIS, "LongAxis"), (concepts.SHORT_AXIS, "ShortAxis")):
        theirs = getattr(codes.SCT, name)
        assert (ours.code, ours.meaning) == (theirs.value, theirs.meaning)
    held = {(code.code, code.system) for code in load().codes}
    told = [
        *(concepts.conclusion(each, "en") for each in Conclusion),
        *(concepts.state(s, n, "en") for s in ("echo", "shadow") for n in load().sign(s).states),
        *(concepts.lobe(each, "en") for each in Lobe),
        *map(concepts.segment, concepts.SEGMENTS),
    ]
    for each in told:
        assert each.scheme == concepts.OWN or (each.code, each.scheme) in held


def test_no_two_things_that_are_told_apart_share_a_code():
    kinds = (
        [concepts.conclusion(each, "en") for each in Conclusion],
        [concepts.state("shadow", name, "en") for name in load().sign("shadow").states],
        [concepts.state("echo", name, "en") for name in load().sign("echo").states],
        [concepts.lobe(each, "en") for each in Lobe],
        [concepts.probability(e, end, "en") for e in Entity for end in ("", "LOW", "HIGH")],
    )
    for told in kinds:
        assert len({(each.code, each.scheme) for each in told}) == len(told)
        assert all(len(each.code) <= 16 for each in told), "a Short String holds no more"
        assert all(len(each.meaning) <= 64 for each in told)
