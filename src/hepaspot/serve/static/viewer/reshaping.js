/** The outline of the selected focus under a person's hand: pushed, handed on, taken back. */

import { filled } from "./dom.js";
import { POINTS, even, handedOn, handlesOf, pushed } from "./outline.js";
import { focusAtHand, fociOf } from "./state.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./state.js").State} State
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {{id: string, outline: Point[], handles: number[]}} Ring
 */

/** @type {WeakMap<Point[], {outline: Point[], handles: number[]}>} */
const rings = new WeakMap();

/**
 * The outline of the focus at hand as evenly spaced points, and which of them bear a handle.
 *
 * @param {State} now
 * @returns {Ring | null}
 */
export function ringOf(now) {
  const focus = focusAtHand(now);
  if (focus === null || focus.outline.length < 3) return null;
  let ring = rings.get(focus.outline);
  if (ring === undefined) {
    const outline = even(focus.outline, POINTS);
    ring = { outline, handles: handlesOf(outline) };
    rings.set(focus.outline, ring);
  }
  const edited = now.edit?.id === focus.id ? now.edit.outline : ring.outline;
  return { id: focus.id, outline: edited, handles: ring.handles };
}

/**
 * @param {Bench} bench
 * @param {Ring} ring  as it was before the push
 * @param {number} place  in its outline
 * @param {number} dx  pixels of the picture
 * @param {number} dy
 */
export function push({ desk }, ring, place, dx, dy) {
  const outline = pushed(ring.outline, place, dx, dy, desk.now.picture);
  desk.change({ edit: { id: ring.id, outline } });
}

/**
 * Hands the new outline on, where there is one.
 *
 * @param {Bench} bench
 */
export function commit({ desk, saver, live, words }) {
  const { edit, picture } = desk.now;
  if (edit === null) return false;
  const focus = fociOf(desk.now).find(({ id }) => id === edit.id);
  desk.change({ edit: null });
  if (focus === undefined) return false;
  saver.reshape(edit.id, handedOn(edit.outline, picture), focus.frame);
  live.say(filled(words.reshaped, { number: focus.number }));
  return true;
}

/** @param {Bench} bench */
export function revert({ desk, live, words }) {
  if (desk.now.edit === null) return false;
  desk.change({ edit: null });
  live.say(words.reshape_reverted);
  return true;
}
