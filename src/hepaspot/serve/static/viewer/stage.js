/** The stage: the picture, what is drawn over it, and what is said on it. */

import { scaleIsKnown } from "./calipers.js";
import { makeChip } from "./chip.js";
import { filled, html, set, svg } from "./dom.js";
import { sheetOf } from "./geometry.js";
import { makeHandles } from "./handles.js";
import { makeLabels } from "./labels.js";
import { makeRulers } from "./rulers.js";
import { makeShapes } from "./shapes.js";
import { makeShowing } from "./showing.js";
import { aspect, resize } from "./views.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./bench.js").Bench} Bench
 */

/** @param {Bench} bench */
export function makeStage(bench) {
  const { words, live } = bench;
  const canvas = html("canvas", { class: "viewer-canvas", "aria-hidden": "true" });
  const glass = svg("svg", { class: "viewer-glass" });
  const surface = html("div", { class: "viewer-surface", tabindex: 0, role: "application" }, [
    canvas,
    glass,
  ]);
  const hint = html("p", { class: "viewer-hint", "aria-hidden": "true" });
  const loading = html("p", { class: "viewer-loading", "aria-hidden": "true" }, [words.loading]);
  const chip = makeChip(bench);
  const element = html("div", { class: "viewer-stage viewer-waits" }, [
    surface,
    hint,
    loading,
    chip.element,
    live.alert,
  ]);
  const showing = makeShowing(canvas, bench);
  const parts = [makeShapes(), makeHandles(bench), makeRulers(bench), makeLabels(bench, chip)];
  glass.append(...parts.map((part) => part.element));
  return {
    element,
    surface,
    has: showing.has,
    close: showing.close,
    resized: chip.resized,
    /** @param {State} now @param {State | null} before */
    draw(now, before) {
      showing.draw(now, before);
      for (const part of parts) part.draw(now, before);
      if (before?.picture !== now.picture) shapeStage(element, now);
      const said = hintOf(bench, now);
      // Who has measured once knows how; the hint would lie on the picture for nothing.
      const known = now.tool === "move" || (now.tool === "measure" && now.calipers.length > 0);
      hint.textContent = known ? "" : said;
      set(surface, {
        "aria-label": nameOf(bench, now),
        "aria-description": said,
        "data-tool": now.tool,
      });
      element.classList.toggle("viewer-waits", now.drawn !== now.frame);
    },
  };
}

/**
 * Gives the stage the shape of the picture, before its first frame has come.
 *
 * @param {HTMLElement} stage
 * @param {State} now
 */
function shapeStage(stage, now) {
  const { width, height } = sheetOf(now.picture, aspect(now));
  stage.style.aspectRatio = `${width} / ${height}`;
}

/** @param {Bench} bench @param {State} now */
function hintOf({ words }, now) {
  if (now.tool === "measure")
    return scaleIsKnown(now) ? words.hint_measure : words.hint_measure_pixels;
  return now.tool === "mark" ? words.hint_mark : words.hint_move;
}

/** @param {Bench} bench @param {State} now */
function nameOf({ words }, { picture, frame }) {
  const { name, width, height, frames } = picture;
  const values = { name, width, height, frame: frame + 1, frames };
  return filled(frames > 1 ? words.stage_clip : words.stage, values);
}

/**
 * @param {HTMLElement} stage
 * @param {Bench} bench
 * @param {() => void} resized
 */
export function watchSize(stage, { desk }, resized) {
  const watch = new ResizeObserver(() => {
    const room = { width: stage.clientWidth, height: stage.clientHeight };
    if (room.width === 0 || room.height === 0) return;
    resized();
    resize(desk, room);
  });
  watch.observe(stage);
  return watch;
}
