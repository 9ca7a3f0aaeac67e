/** The outline of a spot as a soft ring: points along it, how it gives way when it is pushed. */

import { within } from "./geometry.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Size} Size
 */

/** Points of an outline under edit: enough for a smooth bend, few enough to be quick. */
export const POINTS = 96;

/** Most points of an outline that is handed on. */
export const MOST_POINTS = 400;

/** Fewest and most handles; between them one for about every `HANDLE_GAP` pixels. */
export const HANDLES = /** @type {const} */ ([12, 24]);
const HANDLE_GAP = 8;

/** How far a push reaches along the outline to either side, as a part of the whole. */
export const REACH = 0.16;

/**
 * Length of the closed outline: px.
 *
 * @param {Point[]} outline
 */
export function perimeter(outline) {
  return outline.reduce((sum, point, i) => {
    const next = outline[(i + 1) % outline.length];
    return sum + Math.hypot(next[0] - point[0], next[1] - point[1]);
  }, 0);
}

/**
 * `count` points evenly spaced along the closed `outline`, from its first one.
 *
 * @param {Point[]} outline
 * @param {number} count
 * @returns {Point[]}
 */
export function even(outline, count) {
  const step = perimeter(outline) / count;
  if (!(step > 0)) return outline.map(([x, y]) => [x, y]);
  /** @type {Point[]} */
  const points = [];
  let passed = 0;
  outline.forEach((start, i) => {
    const end = outline[(i + 1) % outline.length];
    const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
    while (points.length < count && points.length * step < passed + length) {
      const part = (points.length * step - passed) / length;
      points.push([start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])]);
    }
    passed += length;
  });
  return points;
}

/**
 * Which points of an outline under edit bear a handle.
 *
 * @param {Point[]} outline
 * @returns {number[]} places in `outline`
 */
export function handlesOf(outline) {
  const [fewest, most] = HANDLES;
  const wanted = Math.round(perimeter(outline) / HANDLE_GAP);
  const count = Math.min(Math.max(wanted, fewest), most, outline.length);
  return Array.from({ length: count }, (_, i) => Math.round((i * outline.length) / count));
}

/**
 * The outline with its point at `place` moved by (dx, dy); its neighbours follow, less and less.
 *
 * The points of `outline` are evenly spaced. Where the move would fold the outline or lead out of
 * the picture, it stops.
 *
 * @param {Point[]} outline
 * @param {number} place
 * @param {number} dx
 * @param {number} dy
 * @param {Size} picture
 * @returns {Point[]}
 */
export function pushed(outline, place, dx, dy, picture) {
  for (const part of [1, 0.75, 0.5, 0.25]) {
    const moved = bent(outline, place, dx * part, dy * part, picture);
    if (!crossesItself(moved)) return moved;
  }
  return outline;
}

/**
 * @param {Point[]} outline
 * @param {number} place
 * @param {number} dx
 * @param {number} dy
 * @param {Size} picture
 */
function bent(outline, place, dx, dy, picture) {
  const reach = Math.max(REACH * outline.length, 1);
  return outline.map(([x, y], i) => {
    const apart = Math.abs(i - place);
    const far = Math.min(apart, outline.length - apart) / reach;
    const weight = far < 1 ? 0.5 * (1 + Math.cos(Math.PI * far)) : 0;
    return within([x + weight * dx, y + weight * dy], picture);
  });
}

/**
 * Whether two sides of the closed outline cross.
 *
 * @param {Point[]} outline
 */
export function crossesItself(outline) {
  const count = outline.length;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 2; j < count; j += 1) {
      const neighbours = i === 0 && j === count - 1;
      if (!neighbours && cross(outline[i], outline[i + 1], outline[j], outline[(j + 1) % count])) {
        return true;
      }
    }
  }
  return false;
}

/**
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 * @param {Point} d
 */
function cross(a, b, c, d) {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/**
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 */
function side(a, b, c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/**
 * The place in `outline` nearest to `at`, and how far it is from there.
 *
 * @param {Point[]} outline
 * @param {Point} at
 */
export function nearest(outline, at) {
  let [place, least] = [0, Infinity];
  outline.forEach(([x, y], i) => {
    const far = Math.hypot(x - at[0], y - at[1]);
    if (far < least) [place, least] = [i, far];
  });
  return { place, far: least };
}

/**
 * Whether `at` lies in the closed outline.
 *
 * @param {Point[]} outline
 * @param {Point} at
 */
export function holds(outline, [x, y]) {
  return outline.reduce((inside, [ax, ay], i) => {
    const [bx, by] = outline[(i + 1) % outline.length];
    const meets = ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax);
    return meets ? !inside : inside;
  }, false);
}

/**
 * The outline as it is handed on: a tenth of a pixel, on the picture, 3 to 400 points.
 *
 * @param {Point[]} outline
 * @param {Size} picture
 * @returns {Point[]}
 */
export function handedOn(outline, picture) {
  const few = outline.length > MOST_POINTS ? even(outline, MOST_POINTS) : outline;
  const rounded = few.map((point) => {
    const [x, y] = within(point, picture);
    return /** @type {Point} */ ([Math.round(x * 10) / 10, Math.round(y * 10) / 10]);
  });
  const distinct = rounded.filter(([x, y], i) => {
    const [beforeX, beforeY] = rounded[(i + rounded.length - 1) % rounded.length];
    return x !== beforeX || y !== beforeY;
  });
  return distinct.length >= 3 ? distinct : rounded;
}
