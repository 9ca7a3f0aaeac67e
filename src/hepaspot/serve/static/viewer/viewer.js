/** The picture viewer: one ultrasound picture, with what was found drawn over it, to look at and work on. */

import { scaleIsKnown } from "./calipers.js";
import { makeChip } from "./chip.js";
import { makeClip } from "./clip.js";
import { filled, html, set, svg } from "./dom.js";
import { sheetOf } from "./geometry.js";
import { makeHandles } from "./handles.js";
import { makeHelp } from "./help.js";
import { listenToKeys } from "./keys.js";
import { makeLabels } from "./labels.js";
import { makeLengths } from "./lengths.js";
import { makeLive } from "./live.js";
import { makeLayers, makeLevels, opener } from "./panels.js";
import { makeClock } from "./playing.js";
import { listenToPointers } from "./pointers.js";
import { makeRulers } from "./rulers.js";
import { makeSaver } from "./saving.js";
import { goTo, show } from "./selecting.js";
import { makeShapes } from "./shapes.js";
import { makeShowing } from "./showing.js";
import { clampFrame, makeDesk, startOf } from "./state.js";
import { makeToolbar } from "./toolbar.js";
import { aspect, bringIntoView, fit, resize } from "./views.js";

/**
 * @typedef {import("./types.js").Picture} Picture
 * @typedef {import("./types.js").Viewer} Viewer
 * @typedef {import("./state.js").State} State
 * @typedef {import("./bench.js").Bench} Bench
 */

/**
 * Shows `picture` in `root`.
 *
 * Foci, and what lies about them, are drawn in the frame that they were seen in and in no other:
 * the liver moves, and an outline beside its focus would mislead. The slider marks those frames.
 * Lengths stay with the frame that they were measured in.
 *
 * @param {HTMLElement} root
 * @param {Picture} picture
 * @param {import("./words.js").ViewerWords} words  in the language of the page
 * @param {import("./types.js").Hooks} hooks
 * @returns {Viewer}
 */
export function mountViewer(root, picture, words, hooks) {
  const desk = makeDesk(startOf(picture));
  const live = makeLive(words);
  const whole = html("div", { class: "viewer", role: "group", "aria-label": words.viewer });
  const saver = makeSaver(desk, hooks, live, words.not_saved, (busy) => {
    if (busy) live.clear();
    set(whole, { "aria-busy": busy ? "true" : false });
  });
  /** @type {Bench} */
  const bench = { desk, words, live, saver, onSelect: hooks.onSelect };
  const built = build(bench);
  whole.append(built.inside);
  root.append(whole);

  const pointers = listenToPointers(built.stage.surface, bench);
  listenToKeys(whole, built.stage.surface, bench, pointers.cancel);
  whole.addEventListener("keydown", (event) => {
    if (event.key === "?" && !event.defaultPrevented) built.help.open();
  });
  const watch = watchSize(built.stage.element, bench, built.stage.resized);
  return faceOf(bench, () => {
    watch.disconnect();
    built.close();
    desk.close();
    whole.remove();
  });
}

/**
 * @param {Bench} bench
 * @param {() => void} close
 * @returns {Viewer}
 */
function faceOf(bench, close) {
  const { desk } = bench;
  return {
    update(next) {
      const { picture, updates } = desk.now;
      // A new spot is among the foci now; its provisional mark would lie over it.
      const fresh = { picture: next, updates: updates + 1, spots: [] };
      if (isSame(picture, next)) desk.change({ ...fresh, ...stillThere(desk.now, next) });
      else {
        const { room, tool, layers } = desk.now;
        desk.change({ ...startOf(next), ...fresh, room, tool, layers });
        fit(desk);
      }
    },
    select: (id) => show(bench, id),
    light(outline, frame) {
      const { picture } = desk.now;
      if (outline === null) {
        desk.change({ lit: null });
        return;
      }
      desk.change({ playing: false, lit: { outline, frame: clampFrame(picture, frame) } });
      goTo(bench, frame);
      bringIntoView(desk, outline);
    },
    goTo(frame) {
      desk.change({ playing: false });
      goTo(bench, frame);
    },
    destroy: close,
  };
}

/**
 * Whether two hold the same pixels; then only what was found may have changed.
 *
 * @param {Picture} a
 * @param {Picture} b
 */
function isSame(a, b) {
  const parts = /** @type {const} */ (["frame_url", "width", "height", "frames"]);
  return parts.every((part) => a[part] === b[part]);
}

/**
 * @param {State} now
 * @param {Picture} next
 */
function stillThere(now, next) {
  const has = (/** @type {string | undefined} */ id) => next.foci.some((focus) => focus.id === id);
  return {
    selected: has(now.selected ?? undefined) ? now.selected : null,
    edit: has(now.edit?.id) ? now.edit : null,
  };
}

/** @param {Bench} bench */
function build(bench) {
  const { desk, words, live } = bench;
  const stage = makeStage(bench);
  const [layers, levels, lengths] = [makeLayers(bench), makeLevels(bench), makeLengths(bench)];
  const help = makeHelp(words);
  const toolbar = makeToolbar(bench, [
    opener(layers.element, "layers", words.layers),
    opener(levels.element, "light", words.levels),
    help.opener,
  ]);
  const clip = makeClip(bench);
  const clock = makeClock(bench, stage.has);
  const side = html("div", { class: "viewer-side" }, [layers.element, levels.element, lengths.element]);
  const inside = html("div", { class: "viewer-inside" }, [
    toolbar.element, stage.element, clip.element, side, live.said, help.dialog,
  ]);
  for (const part of [stage, toolbar, layers, levels, lengths, clip, clock]) desk.listen(part.draw);
  return {
    inside,
    stage,
    help,
    close() {
      clock.close();
      stage.close();
    },
  };
}

/** @param {Bench} bench */
function makeStage(bench) {
  const { words, live } = bench;
  const canvas = html("canvas", { class: "viewer-canvas", "aria-hidden": "true" });
  const glass = svg("svg", { class: "viewer-glass" });
  const surface = html("div", { class: "viewer-surface", tabindex: 0, role: "application" }, [canvas, glass]);
  const hint = html("p", { class: "viewer-hint", "aria-hidden": "true" });
  const loading = html("p", { class: "viewer-loading", "aria-hidden": "true" }, [words.loading]);
  const chip = makeChip(bench);
  const element = html("div", { class: "viewer-stage" }, [surface, hint, loading, chip.element, live.alert]);
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
      set(surface, { "aria-label": nameOf(bench, now), "aria-description": said, "data-tool": now.tool });
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
  if (now.tool === "measure") return scaleIsKnown(now) ? words.hint_measure : words.hint_measure_pixels;
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
function watchSize(stage, { desk }, resized) {
  const watch = new ResizeObserver(() => {
    const room = { width: stage.clientWidth, height: stage.clientHeight };
    if (room.width === 0 || room.height === 0) return;
    resized();
    resize(desk, room);
  });
  watch.observe(stage);
  return watch;
}
