/** The bar of a clip below the picture: play, step, and a slider over the frames. */

import { button, html, set, svg } from "./dom.js";
import { icon } from "./icons.js";
import { togglePlay } from "./keys.js";
import { frameText, goTo, goToBest, step } from "./selecting.js";
import { fociOf } from "./state.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./state.js").State} State
 */

/** @param {Bench} bench */
export function makeClip(bench) {
  const { desk, words } = bench;
  const range = html("input", { type: "range", min: 1, step: 1, "aria-label": words.frame });
  const marks = html("div", { class: "viewer-marks", "aria-hidden": "true" });
  const count = html("span", { class: "viewer-count" });
  const back = button({
    icon: icon("before"),
    label: words.step_back,
    key: ",",
    onClick: () => step(bench, -1),
  });
  const play = button({
    icon: icon("play"),
    label: words.play,
    key: "K",
    onClick: () => togglePlay(bench, false),
  });
  const on = button({
    icon: icon("after"),
    label: words.step_on,
    key: ".",
    onClick: () => step(bench, 1),
  });
  const best = button({
    icon: icon("best"),
    label: words.to_best,
    key: "B",
    onClick: () => goToBest(bench),
  });
  best.classList.add("viewer-best");
  for (const small of [back, play, on]) small.classList.add("viewer-bare");
  range.addEventListener("input", () => {
    desk.change({ playing: false });
    goTo(bench, Number(range.value) - 1);
  });
  const element = html("div", { class: "viewer-clip", role: "group", "aria-label": words.clip }, [
    html("div", { class: "viewer-group" }, [back, play, on]),
    html("div", { class: "viewer-track" }, [marks, range]),
    count,
    best,
  ]);

  /** @param {State} now */
  function placeMarks(now) {
    const seen = [...new Set(fociOf(now).map(({ frame }) => frame))];
    marks.replaceChildren(
      ...seen.map((frame) =>
        markAt(now, frame, "viewer-mark", "M3 0a3 3 0 0 1 0 6a3 3 0 0 1 0-6z"),
      ),
      markAt(now, now.picture.frame, "viewer-mark viewer-mark-best", "M0 0h6L3 6z"),
    );
  }

  /** @param {boolean} playing */
  function turnPlay(playing) {
    const name = playing ? words.pause : words.play;
    play.replaceChildren(
      icon(playing ? "pause" : "play"),
      html("span", { class: "viewer-button-label" }, [name]),
    );
    set(play, { "aria-label": name, title: `${name} (K)` });
  }

  return {
    element,
    /** @param {State} now @param {State | null} before */
    draw(now, before) {
      const { picture, frame, playing } = now;
      element.hidden = picture.frames < 2;
      if (element.hidden) return;
      if (before === null || before.picture !== picture || before.gone !== now.gone) {
        set(range, { max: picture.frames });
        placeMarks(now);
      }
      if (before === null || before.playing !== playing) turnPlay(playing);
      if (range.value !== String(frame + 1)) range.value = String(frame + 1);
      set(range, { "aria-valuetext": frameText(words, picture, frame) });
      count.textContent = `${frame + 1} / ${picture.frames}`;
      best.disabled = frame === picture.frame;
    },
  };
}

/**
 * A mark above the place of the thumb at `frame`.
 *
 * @param {State} now
 * @param {number} frame
 * @param {string} name
 * @param {string} d
 */
function markAt({ picture }, frame, name, d) {
  const mark = svg("svg", { viewBox: "0 0 6 6", class: name }, [svg("path", { d })]);
  mark.style.left = `${(100 * frame) / Math.max(picture.frames - 1, 1)}%`;
  return mark;
}
