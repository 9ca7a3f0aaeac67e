"""The picture viewer as a person uses it: with a mouse, with fingers, with keys alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serve.viewer import pictures
from serve.viewer.hands import Hands
from serve.viewer.site import STATIC, Site, running_site

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP = {"width": 1200, "height": 900}
PHONE = {"width": 360, "height": 740}

pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium here"),
]

Open = Callable[..., Hands]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as run:
        opened = run.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def contexts(browser) -> Iterator[Callable[..., Any]]:
    """One context for each kind of screen: its pages share what they have loaded."""
    made: dict[str, Any] = {}

    def context_of(**kind) -> Any:
        name = repr(sorted(kind.items()))
        if name not in made:
            made[name] = browser.new_context(**{"viewport": DESKTOP, **kind})
        return made[name]

    yield context_of
    for context in made.values():
        context.close()


@pytest.fixture
def opened(contexts, site) -> Iterator[Open]:
    """Opens a picture; what the page complains of, or asks of another host, fails the test."""
    site.asked.clear()
    site.broken.clear()
    site.slow_s = 0.0
    pages, complaints = [], []

    def open_picture(picture="still", *, language="en", may_fail=False, **kind) -> Hands:
        page = contexts(**kind).new_page()
        pages.append(page)
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if not may_fail:
            page.on("console", lambda line: complaints.append(line.text))
        page.on(
            "request", lambda ask: ask.url.startswith(site.address) or complaints.append(ask.url)
        )
        page.goto(f"{site.address}/?picture={picture}&language={language}")
        page.locator("body[data-ready]").wait_for()
        page.locator(".viewer-stage:not(.viewer-waits)").wait_for()
        return Hands(page)

    yield open_picture
    for page in pages:
        page.close()
    assert complaints == []


@pytest.fixture(scope="module")
def module(browser, site) -> Iterator[Callable[..., Any]]:
    """Calls a function of one of the viewer's modules."""
    page = browser.new_page()
    page.goto(f"{site.address}/words.json")

    def call(name: str, function: str, *given: object) -> Any:
        return page.evaluate(
            "async ([at, name, given]) => (await import(at))[name](...given)",
            [f"/static/viewer/{name}.js", function, list(given)],
        )

    yield call
    page.close()


# ------------------------------------------------------------------------------ laws

few = settings(max_examples=25, deadline=None)
sizes = st.fixed_dictionaries({"width": st.integers(40, 3000), "height": st.integers(40, 3000)})
views = st.fixed_dictionaries(
    {
        "scale": st.floats(0.02, 16),
        "x": st.floats(-20000, 20000),
        "y": st.floats(-20000, 20000),
    }
)
aspects = st.tuples(st.floats(1, 3), st.floats(1, 3))
places = st.tuples(st.floats(-4000, 4000), st.floats(-4000, 4000))


@few
@given(view=views, aspect=aspects, place=places)
def test_a_place_on_the_stage_is_the_same_place_after_a_way_through_the_picture(
    module, view, aspect, place
):
    point = module("geometry", "toPicture", view, aspect, place)
    assert module("geometry", "toStage", view, aspect, point) == pytest.approx(place, abs=1e-6)


@few
@given(view=views, room=sizes, sheet=sizes)
def test_no_zoom_and_no_pan_loses_the_picture(module, view, room, sheet):
    held = module("geometry", "bounded", view, room, sheet)
    for edge, side in (("x", "width"), ("y", "height")):
        extent = sheet[side] * held["scale"]
        seen = min(held[edge] + extent, room[side]) - max(held[edge], 0)
        assert seen >= min(extent, room[side]) / 2 - 1e-6


@few
@given(room=sizes, sheet=sizes, at=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_what_is_under_the_pointer_stays_there_when_it_is_zoomed_far_enough(
    module, room, sheet, at
):
    place = [at[0] * room["width"], at[1] * room["height"]]
    whole = module("geometry", "fitted", room, sheet)
    before = module("geometry", "zoomed", whole, 12, place, room, sheet)
    after = module("geometry", "zoomed", before, 16, place, room, sheet)
    if all(sheet[side] * 12 > 2 * room[side] for side in ("width", "height")):
        first = module("geometry", "toPicture", before, [1, 1], place)
        second = module("geometry", "toPicture", after, [1, 1], place)
        slack_px = 64 / 12
        assert second == pytest.approx(first, abs=slack_px)


def test_a_length_takes_each_side_of_a_pixel_for_itself(module):
    # 30 pixels of 0.2 mm across and 40 of 0.3 mm down: 6 mm and 12 mm.
    length = module("geometry", "distance", [10, 10], [40, 50], 0.2, 0.3)
    assert length == {"length": pytest.approx(math.hypot(6, 12)), "unit": "mm"}
    assert module("geometry", "distance", [0, 0], [3, 4], 0.2, None) == {"length": 5, "unit": "px"}


circle = pictures.ring(280, 180, 40, 40, corners=96)
pushes = st.tuples(st.integers(0, 95), st.floats(-400, 400), st.floats(-400, 400))


@few
@given(push=pushes)
def test_a_pushed_outline_stays_on_the_picture_and_never_crosses_itself(module, push):
    picture = {"width": 340, "height": 240}
    pushed = module("outline", "pushed", circle, *push, picture)
    assert len(pushed) == len(circle)
    assert all(0 <= x <= 339 and 0 <= y <= 239 for x, y in pushed)
    assert not module("outline", "crossesItself", pushed)


def test_the_neighbours_of_a_pushed_point_follow_less_and_less(module):
    pushed = module("outline", "pushed", circle, 0, 10, 0, {"width": 800, "height": 600})
    moved = [after[0] - before[0] for before, after in zip(circle, pushed, strict=True)]
    assert moved[0] == pytest.approx(10)
    assert moved[:14] == sorted(moved[:14], reverse=True)
    assert 0 < moved[5] < moved[1] < 10
    assert moved[1:48] == pytest.approx(moved[:48:-1], abs=1e-9)
    assert moved[30:66] == pytest.approx([0] * 36)


@few
@given(
    outline=st.lists(
        st.tuples(st.floats(-50, 400), st.floats(-50, 300)), min_size=3, max_size=900, unique=True
    )
)
def test_an_outline_is_handed_on_in_tenths_of_a_pixel_of_the_picture(module, outline):
    handed = module("outline", "handedOn", outline, {"width": 340, "height": 240})
    assert 3 <= len(handed) <= 400
    assert all(0 <= x <= 339 and 0 <= y <= 239 for x, y in handed)
    assert all(round(part, 1) == part for point in handed for part in point)


@few
@given(
    frames=st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))),
    room=st.integers(4, 60),
)
def test_the_frame_that_is_seen_is_fetched_first_and_no_more_than_are_kept(module, frames, room):
    frame, count = frames
    wanted = module("frames", "wantedFrames", frame, count, room)
    assert wanted[0] == frame
    assert len(set(wanted)) == len(wanted) <= min(room, count)
    assert all(0 <= each < count for each in wanted)


@few
@given(brightness=st.integers(-100, 100), contrast=st.integers(-100, 100))
def test_a_brighter_grey_never_becomes_a_darker_one(module, brightness, contrast):
    levels = {"brightness": brightness, "contrast": contrast}
    greys = module("levels", "greysOf", levels)
    assert greys == sorted(greys)
    if brightness == contrast == 0:
        assert greys == list(range(256))


# ---------------------------------------------------------------------- looking at it


def test_the_whole_picture_is_seen_at_first(opened):
    hands = opened()
    box = hands.box()
    left, top = hands.at(-0.5, -0.5)
    right, bottom = hands.at(799.5, 599.5)
    assert box["x"] - 1 <= left < right <= box["x"] + box["width"] + 1
    assert box["y"] - 1 <= top < bottom <= box["y"] + box["height"] + 1
    assert min(right - left - box["width"], bottom - top - box["height"], key=abs) == (
        pytest.approx(0, abs=1)
    )


@pytest.mark.parametrize("picture", ["still", "skewed"])
@pytest.mark.parametrize("density", [1, 2])
def test_outlines_lie_on_the_very_pixel_at_every_zoom(opened, picture, density):
    hands = opened(picture, device_scale_factor=density)
    for _ in range(4):
        assert hands.white_pixel() == pytest.approx(hands.at(20, 20), abs=0.6)
        hands.page.mouse.move(*hands.at(20, 20))
        hands.page.mouse.wheel(0, -260)
        hands.settle()


def test_a_pixel_is_shown_as_high_and_wide_as_it_is(opened):
    hands = opened("skewed")
    origin, across, down = hands.at(0, 0), hands.at(100, 0), hands.at(0, 100)
    ratio = (down[1] - origin[1]) / (across[0] - origin[0])
    assert ratio == pytest.approx(pictures.MM_Y / pictures.MM_X, abs=0.01)


def test_the_wheel_zooms_about_the_pointer(opened):
    hands = opened()
    before, there = hands.scale(), (500, 450)
    point = hands.under(*there)
    hands.page.mouse.move(*there)
    for _ in range(4):
        hands.page.mouse.wheel(0, -200)
    assert hands.scale() > 4 * before
    assert hands.at(*point) == pytest.approx(there, abs=1)
    for _ in range(12):
        hands.page.mouse.wheel(0, 300)
    assert hands.scale() == pytest.approx(min(before, 1), abs=0.01)


def test_a_drag_moves_the_picture_and_never_out_of_sight(opened):
    hands = opened()
    hands.keys("1", "+", "+", "+")
    before = hands.at(400, 100)
    hands.drag((420, 340), (440, 320))
    after, step = hands.at(400, 100), 20 * hands.scale()
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((step, -step), abs=1)
    for _ in range(12):
        box = hands.box()
        hands.page.mouse.move(box["x"] + 20, box["y"] + 20)
        hands.page.mouse.down()
        hands.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=3)
        hands.page.mouse.up()
    middle = hands.middle()
    assert hands.at(0, 0)[0] < middle[0]
    assert hands.at(0, 0)[1] < middle[1]


def test_keys_zoom_fit_and_pan(opened):
    hands = opened()
    whole = hands.scale()
    hands.keys("1")
    assert hands.scale() == pytest.approx(1)
    hands.keys("+", "+", "+")
    assert hands.scale() == pytest.approx(1.5**3, rel=0.01)
    before = hands.at(400, 300)
    hands.keys("ArrowRight", "ArrowDown")
    after = hands.at(400, 300)
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((-48, -48), abs=1)
    hands.keys("-")
    assert hands.scale() == pytest.approx(1.5**2, rel=0.01)
    hands.keys("0")
    assert hands.scale() == pytest.approx(whole)


def test_buttons_zoom_as_keys_do(opened):
    hands = opened()
    whole = hands.scale()
    hands.tool("Zoom in")
    assert hands.scale() == pytest.approx(1.5 * whole, rel=0.01)
    hands.tool("One to one")
    assert hands.scale() == pytest.approx(1)
    assert hands.page.get_by_text("100 %").is_visible()
    hands.tool("Whole picture")
    assert hands.scale() == pytest.approx(whole)
    assert hands.button("Whole picture").get_attribute("aria-pressed") == "true"


def test_a_double_click_brings_the_place_nearer(opened):
    hands = opened()
    before, there = hands.scale(), hands.at(430, 360)
    hands.page.mouse.dblclick(*there)
    assert hands.scale() == pytest.approx(2.5 * before, rel=0.01)
    assert hands.at(430, 360) == pytest.approx(there, abs=1)


def test_a_stage_of_another_width_still_shows_the_whole_picture(opened):
    hands = opened()
    hands.page.set_viewport_size({"width": 700, "height": 900})
    hands.until("document.querySelector('.viewer-surface').clientWidth < 700")
    box = hands.box()
    assert hands.at(799.5, 0)[0] - hands.at(-0.5, 0)[0] == pytest.approx(box["width"], abs=2)


def test_two_fingers_zoom_and_move(opened):
    hands = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    before = hands.scale()
    x, y = hands.middle()
    touch = fingers(hands)
    touch("touchStart", (x - 30, y), (x + 30, y))
    for apart in (40, 60, 80, 90):
        touch("touchMove", (x - apart, y), (x + apart, y))
    assert hands.scale() == pytest.approx(3 * before, rel=0.05)
    there = hands.at(400, 300)
    touch("touchMove", (x - 90, y - 25), (x + 90, y - 25))
    assert hands.at(400, 300)[1] == pytest.approx(there[1] - 25, abs=1)
    touch("touchEnd")
    assert hands.calls("select") == []


def test_one_finger_selects_with_a_tap_and_moves_with_a_drag(opened):
    hands = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    hands.page.touchscreen.tap(*hands.at(480, 250))
    assert hands.calls("select") == ["focus-2"]
    for _ in range(4):
        hands.page.get_by_role("button", name="Zoom in").tap()
    x, y = hands.middle()
    before = hands.at(300, 400)
    touch = fingers(hands)
    touch("touchStart", (x - 60, y + 60))
    touch("touchMove", (x - 40, y + 50))
    touch("touchMove", (x - 20, y + 40))
    touch("touchEnd")
    assert hands.at(300, 400)[0] == pytest.approx(before[0] + 40, abs=1)


def fingers(hands: Hands) -> Callable[..., None]:
    session = hands.page.context.new_cdp_session(hands.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        listed = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

    return touch


def test_brightness_and_contrast_change_what_is_shown_and_are_reset(opened):
    hands = opened()
    hands.tool("One to one")
    before = hands.grey(200, 300)
    brightness = hands.page.get_by_role("slider", name="Brightness", exact=True)
    contrast = hands.page.get_by_role("slider", name="Contrast", exact=True)
    brightness.focus()
    for _ in range(5):
        hands.page.keyboard.press("PageUp")
    hands.settle()
    lift = 1.28 * int(brightness.input_value())
    assert lift > 20
    assert hands.grey(200, 300) == pytest.approx(before + lift, abs=2)
    contrast.fill("50")
    hands.settle()
    assert hands.grey(200, 300) == pytest.approx((before - 128) * 2 + 128 + lift, abs=3)
    hands.tool("As read")
    assert hands.grey(200, 300) == before
    assert hands.button("As read").is_disabled()


# --------------------------------------------------------------------------- overlays

LAYERS = [
    ("Spots", "focus", 2),
    ("Area behind", "shadow", 1),
    ("Area behind", "echoes", 1),
    ("Tubes", "tube", 1),
    ("Scanned area", "fan", 1),
    ("Liver", "liver", 1),
]


def test_a_checkbox_hides_what_it_names_alone_and_shows_it_again(opened):
    hands = opened()
    whole = {kind: count for _, kind, count in LAYERS}
    assert {kind: hands.lines(kind) for kind in whole} == whole
    for name in dict.fromkeys(name for name, _, _ in LAYERS):
        box = hands.page.get_by_role("checkbox", name=name, exact=True)
        box.uncheck()
        left = {kind: 0 if each == name else count for each, kind, count in LAYERS}
        assert {kind: hands.lines(kind) for kind in whole} == left
        box.check()
    assert {kind: hands.lines(kind) for kind in whole} == whole


def test_labels_tell_number_and_size_and_can_be_hidden(opened):
    hands = opened()
    labels = hands.page.locator(".viewer-labels")
    assert labels.locator("text").all_text_contents() == ["1", "9.0 mm", "2", "6.2 mm"]
    hands.page.get_by_role("checkbox", name="Labels").uncheck()
    hands.settle()
    assert labels.text_content() == ""


def test_o_hides_everything_that_is_drawn_and_brings_back_what_was_shown(opened):
    hands = opened()
    hands.page.get_by_role("checkbox", name="Liver").uncheck()
    hands.keys("n", "o")
    assert [hands.lines(kind) for _, kind, _ in LAYERS] == [0] * 6
    assert hands.page.locator(".viewer-handle").count() == 0
    assert not hands.page.locator(".viewer-chip").is_visible()
    hands.keys("o")
    assert hands.lines("focus") == 2
    assert hands.lines("liver") == 0


def test_no_two_things_are_drawn_alike(opened):
    hands = opened()
    styles = hands.page.evaluate(
        """async () => {
          const {STROKES} = await import("/static/viewer/ink.js");
          return Object.values(STROKES).map(({dashes, width}) => `${dashes} ${width}`);
        }"""
    )
    assert len(set(styles)) == len(styles)


def test_colours_and_dashes_are_those_of_the_annotated_picture():
    pytest.importorskip("PIL")
    from hepaspot.explain.picture.ink import STROKES

    text = (STATIC / "ink.js").read_text(encoding="utf-8")
    found = re.findall(r'(\w+): \{ colour: (\S+), width: [\d.]+, dashes: "([\d. ]*)"', text)
    drawn = {name: (colour.strip('"'), dashes) for name, colour, dashes in found}
    drawn["focus"] = (re.search(r'YELLOW = "(#\w+)"', text)[1], drawn["focus"][1])
    for kind, stroke in STROKES.items():
        dashes = " ".join(f"{dash:g}" for dash in stroke.dashes)
        assert drawn[kind.value] == ("#" + bytes(stroke.colour).hex(), dashes)


# -------------------------------------------------------------------------- selecting


def test_a_click_selects_a_spot_and_one_beside_it_lets_go(opened):
    hands = opened()
    hands.click(340, 310)
    assert hands.calls("select") == ["focus-1"]
    assert hands.said() == "Spot 1 of 2, 9.0 mm, calcification"
    assert hands.page.locator(".viewer-chip").inner_text().split("\n")[0].startswith("1")
    hands.click(200, 500)
    assert hands.calls("select") == ["focus-1", None]
    assert hands.page.locator(".viewer-handle").count() == 0


def test_n_and_p_go_round_the_spots(opened):
    hands = opened()
    hands.keys("n", "n", "n", "p", "p")
    assert hands.calls("select") == [f"focus-{n}" for n in (1, 2, 1, 2, 1)]


def test_a_spot_selected_by_the_page_is_brought_into_view_on_its_frame(opened):
    hands = opened("clip")
    hands.keys("1", *["+"] * 6, *["ArrowRight"] * 20)
    hands.page.evaluate("viewer.select('focus-2')")
    hands.until("document.querySelector('.viewer-count').textContent == '4 / 24'")
    hands.page.locator(".viewer-handle").first.wait_for()
    box, there = hands.box(), hands.at(480, 250)
    assert box["x"] < there[0] < box["x"] + box["width"]
    assert box["y"] < there[1] < box["y"] + box["height"]
    assert hands.calls("select") == []


def test_the_page_lights_a_region_on_its_frame_until_it_is_put_out(opened):
    hands = opened("clip")
    hands.page.evaluate("viewer.light([[100, 100], [160, 100], [130, 150]], 7)")
    lit = hands.page.locator(".viewer-lit")
    lit.wait_for()
    assert hands.frame() == 7
    assert lit.evaluate("e => getComputedStyle(e).animationName") == "viewer-pulse"
    hands.page.evaluate("viewer.goTo(8)")
    lit.wait_for(state="detached")
    hands.page.evaluate("viewer.goTo(7)")
    lit.wait_for()
    hands.page.evaluate("viewer.light(null, 7)")
    lit.wait_for(state="detached")


# ------------------------------------------------------------------------- measuring


def test_two_clicks_measure_in_millimetres_of_either_side(opened):
    hands = opened("skewed")
    hands.tool("Measure")
    hands.click(300, 400)
    assert hands.said() == "First end set; now the second one"
    hands.click(330, 440)
    # 30 pixels of 0.2 mm across and 40 of 0.3 mm down.
    assert hands.said() == "Length 13.4 mm"
    assert hands.page.locator(".viewer-chip").inner_text().strip() == "13.4 mm"


def test_a_drag_measures_too_and_its_ends_can_be_moved(opened):
    hands = opened()
    hands.tool("Measure")
    hands.drag((300, 420), (400, 420))
    assert hands.said() == "Length 30.0 mm"
    hands.drag((400, 420), (350, 420))
    assert hands.said() == "Length 15.0 mm"
    assert hands.page.locator(".viewer-ruler").count() == 1


def test_without_a_scale_a_length_is_in_pixels_and_says_so(opened):
    hands = opened("without_scale")
    hands.tool("Measure")
    assert hands.page.get_by_text("lengths are in pixels").is_visible()
    hands.drag((300, 420), (400, 420))
    assert hands.said() == "Length 100 pixels"
    assert hands.page.get_by_text("The scale of this picture is not known").is_visible()


def test_several_lengths_are_listed_and_removed_one_by_one(opened):
    hands = opened()
    hands.tool("Measure")
    hands.drag((200, 420), (300, 420))
    hands.drag((200, 470), (400, 470))
    listed = hands.page.locator(".viewer-lengths li")
    assert [text.split()[1] for text in listed.all_inner_texts()] == ["30.0", "60.0"]
    hands.keys("Delete")
    assert hands.said() == "Removed the length of 60.0 mm"
    assert listed.count() == 1
    hands.button("Remove the length of 30.0 mm").click()
    hands.settle()
    assert hands.page.locator(".viewer-ruler").count() == 0
    assert hands.calls("delete") == []


def test_keys_alone_measure_a_length(opened):
    hands = opened()
    hands.keys("m", "ArrowLeft", "Enter", *["Shift+ArrowRight"] * 3, "ArrowRight", "Enter")
    # 31 pixels of 0.3 mm.
    assert hands.said() == "Length 9.3 mm"


def test_escape_drops_a_length_that_is_half_done(opened):
    hands = opened()
    hands.keys("m", "Enter", "ArrowRight")
    assert hands.page.locator(".viewer-ruler").count() == 1
    hands.keys("Escape")
    assert hands.page.locator(".viewer-ruler").count() == 0
    assert hands.page.locator(".viewer-lengths li").count() == 0


def test_a_length_belongs_to_the_frame_it_was_measured_on(opened):
    hands = opened("clip")
    hands.tool("Measure")
    hands.drag((300, 420), (400, 420))
    assert "frame 12" in hands.page.locator(".viewer-lengths").inner_text()
    hands.keys(".")
    hands.page.locator(".viewer-ruler").wait_for(state="detached")
    hands.page.locator(".viewer-pick").click()
    hands.page.locator(".viewer-ruler").wait_for()
    assert hands.frame() == pictures.BEST


# --------------------------------------------------------------------- working on it


def test_a_click_with_the_tool_marks_a_spot(opened):
    hands = opened()
    hands.keys("+")
    hands.tool("Mark a spot")
    hands.click(420.3, 260.8)
    [spot] = hands.calls("add")
    assert (spot["x"], spot["y"]) == pytest.approx((420.3, 260.8), abs=0.8)
    assert spot["frame"] == 0
    assert spot["x"] == round(spot["x"], 1)


def test_keys_alone_mark_a_spot(opened):
    hands = opened()
    hands.keys("s", "ArrowUp", "Enter")
    [spot] = hands.calls("add")
    assert (spot["x"], spot["y"]) == pytest.approx((400, 299), abs=1)


def test_beside_the_picture_no_spot_is_marked(opened):
    hands = opened()
    hands.keys("1", "-", "-", "-", "-")
    hands.tool("Mark a spot")
    box = hands.box()
    hands.page.mouse.click(box["x"] + 4, box["y"] + 4)
    assert hands.calls("add") == []
    assert hands.said() == "That is outside of the picture"


def test_a_new_spot_is_shown_at_once_and_taken_back_when_it_is_refused(opened):
    hands = opened()
    hands.answer("later")
    hands.tool("Mark a spot")
    hands.click(420, 400)
    whole = hands.page.locator(".viewer")
    assert hands.page.locator(".viewer-coming").count() == 1
    assert whole.get_attribute("aria-busy") == "true"
    hands.page.evaluate(
        "waiting[0].reject(new Error('mark: outside of the scanned area; choose a place in it'))"
    )
    alert = hands.page.get_by_role("alert")
    alert.get_by_text("mark: outside of the scanned area; choose a place in it").wait_for()
    hands.settle()
    assert hands.page.locator(".viewer-coming").count() == 0
    assert whole.get_attribute("aria-busy") is None
    hands.button("Close the message").click()
    assert not alert.is_visible()


def test_a_dragged_handle_deforms_the_outline_and_hands_it_on(opened):
    hands = opened()
    hands.click(340, 310)
    assert 12 <= hands.page.locator(".viewer-handle").count() <= 24
    hands.drag((366, 310), (376, 310), (384, 310))
    [change] = hands.calls("reshape")
    assert (change["id"], change["frame"]) == ("focus-1", 0)
    outline = change["outline"]
    assert 3 <= len(outline) <= 400
    assert all(round(part, 1) == part for point in outline for part in point)
    assert max(x for x, _ in outline) == pytest.approx(384, abs=1)
    assert min(x for x, _ in outline) == pytest.approx(314, abs=1)
    assert hands.said() == "Outline of spot 1 changed"


def test_nothing_lies_over_an_outline_while_it_is_dragged(opened):
    hands = opened()
    hands.click(340, 310)
    chip = hands.page.locator(".viewer-chip")
    assert chip.is_visible()
    there = hands.at(390, 310)
    hands.page.mouse.move(*hands.at(366, 310))
    hands.page.mouse.down()
    hands.page.mouse.move(*there, steps=4)
    hands.settle()
    assert not chip.is_visible()
    hands.page.keyboard.press("Escape")
    hands.page.mouse.up()
    hands.settle()
    assert chip.is_visible()
    assert hands.calls("reshape") == []


def test_a_new_shape_stays_while_it_is_saved_and_goes_back_when_it_is_refused(opened):
    hands = opened()
    hands.click(340, 310)
    before = hands.outline()
    hands.answer("later")
    hands.drag((366, 310), (384, 310))
    during = hands.outline()
    assert during != before
    hands.page.evaluate("waiting[0].reject(new Error('outline: too large; draw it closer'))")
    hands.page.get_by_text("outline: too large; draw it closer").wait_for()
    assert hands.outline() == before


def test_a_new_shape_stays_when_it_is_accepted_until_the_page_gives_another(opened):
    hands = opened()
    hands.click(340, 310)
    hands.drag((366, 310), (384, 310))
    shape = hands.outline()
    assert hands.page.locator(".viewer").get_attribute("aria-busy") is None
    hands.keys("+", "0")
    assert hands.outline() == shape
    hands.page.evaluate("viewer.update(picture)")
    assert hands.outline() != shape
    assert hands.page.locator(".viewer-handle").count() >= 12


def test_a_second_finger_takes_back_what_the_first_one_deformed(opened):
    hands = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    hands.page.evaluate("viewer.select('focus-1')")
    before = hands.outline()
    x, y = hands.at(366, 310)
    touch = fingers(hands)
    touch("touchStart", (x, y))
    touch("touchMove", (x + 15, y))
    touch("touchMove", (x + 30, y))
    assert hands.outline() != before
    touch("touchStart", (x + 30, y), (x - 60, y + 60))
    touch("touchEnd")
    assert hands.outline() == before
    assert hands.calls("reshape") == []


def test_keys_alone_move_a_handle_keep_it_and_take_it_back(opened):
    hands = opened()
    hands.keys("n")
    before = hands.outline()
    handle = hands.page.get_by_role("button", name=re.compile(r"^Point 1 of \d+ on the outline$"))
    hands.page.keyboard.press("Tab")
    assert handle.evaluate("e => e === document.activeElement")
    for _ in range(3):
        hands.page.keyboard.press("ArrowRight")
    assert hands.said() == "The outline is changing. Enter keeps it, Escape takes it back."
    hands.page.keyboard.press("Escape")
    assert hands.outline() == before
    assert hands.calls("reshape") == []
    for _ in range(3):
        hands.page.keyboard.press("ArrowRight")
    hands.page.keyboard.press("Enter")
    [change] = hands.calls("reshape")
    assert max(x for x, _ in change["outline"]) == pytest.approx(369, abs=0.2)
    assert handle.evaluate("e => e === document.activeElement")


def test_who_leaves_a_changed_outline_for_another_spot_loses_nothing(opened):
    hands = opened()
    hands.keys("n")
    hands.keys("Tab", "ArrowRight", "n")
    assert [change["id"] for change in hands.calls("reshape")] == ["focus-1"]
    assert hands.calls("select")[-1] == "focus-2"


@pytest.mark.parametrize("way", ["key", "button"])
def test_a_spot_is_removed_without_a_question(opened, way):
    hands = opened()
    hands.click(340, 310)
    if way == "key":
        hands.keys("Delete")
    else:
        hands.button("Remove spot 1").click()
    assert hands.calls("delete") == [{"id": "focus-1"}]
    assert hands.calls("select") == ["focus-1", None]
    assert hands.lines("focus") == 1
    assert hands.said() == "Removed spot 1"


def test_keys_go_on_working_where_what_they_were_on_is_gone(opened):
    hands = opened()
    hands.keys("n")
    hands.button("Remove spot 1").click()
    hands.page.keyboard.press("n")
    assert hands.calls("select") == ["focus-1", None, "focus-2"]
    hands.page.keyboard.press("Tab")
    hands.page.keyboard.press("Delete")
    hands.settle()
    assert hands.surface.evaluate("e => e === document.activeElement")
    hands.tool("Measure")
    hands.drag((300, 420), (400, 420))
    hands.page.locator(".viewer-lengths").get_by_role("button").last.click()
    hands.settle()
    assert hands.surface.evaluate("e => e === document.activeElement")


def test_no_label_covers_another_spot_or_the_end_of_a_length(opened):
    hands = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    hands.tool("Measure")
    hands.drag((250, 420), (395, 312))
    label = hands.page.locator(".viewer-labels > g").first.bounding_box()
    x, y = hands.at(395, 312)
    across = label["x"] <= x <= label["x"] + label["width"]
    down = label["y"] <= y <= label["y"] + label["height"]
    assert not (across and down)


def test_a_spot_that_may_not_be_removed_comes_back_selected(opened):
    hands = opened()
    hands.answer("focus: is told of in the report too; take it out there")
    hands.click(340, 310)
    hands.keys("Delete")
    hands.page.get_by_text("focus: is told of in the report too; take it out there").wait_for()
    assert hands.lines("focus") == 2
    assert hands.calls("select") == ["focus-1", None, "focus-1"]


def test_changes_are_handed_on_one_after_the_other(opened):
    hands = opened()
    hands.answer("later")
    hands.tool("Mark a spot")
    hands.click(420, 400)
    hands.click(440, 440)
    assert len(hands.calls("add")) == 1
    hands.page.evaluate("waiting[0].resolve()")
    hands.until("calls.filter(([name]) => name == 'add').length == 2")
    hands.settle()
    assert hands.page.locator(".viewer-coming").count() == 1


# ------------------------------------------------------------------------------ clips


def test_a_clip_opens_on_its_best_frame_and_steps_by_one(opened):
    hands = opened("clip")
    assert hands.frame() == pictures.BEST
    assert hands.page.locator(".viewer-count").inner_text() == "12 / 24"
    hands.keys(".", ".")
    assert hands.said() == "Frame 14 of 24"
    seen(hands, pictures.BEST + 2)
    hands.keys(",")
    seen(hands, pictures.BEST + 1)
    hands.button("Best frame").click()
    seen(hands, pictures.BEST)
    assert hands.said() == "Frame 12 of 24, the best one"
    assert hands.button("Best frame").is_disabled()


def seen(hands: Hands, frame: int) -> None:
    hands.settle()
    hands.page.locator(".viewer-stage:not(.viewer-waits)").wait_for()
    assert hands.frame() == frame


def test_the_slider_goes_to_any_frame_and_says_which(opened):
    hands = opened("clip")
    slider = hands.page.get_by_role("slider", name="Frame")
    slider.focus()
    hands.page.keyboard.press("Home")
    seen(hands, 0)
    hands.page.keyboard.press("ArrowRight")
    seen(hands, 1)
    assert slider.get_attribute("aria-valuetext") == "Frame 2 of 24"


def test_what_was_found_is_drawn_on_its_own_frame_alone(opened):
    hands = opened("clip")
    drawn = {}
    for frame in (3, 4, pictures.BEST):
        hands.page.evaluate("frame => viewer.goTo(frame)", frame)
        seen(hands, frame)
        drawn[frame] = [hands.lines(kind) for kind in ("focus", "liver", "fan")]
    assert drawn == {3: [1, 0, 1], 4: [0, 0, 1], pictures.BEST: [1, 1, 1]}
    assert hands.page.locator(".viewer-mark").count() == 3


def test_a_clip_plays_round_and_pauses(opened):
    hands = opened("clip")
    hands.page.evaluate("viewer.goTo(21)")
    hands.button("Play").click()
    hands.until("parseInt(document.querySelector('.viewer-count').textContent) < 8")
    hands.button("Pause").click()
    hands.settle()
    stopped = hands.page.locator(".viewer-count").inner_text()
    hands.page.wait_for_timeout(150)
    assert hands.page.locator(".viewer-count").inner_text() == stopped
    hands.keys("Space")
    assert hands.button("Pause").is_visible()


def test_few_frames_are_fetched_at_once_and_none_twice(opened, site):
    site.slow_s, site.most = 0.03, 0
    hands = opened("clip")
    hands.until(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/frames/')).length > 23"
    )
    fetched = [path for path in site.asked if path.startswith("/frames/")]
    assert fetched[0] == f"/frames/clip-{pictures.BEST}.png"
    assert len(fetched) == len(set(fetched)) == pictures.FRAMES
    assert 1 < site.most <= 4


def test_no_more_frames_are_fetched_than_are_kept(opened, site, module):
    room = module("frames", "roomFor", {"width": 1600, "height": 1200})
    hands = opened("long")
    hands.page.wait_for_timeout(600)
    fetched = [path for path in site.asked if path.startswith("/frames/")]
    assert 5 < len(fetched) <= room < 300


def test_a_frame_that_does_not_come_is_told_and_the_next_one_is_seen(opened, site):
    site.broken.add("/frames/clip-12.png")
    hands = opened("clip", may_fail=True)
    hands.keys(".")
    hands.page.get_by_role("alert").get_by_text("Frame 13 could not be loaded.").wait_for()
    assert hands.lines("focus") == 1
    site.broken.clear()
    hands.keys(".")
    seen(hands, 13)
    hands.keys(",")
    seen(hands, 12)


def test_another_picture_takes_the_place_of_the_first(opened):
    hands = opened("still")
    hands.tool("Measure")
    hands.drag((300, 420), (400, 420))
    clip = pictures.clip()
    hands.page.evaluate("clip => viewer.update(clip)", clip)
    hands.page.locator(".viewer-clip").wait_for()
    seen(hands, pictures.BEST)
    assert hands.page.locator(".viewer-ruler").count() == 0


def test_an_end_leaves_nothing_behind(opened):
    hands = opened("clip")
    hands.page.evaluate("viewer.destroy()")
    assert hands.page.locator("#root").inner_html() == ""


# --------------------------------------------------------------------------- everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 820, 1400])
def test_nothing_keeps_anyone_out(opened, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    hands = opened("clip", viewport={"width": width, "height": 900}, color_scheme=scheme)
    hands.keys("n")
    hands.page.locator(".viewer-chip").wait_for()
    found = axe.run(hands.page)
    assert found.violations_count == 0, found.generate_report()
    assert hands.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_list_of_keys_opens_with_a_question_mark_and_keeps_no_one_out(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    hands = opened()
    hands.keys("?")
    dialog = hands.page.get_by_role("dialog", name="Keys of the picture")
    assert dialog.is_visible()
    found = axe.run(hands.page)
    assert found.violations_count == 0, found.generate_report()
    before = hands.scale()
    hands.page.keyboard.press("+")
    assert hands.scale() == before
    hands.page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert hands.surface.evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_every_button_is_large_enough_and_has_a_name(opened, language):
    hands = opened("clip", language=language, viewport=PHONE, has_touch=True, is_mobile=True)
    hands.page.evaluate("viewer.select('focus-1')")
    for opener in hands.page.locator(".viewer-opener").all():
        opener.tap()
    hands.settle()
    seen_buttons = [b for b in hands.page.locator(".viewer button").all() if b.is_visible()]
    assert len(seen_buttons) >= 14
    for button in seen_buttons:
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 40, button.get_attribute("aria-label")
        assert button.get_attribute("aria-label")
    assert hands.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_only_a_picture_that_can_be_moved_keeps_fingers_from_moving_the_page(opened):
    hands = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    keeping = """[...document.querySelectorAll("*")]
      .filter(e => getComputedStyle(e).touchAction === "none").map(e => e.className)"""
    assert hands.page.evaluate(keeping) == [], "a whole picture lets the page scroll"
    hands.page.keyboard.press("1")
    hands.page.get_by_role("button", name="Zoom in").click()
    hands.page.wait_for_timeout(200)
    assert hands.page.evaluate(keeping) == ["viewer-surface"]


def test_keys_do_nothing_where_they_are_typed_elsewhere(opened):
    hands = opened()
    hands.page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    hands.page.locator("textarea").fill("")
    hands.page.locator("textarea").type("nos+1")
    assert hands.calls("select") == []
    assert hands.button("Whole picture").get_attribute("aria-pressed") == "true"


def test_every_key_of_the_words_is_there_in_both_languages():
    import json

    words = json.loads((Path(__file__).parent / "viewer" / "words.json").read_text("utf-8"))
    keys = set(re.findall(r"@property \{string\} (\w+)", (STATIC / "words.js").read_text("utf-8")))
    assert set(words["en"]) == set(words["zh"]) == keys
    for key, text in words["en"].items():
        holes = re.findall(r"\{\w+\}", text)
        assert sorted(holes) == sorted(re.findall(r"\{\w+\}", words["zh"][key])), key


def test_nothing_is_read_as_markup_or_run_as_code():
    for script in STATIC.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\b|new Function", text)
        assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), script.name
