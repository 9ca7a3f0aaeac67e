/** The crosshair that keys move, for who measures or marks without a mouse. */

import { stretch } from "./calipers.js";
import { filled } from "./dom.js";
import { within } from "./geometry.js";
import { mark, setEndAt } from "./tools.js";
import { bringIntoView, toPicture } from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./types.js").Point} Point
 */

/**
 * The crosshair; where none was, in the middle of what is seen.
 *
 * @param {Bench} bench
 * @returns {Point}
 */
function crossOf({ desk }) {
  const { cross, room, picture } = desk.now;
  if (cross !== null) return cross;
  const [x, y] = within(toPicture(desk.now, [room.width / 2, room.height / 2]), picture);
  return [Math.round(x), Math.round(y)];
}

/**
 * @param {Bench} bench
 * @param {number} dx  pixels of the picture
 * @param {number} dy
 */
export function moveCross(bench, dx, dy) {
  const { desk, live, words } = bench;
  const [x, y] = crossOf(bench);
  const cross = within([x + dx, y + dy], desk.now.picture);
  desk.change({ cross });
  bringIntoView(desk, [cross]);
  stretch(bench, cross);
  live.say(filled(words.cross_at, { x: Math.round(cross[0]), y: Math.round(cross[1]) }));
}

/** @param {Bench} bench */
export function setAtCross(bench) {
  const cross = crossOf(bench);
  bench.desk.change({ cross });
  if (bench.desk.now.tool === "mark") mark(bench, cross);
  else setEndAt(bench, cross);
}
