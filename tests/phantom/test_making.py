"""Phantoms are written as ultrasound files that other programs read, with truth and report."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pydicom", reason="DICOM needs the extra 'picture'")
pytest.importorskip("cv2", reason="phantoms are simulated with the extra 'picture'")

import pydicom
from phantom.recipes import focus, with_focus

import hepaspot
from hepaspot.errors import InputError, OutputError
from hepaspot.exam import Entity, ScaleOrigin
from hepaspot.intake import open_picture
from hepaspot.phantom import Target, make, simulate, write_demo, write_report
from hepaspot.phantom.making import write_phantom
from hepaspot.phantom.truth import ShadowKind, Truth


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    return make(tmp_path_factory.mktemp("still"), seed=8, target="calcification", language="en")[0]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make(tmp_path_factory.mktemp("clip"), seed=8, target="gas", frames=3)[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("demo"))


def test_a_still_is_an_ultrasound_image_with_its_pixels(still):
    data = pydicom.dcmread(still.dicom)
    assert data.SOPClassUID.name == "Ultrasound Image Storage"
    assert data.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID
    truth = Truth.from_json(still.truth.read_bytes())
    assert data.pixel_array.shape[:2] == (truth.height, truth.width)
    assert data.pixel_array.std() > 10


def test_a_clip_is_a_multi_frame_ultrasound_image_with_its_rate(clip):
    data = pydicom.dcmread(clip.dicom)
    assert data.SOPClassUID.name == "Ultrasound Multi-frame Image Storage"
    assert data.NumberOfFrames == 3
    assert data[data.FrameIncrementPointer].value == pytest.approx(50.0)
    assert len(data.pixel_array) == 3
    assert not np.array_equal(data.pixel_array[0], data.pixel_array[2])
    assert len(Truth.from_json(clip.truth.read_bytes()).foci[0].centres) == 3


@pytest.mark.parametrize("made", ["still", "clip"])
def test_the_file_opens_with_the_scale_that_the_truth_tells(made, request):
    files = request.getfixturevalue(made)
    truth = Truth.from_json(files.truth.read_bytes())
    frames = open_picture(files.dicom)
    assert frames.scale.origin is ScaleOrigin.REGION
    assert frames.scale.mm_per_pixel_x == pytest.approx(truth.mm_per_pixel_x)
    assert frames.scale.mm_per_pixel_y == pytest.approx(truth.mm_per_pixel_y)
    assert frames.scale.reason is None
    assert (frames.count, frames.width, frames.height) == (truth.frames, truth.width, truth.height)
    x, y = truth.foci[0].centre
    assert frames.view.left < x < frames.view.right
    assert frames.view.top < y < frames.view.bottom


def test_the_region_holds_the_whole_sector(tmp_path):
    made = write_phantom(tmp_path, "plain", with_focus(focus("haemangioma", attenuation=0.0)))
    data = pydicom.dcmread(made.dicom)
    region = data.SequenceOfUltrasoundRegions[0]
    lit = np.argwhere(data.pixel_array > 0)
    top, left = lit.min(axis=0)
    bottom, right = lit.max(axis=0)
    assert abs(region.RegionLocationMinX0 - left) <= 2
    assert abs(region.RegionLocationMinY0 - top) <= 2
    assert abs(region.RegionLocationMaxX1 - right) <= 2
    assert abs(region.RegionLocationMaxY1 - bottom) <= 2


def test_no_file_names_a_person(still, clip):
    for files in (still, clip):
        data = pydicom.dcmread(files.dicom)
        assert data.PatientName == "PHANTOM"
        assert data.QualityControlSubject == "YES"
        for name in ("PatientBirthDate", "PatientSex", "StudyDate", "ReferringPhysicianName"):
            assert not data[name].value


def test_the_same_order_gives_the_same_files(still, tmp_path):
    again = make(tmp_path, seed=8, target="calcification", language="en")[0]
    assert again.dicom.read_bytes() == still.dicom.read_bytes()
    assert again.truth.read_bytes() == still.truth.read_bytes()
    assert again.report.read_bytes() == still.report.read_bytes()


def test_every_phantom_has_identifiers_of_its_own(tmp_path):
    made = make(tmp_path, count=2, seed=8, target="none")
    uids = {pydicom.dcmread(files.dicom).StudyInstanceUID for files in made}
    assert len(uids) == 2
    assert [files.report for files in made] == [None, None]


def states(exam):
    seen = {o.sign: o.state for o in exam.observations}
    for found in exam.foci:
        seen |= {o.sign: o.state for o in found.observations}
    return seen


EXPECTED = {
    "calcification": (Entity.CALCIFICATION, "present", "not_dilated"),
    "stone_in_dilated_duct": (Entity.DUCT_STONE, "present", "dilated"),
    "gas": (Entity.DUCT_GAS, "dirty", "not_dilated"),
    "haemangioma": (Entity.OTHER, "absent", "not_dilated"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("target", list(EXPECTED))
def test_the_report_reads_back_as_what_is_in_the_phantom(target, language):
    attenuation = 0.0 if target == "haemangioma" else 20.0
    plan = focus(target, 8.0, attenuation)
    _, truth = simulate(with_focus(plan, duct_calibre_mm=6.0))
    exam = hepaspot.read(write_report(truth, language))
    entity, shadow, ducts = EXPECTED[target]
    seen = states(exam)
    named = {s.entity for found in exam.foci for s in found.statements}
    assert len(exam.foci) == 1
    assert entity in named | {s.entity for s in exam.statements}
    if (language, target) == ("zh", "gas"):
        assert seen["shadow"] in {"dirty", "reverberation"}
    else:
        assert seen["shadow"] == shadow
    assert ducts in {seen.get("duct_local"), seen.get("duct_intrahepatic")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_of_a_plain_liver_names_no_focus(language):
    _, truth = simulate(with_focus())
    assert hepaspot.read(write_report(truth, language)).foci == ()


def test_the_report_of_several_foci_counts_them():
    plans = (focus("calcification", 5.0), focus("calcification", 8.0, lateral=0.4))
    _, truth = simulate(with_focus(*plans))
    report = write_report(truth)
    assert "there are 2 echogenic foci, the largest 8 mm" in report


def test_the_demo_is_a_calcification_that_its_report_calls_a_duct_stone(demo):
    truth = Truth.from_json(demo.truth.read_bytes())
    told = truth.foci[0]
    assert truth.target is Target.CALCIFICATION
    assert told.lateral_mm == pytest.approx(9.0, abs=0.1)
    assert told.shadow.kind is ShadowKind.PRESENT
    assert not any(tube.dilated for tube in truth.tubes)
    exam = hepaspot.read(demo.report)
    assert [s.entity for s in exam.foci[0].statements] == [Entity.DUCT_STONE]
    assert states(exam)["shadow"] == "present"
    assert states(exam)["duct_intrahepatic"] == "not_dilated"


def test_the_demo_has_a_chinese_report_too(tmp_path):
    report = write_demo(tmp_path, language="zh").report.read_text(encoding="utf-8")
    assert "9mm" in report
    assert report.rstrip().endswith("肝内胆管结石")


def test_what_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(OutputError, match=r"cannot be written .*choose another folder"):
        make(tmp_path / "taken")
    with pytest.raises(InputError, match="no report is written in 'fr'; give one of en, zh"):
        make(tmp_path, language="fr")
    with pytest.raises(InputError, match="count is 0; give one from 1 to 10000"):
        make(tmp_path, count=0)
    with pytest.raises(InputError, match="frames is 0; give 1 for a still"):
        make(tmp_path, frames=0)
