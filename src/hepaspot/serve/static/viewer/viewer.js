/** The picture viewer: one ultrasound picture, with what was found drawn over it, to work on. */

import { makeClip } from "./clip.js";
import { html, set } from "./dom.js";
import { makeHelp } from "./help.js";
import { listenToKeys } from "./keys.js";
import { makeLengths } from "./lengths.js";
import { makeLive } from "./live.js";
import { makeLayers, makeLevels, opener } from "./panels.js";
import { makeClock } from "./playing.js";
import { listenToPointers } from "./pointers.js";
import { makeSaver } from "./saving.js";
import { goTo, show } from "./selecting.js";
import { makeStage, watchSize } from "./stage.js";
import { clampFrame, makeDesk, startOf } from "./state.js";
import { makeToolbar } from "./toolbar.js";
import { bringIntoView, fit } from "./views.js";

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
  const live = makeLive(words, home);
  const whole = html("div", { class: "viewer", role: "group", "aria-label": words.viewer });
  const saver = makeSaver(desk, hooks, live, words.not_saved, (busy) => {
    if (busy) live.clear();
    set(whole, { "aria-busy": busy ? "true" : false });
  });
  /** @type {Bench} */
  const bench = { desk, words, live, saver, onSelect: hooks.onSelect, home };
  const built = build(bench);
  whole.append(built.inside);
  root.append(whole);

  const pointers = listenToPointers(built.stage.surface, bench);
  listenToKeys(whole, built.stage.surface, bench, pointers.cancel);
  whole.addEventListener("keydown", (event) => {
    if (event.key === "?" && !event.defaultPrevented) built.help.open();
  });
  const watch = watchSize(built.stage.element, bench, built.stage.resized);

  function home() {
    built.stage.surface.focus({ preventScroll: true });
  }

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
  const side = html("div", { class: "viewer-side" }, [
    layers.element,
    levels.element,
    lengths.element,
  ]);
  const inside = html("div", { class: "viewer-inside" }, [
    toolbar.element,
    stage.element,
    clip.element,
    side,
    live.said,
    help.dialog,
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
