"""An exam of picture and report: read together, answered together, shown."""

from __future__ import annotations

import subprocess
import sys

import pytest

import hepaspot
from hepaspot.errors import UnreadableInput
from hepaspot.exam import Entity, Region, ScaleOrigin, SourceKind, Words
from hepaspot.weigh.assessment import Conclusion

for library in ("cv2", "pydicom", "onnxruntime"):
    pytest.importorskip(library, reason="needs the extra 'picture'")

from hepaspot.phantom import make, write_demo  # noqa: E402


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    return make(folder, seed=3, frames=24, target="calcification")[0]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "hepaspot", *map(str, arguments)], capture_output=True, check=False
    )


def test_the_picture_alone_tells_place_size_and_shadow(demo):
    exam = hepaspot.read(demo.dicom)
    (source,) = exam.sources
    assert source.kind is SourceKind.PICTURE
    assert source.picture.scale_origin is ScaleOrigin.REGION
    focus = exam.foci[0]
    assert focus.pointed_at
    assert max(focus.sizes[0].axes_mm) == pytest.approx(9.0, abs=2.0)
    shadow = focus.observation("shadow")
    assert shadow.state == "present"
    assert isinstance(shadow.provenance, Region)
    assert shadow.measurement.unit == "dB"
    assert shadow.measurement.value > 5


def test_report_and_picture_are_one_exam_of_one_focus(demo):
    exam = hepaspot.read(demo.dicom, demo.report)
    focus = exam.foci[0]
    kinds = {type(o.provenance) for o in focus.observations if o.sign == "shadow"}
    assert kinds == {Words, Region}
    assert {statement.entity for statement in focus.statements} == {Entity.DUCT_STONE}
    assert {source.kind for source in exam.sources} == {SourceKind.PICTURE, SourceKind.REPORT}


def test_the_order_of_files_does_not_matter(demo):
    first, second = hepaspot.read(demo.dicom, demo.report), hepaspot.read(demo.report, demo.dicom)
    assert {f.id for f in first.foci} == {f.id for f in second.foci}


def test_a_stone_stated_of_a_calcification_is_answered_by_its_signs(demo):
    assessment = hepaspot.assess(hepaspot.read(demo.dicom, demo.report))
    answer = assessment.foci[0]
    assert "stone_without_dilatation" in {clash.id for clash in assessment.contradictions}
    assert answer.conclusion in {Conclusion.CALCIFICATION, Conclusion.CANNOT_TELL}
    assert answer.leaning in {None, Entity.CALCIFICATION}


def test_a_folder_is_one_exam(demo):
    exam = hepaspot.read(demo.dicom.parent)
    assert len(exam.sources) == 2


def test_a_folder_without_pictures_is_refused(tmp_path):
    (tmp_path / "report.txt").write_text("Liver: 6 mm calcification.")
    with pytest.raises(UnreadableInput, match=r"is a folder with .*; name the reports in it"):
        hepaspot.read(tmp_path)


def test_a_picture_without_scale_gives_pixels_and_says_so_until_a_depth_is_given(demo, tmp_path):
    import cv2
    import pydicom

    pixels = pydicom.dcmread(demo.dicom).pixel_array
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), pixels[..., ::-1])
    bare = hepaspot.read(path)
    assert bare.foci[0].sizes[0].axes_mm == ()
    assert bare.foci[0].sizes[0].axes_pixels
    assert "no_scale" in {caveat.id for caveat in bare.caveats}
    deep = hepaspot.read(path, depth_cm=14.0)
    assert max(deep.foci[0].sizes[0].axes_mm) == pytest.approx(9.0, abs=2.0)
    assert "no_scale" not in {caveat.id for caveat in deep.caveats}


def test_a_clip_is_followed_and_its_focus_told_once(clip):
    exam = hepaspot.read(clip.dicom)
    (picture,) = (source.picture for source in exam.sources)
    assert picture.frames == 24
    shadows = [f for f in exam.foci if f.observation("shadow")]
    assert shadows
    assert len(exam.foci) <= 3
    motion = exam.foci[0].observation("mobility")
    assert motion.state == "fixed"
    details = {d.name: d.measurement.value for d in motion.details}
    assert details["frames_all"] == 24
    assert details["frames_seen"] >= 12


def test_a_clip_is_surer_of_its_shadow_than_one_of_its_frames(clip):
    whole = hepaspot.read(clip.dicom).foci[0].observation("shadow").measurement.sd
    from hepaspot.intake import open_picture
    from hepaspot.sonogram.reading import view_of
    from hepaspot.sonogram.still import read_still

    frames = open_picture(clip.dicom)
    first = next(iter(frames))
    still = read_still(first, view_of(first, frames).scene)
    assert whole < still.foci[0].shadow.drop_sd_db


def test_the_command_reads_the_exam_and_writes_the_picture(demo, tmp_path):
    done = run("read", demo.dicom, demo.report, "--pictures", tmp_path)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.decode().split())
    assert "What the picture shows" in text
    assert "marked by the sonographer" in text
    assert "A stone is stated, yet the ducts are not dilated." in text
    assert (tmp_path / "phantom.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_holds_the_picture_and_asks_nothing_of_the_network(demo, tmp_path):
    page = tmp_path / "page.html"
    done = run("read", demo.dicom, demo.report, "--format", "html", "-o", page)
    assert done.returncode == 0, done.stderr
    html = page.read_text(encoding="utf-8")
    assert 'src="data:image/png;base64,' in html
    assert "img-src data:;" in html
    assert "<script" not in html


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_a_picture_alone_is_told_to_everyone(demo, audience, language):
    assessment = hepaspot.assess(hepaspot.read(demo.dicom))
    text = hepaspot.explain(assessment, audience=audience, language=language)
    gap = {
        ("clinician", "en"): "There is no report",
        ("patient", "en"): "There is no report here",
        ("clinician", "zh"): "没有报告",
        ("patient", "zh"): "这里没有报告",
    }[audience, language]
    assert gap in text


def test_phantoms_are_made_on_the_command_line(tmp_path):
    done = run("phantom", tmp_path, "--count", "2", "--target", "gas", "--report", "zh")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(f"phantom-00{n}.{end}" for n in (0, 1) for end in ("dcm", "json", "txt"))


def test_a_wrong_target_is_one_line(tmp_path):
    done = run("phantom", tmp_path, "--target", "gold")
    assert done.returncode == 3
    assert done.stderr.decode().splitlines() == [
        "hepaspot: phantoms: there is no target 'gold'; give one of calcification, "
        "stone_in_dilated_duct, gas, haemangioma, none"
    ]
