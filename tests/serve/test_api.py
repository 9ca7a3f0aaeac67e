"""The API: an exam is read, answered, changed, and forgotten."""

from __future__ import annotations

import json

import jsonschema
import pytest

pytest.importorskip("fastapi", reason="needs the extra 'serve'")

from serve.site import (
    CHINESE,
    ENGLISH,
    WARNING,
    client,
    clip,
    opened,
    opened_still,
    row,
    running,
    still,
)

from hepaspot import Assessment, Exam, assess, read
from hepaspot.exam import Setting, SettingKind, json_schema


@pytest.fixture(scope="module")
def site():
    with running() as url, client(url) as opened:
        yield opened


def means(summary, focus=0):
    return summary["foci"][focus]["probabilities"]


# ---------------------------------------------------------------------------- what is read


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, WARNING])
def test_a_report_is_answered_as_the_library_answers_it(site, text):
    summary = opened(site, text)
    own = assess(read(text))
    told = Assessment.from_json(site.get(f"{summary['url']}/assessment.json").content)
    assert told.foci == own.foci
    assert told.red_flags == own.red_flags
    exam = site.get(f"{summary['url']}/exam.json").content
    jsonschema.validate(json.loads(exam), json_schema())
    assert Exam.from_json(exam) == told.exam


def test_files_of_all_kinds_and_words_are_one_exam(site):
    files = [
        ("files", ("left.dcm", still())),
        ("files", ("report.txt", ENGLISH.encode())),
    ]
    answer = site.post("/api/v1/exams", files=files, data={"text": "Fever."})
    exam = Exam.from_json(site.get(f"{answer.json()['url']}/exam.json").content)
    assert [(s.kind.value, s.name) for s in exam.sources] == [
        ("report", None),
        ("picture", "left.dcm"),
        ("report", "report.txt"),
    ]
    assert len(exam.foci) == 1, "the focus of the words and of the picture are one"


def test_the_setting_given_with_an_exam_is_weighed(site):
    setting = {"kind": "health_check", "region": "east_asia"}
    told = means(opened(site, setting=setting))
    own = assess(read(ENGLISH), setting=Setting(SettingKind.HEALTH_CHECK, "east_asia"))
    for probability in own.foci[0].probabilities:
        assert told[probability.entity] == pytest.approx(probability.mean, abs=1e-4)
    as_form = {"text": ENGLISH, "setting": "health_check", "region": "east_asia"}
    assert means(site.post("/api/v1/exams", data=as_form).json()) == told


def test_a_file_keeps_only_the_last_part_of_its_name(site):
    summary = opened_still(site, name="../../etc/passwd.dcm")
    exam = Exam.from_json(site.get(f"{summary['url']}/exam.json").content)
    assert exam.sources[0].name == "passwd.dcm"


def test_the_depth_that_is_told_gives_millimetres(site):
    import cv2
    import numpy as np

    grey = np.zeros((600, 800), np.uint8)
    summary = opened_still(site)
    png = site.get(f"{summary['url']}/pictures/picture/frames/0").content
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    sent = cv2.imencode(".png", grey)[1].tobytes()
    answer = site.post(
        "/api/v1/exams", files={"files": ("still.png", sent)}, data={"depth_cm": "14"}
    ).json()
    shown = site.get(f"{answer['url']}/pictures/picture").json()
    known = site.get(f"{summary['url']}/pictures/picture").json()
    assert shown["mm_per_pixel_x"] == pytest.approx(known["mm_per_pixel_x"], rel=0.05)


# ------------------------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"json": {"text": "  "}}, 422, "there is nothing to read; give a report or a picture"),
        ({"json": {}}, 422, "the request: is not JSON of the documented kind"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422, "is not JSON"),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "neither a form nor"),
        ({"json": {"text": "a" * 200_001}}, 413, "longer than 200,000 characters"),
        ({"files": {"files": ("a.gif", b"GIF89a" + b"x" * 20)}}, 415, "a.gif: is a GIF picture"),
        ({"files": {"files": ("a.pdf", b"%PDF-1.4 broken")}}, 422, "a.pdf: "),
        ({"data": {"text": ENGLISH, "depth_cm": "deep"}}, 422, "depth_cm: must be a number"),
        ({"data": {"text": ENGLISH, "setting": "work"}}, 422, "setting: is one of health_check"),
        ({"json": {"text": ENGLISH, "setting": {"region": "moon"}}}, 422, "the region is one of"),
    ],
)
def test_bad_input_gets_one_line_as_problem_json(site, sent, status, words):
    answer = site.post("/api/v1/exams", **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert words in problem["detail"]
    assert "\n" not in problem["detail"]


def test_an_exam_that_is_not_open_is_not_found(site):
    for path in ("", "/exam.json", "/assessment.json", "/page", "/pictures/picture"):
        answer = site.get(f"/api/v1/exams/nothing{path}")
        assert answer.status_code == 404
        assert "not open any more" in answer.json()["detail"]


# -------------------------------------------------------------------------------- changes


def test_an_answer_moves_the_probabilities_as_the_library_weighs_it(site):
    summary = opened(site)
    focus = summary["foci"][0]["id"]
    inside = site.put(
        f"{summary['url']}/answers/in_duct", json={"state": "inside", "focus": focus}
    ).json()
    outside = site.put(
        f"{summary['url']}/answers/in_duct", json={"state": "outside", "focus": focus}
    ).json()
    assert means(inside)["duct_stone"] > means(summary)["duct_stone"]
    assert means(outside)["duct_stone"] < means(summary)["duct_stone"]
    back = site.put(
        f"{summary['url']}/answers/in_duct", json={"state": None, "focus": focus}
    ).json()
    assert means(back) == means(summary)


def test_an_answer_about_the_whole_exam_needs_no_focus(site):
    summary = opened(site)
    answered = site.put(f"{summary['url']}/answers/atrophy", json={"state": "present"})
    assert means(answered.json())["duct_stone"] > means(summary)["duct_stone"]
    assert "atrophy" in answered.json()["red_flags"]


@pytest.mark.parametrize(
    ("sign", "body", "words"),
    [
        ("in_duct", {"state": "perhaps", "focus": "F1"}, "in_duct is one of inside, outside"),
        ("in_duct", {"state": "inside"}, "in_duct is a sign of one focus"),
        ("atrophy", {"state": "present", "focus": "F1"}, "atrophy is a sign of the whole exam"),
        ("in_duct", {"state": "inside", "focus": "F9"}, "the exam has none of this id"),
        ("moon", {"state": "inside"}, "there is no such sign"),
    ],
)
def test_an_impossible_answer_is_refused_and_changes_nothing(site, sign, body, words):
    summary = opened(site)
    refused = site.put(f"{summary['url']}/answers/{sign}", json=body)
    assert refused.status_code == 422
    assert words in refused.json()["detail"]
    assert site.get(summary["url"]).json() == summary


def test_changes_are_taken_back_one_by_one(site):
    first = opened(site)
    setting = {"kind": "symptomatic", "region": "east_asia"}
    second = site.patch(f"{first['url']}/setting", json=setting).json()
    third = site.put(f"{first['url']}/answers/atrophy", json={"state": "absent"}).json()
    assert [each["changes"] for each in (first, second, third)] == [0, 1, 2]
    assert site.post(f"{first['url']}/undo").json() == second
    assert site.post(f"{first['url']}/undo").json() == first
    assert site.post(f"{first['url']}/undo").json() == first


def test_a_red_flag_that_was_read_stays_up_whatever_a_person_answers(site):
    summary = opened(site, WARNING)
    assert "duct_intrahepatic_dilated" in summary["red_flags"]
    answered = site.put(
        f"{summary['url']}/answers/duct_intrahepatic", json={"state": "not_dilated"}
    )
    assert set(answered.json()["red_flags"]) == set(summary["red_flags"])


def test_a_forgotten_exam_is_gone(site):
    summary = opened(site)
    assert site.delete(summary["url"]).status_code == 204
    assert site.get(summary["url"]).status_code == 404
    assert site.delete(summary["url"]).status_code == 404


# ------------------------------------------------------------------------------- pictures


def test_a_picture_is_shown_with_its_scale_and_what_was_found(site):
    summary = opened_still(site)
    shown = site.get(f"{summary['url']}/pictures/picture").json()
    (focus,) = shown["foci"]
    assert (shown["width"], shown["height"], shown["frames"]) == (800, 600, 1)
    assert shown["mm_per_pixel_x"] == pytest.approx(0.298, abs=0.01)
    assert focus["label"].endswith("mm")
    assert focus["behind"] is not None
    assert not focus["by_hand"]
    assert len(shown["fan"]) > 10
    frame = site.get(shown["frame_url"].replace("{frame}", "0"))
    assert frame.headers["content-type"] == "image/png"
    assert frame.content.startswith(b"\x89PNG")


def test_a_frame_is_shown_without_loss(site):
    from io import BytesIO

    import cv2
    import numpy as np

    from hepaspot.intake.pictures import open_picture
    from hepaspot.serve.holding import hold

    summary = opened_still(site)
    png = site.get(f"{summary['url']}/pictures/picture/frames/0").content
    held = hold(BytesIO(still()), "still.dcm")
    own = next(iter(open_picture(held.path))).grey
    held.close()
    assert np.array_equal(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), own)


def test_a_spot_is_marked_outlined_anew_and_removed(site):
    summary = opened_still(site)
    foci = f"{summary['url']}/pictures/picture/foci"
    marked = site.post(foci, json={"x": 400, "y": 215}).json()
    first, added = marked["foci"]
    moved = [[x + 6, y] for x, y in added["outline"]]
    anew = site.patch(f"{foci}/{added['id']}", json={"outline": moved}).json()["foci"][1]
    assert anew["by_hand"]
    assert anew["outline"] == [[pytest.approx(at, abs=0.2) for at in each] for each in moved]
    left = site.delete(f"{foci}/{added['id']}").json()["foci"]
    assert left == [first]
    none = site.delete(f"{foci}/{first['id']}").json()["foci"]
    assert none == []
    for _ in range(4):
        site.post(f"{summary['url']}/undo")
    assert site.get(summary["url"]).json() == summary


def test_a_spot_outlined_anew_is_weighed_by_its_new_size(site):
    summary = opened_still(site)
    shown = site.get(f"{summary['url']}/pictures/picture").json()
    (focus,) = shown["foci"]
    x, y = focus["outline"][0]
    small = [[x, y], [x + 8, y], [x + 8, y + 8], [x, y + 8]]
    site.patch(f"{summary['url']}/pictures/picture/foci/{focus['id']}", json={"outline": small})
    told = Assessment.from_json(site.get(f"{summary['url']}/assessment.json").content)
    states = {line.sign: line.state for line in told.foci[0].ledger}
    assert states["size"] == "lt_5mm"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"x": 5, "y": 5}, "click: lies outside of the scanned area"),
        ({"x": -1, "y": 5}, "click: lies outside of the scanned area"),
        ({"x": 400, "y": 300, "frame": 7}, "frame: the picture has frames 0 to 0"),
        ({"x": "here", "y": 5}, "is not JSON of the documented kind at $.x"),
    ],
)
def test_a_place_without_a_picture_cannot_be_marked(site, body, words):
    summary = opened_still(site)
    refused = site.post(f"{summary['url']}/pictures/picture/foci", json=body)
    assert refused.status_code == 422
    assert words in refused.json()["detail"]
    assert site.get(summary["url"]).json() == summary


def test_what_words_say_of_a_spot_stays_when_it_is_removed_from_the_picture(site):
    files = [("files", ("still.dcm", still())), ("files", ("report.txt", ENGLISH.encode()))]
    summary = site.post("/api/v1/exams", files=files).json()
    (focus,) = summary["foci"]
    removed = site.delete(f"{summary['url']}/pictures/picture/foci/{focus['id']}")
    assert removed.json()["foci"] == []
    exam = Exam.from_json(site.get(f"{summary['url']}/exam.json").content)
    (left,) = exam.foci
    assert left.observation("shadow") is not None
    again = site.post(f"{summary['url']}/pictures/picture/foci", json={"x": 350, "y": 313}).json()
    assert [each["id"] for each in again["foci"]] == [left.id], "the words' focus is meant"


def test_every_spot_of_a_group_is_shown_and_changed_by_itself(site):
    text = "Liver: multiple echogenic foci with shadowing in the right lobe. Ducts not dilated."
    files = [("files", ("row.dcm", row())), ("files", ("report.txt", text.encode()))]
    summary = site.post("/api/v1/exams", files=files).json()
    assert len(summary["foci"]) == 1
    picture = f"{summary['url']}/pictures/picture"
    spots = site.get(picture).json()["foci"]
    ids = [spot["id"] for spot in spots]
    assert len(ids) == len(set(ids)) == 3
    moved = [[x + 3, y] for x, y in spots[1]["outline"]]
    anew = site.patch(f"{picture}/foci/{ids[1]}", json={"outline": moved}).json()["foci"]
    assert [spot["by_hand"] for spot in anew] == [False, True, False]
    left = site.delete(f"{picture}/foci/{ids[1]}").json()["foci"]
    assert [spot["outline"] for spot in left] == [spots[0]["outline"], spots[2]["outline"]]


def test_the_annotated_picture_is_a_png(site):
    summary = opened_still(site)
    png = site.get(f"{summary['url']}/pictures/picture/annotated.png?language=zh")
    assert png.content.startswith(b"\x89PNG")


def test_a_clip_is_shown_frame_by_frame_and_measured_in_any_of_them(site):
    summary = opened_still(site, clip(), "clip.dcm")
    shown = site.get(f"{summary['url']}/pictures/picture").json()
    assert shown["frames"] == 12
    frames = {site.get(shown["frame_url"].replace("{frame}", str(n))).content for n in range(12)}
    assert len(frames) == 12
    best = shown["foci"][0]
    x, y = (sum(each) / len(best["outline"]) for each in zip(*best["outline"], strict=True))
    marked = site.post(
        f"{summary['url']}/pictures/picture/foci", json={"x": x, "y": y, "frame": 5}
    ).json()
    assert best["frame"] != 5
    assert sorted({each["frame"] for each in marked["foci"]}) == sorted({5, best["frame"]})
    assert site.get(shown["frame_url"].replace("{frame}", "12")).status_code == 422


# ------------------------------------------------------------------------------ long work


def test_a_long_reading_tells_its_progress_and_where_its_answer_is(site):
    files = {"files": ("clip.dcm", clip())}
    started = site.post("/api/v1/exams", files=files, headers={"Prefer": "respond-async"})
    assert started.status_code == 202
    events = site.get(f"{started.headers['location']}/events").text
    states = [json.loads(line[6:]) for line in events.splitlines() if line.startswith("data: ")]
    assert states[-1]["is_over"]
    assert {state["total"] for state in states if state["stage"] == "reading"} == {12}
    done = [state["done"] for state in states if state["stage"] == "reading"]
    assert done == sorted(done)
    assert site.get(f"/api/v1/exams/{states[-1]['exam']}").json()["pictures"] == ["picture"]


def test_a_long_reading_is_stopped(site):
    files = {"files": ("clip.dcm", clip(30))}
    started = site.post("/api/v1/exams", files=files, headers={"Prefer": "respond-async"})
    job = started.headers["location"]
    assert site.delete(job).status_code == 204
    last = site.get(f"{job}/events").text.splitlines()[-2]
    state = json.loads(last[6:])
    assert state["problem"] == "the reading was stopped; nothing was kept"
    assert state["location"] is None


def test_what_went_wrong_in_a_long_reading_is_told(site):
    files = {"files": ("a.png", b"\x89PNG\r\n\x1a\n broken")}
    started = site.post("/api/v1/exams", files=files, headers={"Prefer": "respond-async"})
    state = json.loads(site.get(f"{started.headers['location']}/events").text.splitlines()[-2][6:])
    assert state["status"] == 422
    assert state["problem"].startswith("a.png: ")


def test_a_job_that_nobody_started_is_not_found(site):
    assert site.get("/api/v1/jobs/none").status_code == 404
    assert site.get("/api/v1/jobs/none/events").status_code == 404
    assert site.delete("/api/v1/jobs/none").status_code == 404


# ------------------------------------------------------------------------------ knowledge


def test_the_figures_behind_a_sign_have_sources_that_can_be_looked_up(site):
    signs = {each["id"] for each in site.get("/api/v1/knowledge/signs").json()}
    assert {"duct_local", "shadow", "atrophy"} <= signs
    rows = site.get("/api/v1/knowledge/signs/duct_local").json()
    sources = {source for row in rows for source in row.get("sources", ())}
    assert sources
    for source in sources:
        assert site.get(f"/api/v1/knowledge/sources/{source}").json()["citation"]
    assert site.get("/api/v1/knowledge/signs/moon").status_code == 404
    assert site.get("/api/v1/knowledge/sources/moon").status_code == 404


def test_the_api_describes_itself_with_examples(site):
    described = site.get("/api/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            assert told["summary"], (method, path)
            for kind, body in told.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    assert "example" in body, (method, path)
    text = json.dumps(described)
    refs = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert refs <= set(described["components"]["schemas"])


def test_the_example_of_the_description_is_answered(site):
    described = site.get("/api/v1/openapi.json").json()
    body = described["paths"]["/api/v1/exams"]["post"]["requestBody"]["content"]
    assert len(opened(site, **body["application/json"]["example"])["foci"]) == 1


def test_the_least_recently_seen_exam_goes_when_there_is_no_room():
    with running(exams_held=2) as url, client(url) as site:
        first, second = opened(site), opened(site)
        site.get(first["url"])
        third = opened(site)
        held = [site.get(each["url"]).status_code for each in (first, second, third)]
    assert held == [200, 404, 200]


def test_pictures_go_when_too_many_files_are_open():
    with running(files_held=4) as url, client(url) as site:
        seen = [opened_still(site) for _ in range(3)]
        held = [site.get(each["url"]).status_code for each in seen]
    assert held == [404, 200, 200]


def test_nothing_of_an_exam_lies_in_a_folder_under_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with running() as url, client(url) as site:
        files = [("files", ("still.dcm", still())), ("files", ("r.txt", ENGLISH.encode() * 5000))]
        assert site.post("/api/v1/exams", files=files).status_code == 201
        assert list(tmp_path.iterdir()) == []
