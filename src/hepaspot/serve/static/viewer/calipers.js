/** Lengths that a person measures: two ends on the picture, in the frame they were set on. */

import { filled } from "./dom.js";
import { distance, within } from "./geometry.js";
import { select } from "./selecting.js";
import { toStage } from "./views.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Caliper} Caliper
 * @typedef {import("./bench.js").Bench} Bench
 */

/** Ends closer than this are one press, no length: pixels of the picture. */
const LEAST_LENGTH = 0.5;

/** @param {State} now */
export function scaleIsKnown({ picture }) {
  return picture.mm_per_pixel_x !== null && picture.mm_per_pixel_y !== null;
}

/**
 * The length as it is shown, with its unit.
 *
 * @param {State} now
 * @param {import("./words.js").ViewerWords} words
 * @param {[Point, Point]} ends
 */
export function lengthText({ picture }, words, [a, b]) {
  const { length, unit } = distance(a, b, picture.mm_per_pixel_x, picture.mm_per_pixel_y);
  if (unit === "mm") return filled(words.length_mm, { length: length.toFixed(1) });
  return filled(words.length_px, { length: length.toFixed(0) });
}

/** @param {State} now */
export function seenCalipers(now) {
  return now.calipers.filter((caliper) => caliper.frame === now.drawn);
}

/**
 * @param {Bench} bench
 * @param {Point} point
 */
export function start({ desk, live, words }, point) {
  if (desk.now.drawn === null) return;
  const end = within(point, desk.now.picture);
  desk.change({ draft: { frame: desk.now.drawn, ends: [end, end] }, caliper: null });
  live.say(words.length_start);
}

/**
 * Moves the second end of the caliper that is not done.
 *
 * @param {Bench} bench
 * @param {Point} point
 */
export function stretch({ desk }, point) {
  const { draft, picture } = desk.now;
  if (draft !== null)
    desk.change({ draft: { ...draft, ends: [draft.ends[0], within(point, picture)] } });
}

/**
 * @param {Bench} bench
 * @param {Point} point
 */
export function finish(bench, point) {
  const { desk } = bench;
  stretch(bench, point);
  const { draft, calipers } = desk.now;
  if (draft === null || spanOf(draft.ends) < LEAST_LENGTH) return;
  const id = Math.max(0, ...calipers.map((caliper) => caliper.id)) + 1;
  select(bench, null);
  desk.change({ draft: null, calipers: [...calipers, { id, ...draft }], caliper: id });
  sayLength(bench, draft.ends);
}

/** @param {[Point, Point]} ends */
function spanOf([a, b]) {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/**
 * @param {Bench} bench
 * @param {[Point, Point]} ends
 */
export function sayLength({ desk, live, words }, ends) {
  const length = lengthText(desk.now, words, ends);
  live.say(filled(words.length_set, { length }));
}

/**
 * @param {Bench} bench
 * @param {number} id
 */
export function removeCaliper({ desk, live, words }, id) {
  const { calipers, caliper } = desk.now;
  const old = calipers.find((each) => each.id === id);
  if (old === undefined) return;
  const left = calipers.filter((each) => each !== old);
  desk.change({ calipers: left, caliper: caliper === id ? null : caliper });
  live.say(filled(words.length_removed, { length: lengthText(desk.now, words, old.ends) }));
}

/**
 * The end of a caliper that lies near `at`, if any.
 *
 * @param {State} now
 * @param {Point} at  on the stage
 * @param {number} reach  CSS pixels
 * @returns {{caliper: Caliper, end: 0 | 1} | null}
 */
export function endNear(now, at, reach) {
  let least = reach;
  /** @type {{caliper: Caliper, end: 0 | 1} | null} */
  let found = null;
  for (const caliper of seenCalipers(now)) {
    for (const end of /** @type {const} */ ([0, 1])) {
      const [x, y] = toStage(now, caliper.ends[end]);
      const far = Math.hypot(x - at[0], y - at[1]);
      if (far <= least) [least, found] = [far, { caliper, end }];
    }
  }
  return found;
}

/**
 * Moves one end of a caliper.
 *
 * @param {Bench} bench
 * @param {number} id
 * @param {0 | 1} end
 * @param {Point} point
 */
export function moveEnd({ desk }, id, end, point) {
  const moved = within(point, desk.now.picture);
  const calipers = desk.now.calipers.map((caliper) => {
    if (caliper.id !== id) return caliper;
    const [a, b] = caliper.ends;
    return {
      ...caliper,
      ends: /** @type {[Point, Point]} */ (end === 0 ? [moved, b] : [a, moved]),
    };
  });
  desk.change({ calipers, caliper: id });
}
