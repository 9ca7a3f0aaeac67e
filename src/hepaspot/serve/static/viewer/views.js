/** Moves the picture on the stage: nearer, further, aside, to what is meant. */

import * as geometry from "./geometry.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Desk} Desk
 */

/** One step of a button or key. */
export const STEP = 1.5;

/** What is brought into view is kept so far from the edge of the stage: CSS pixels. */
const MARGIN = 40;

/** @param {State} now */
export function aspect({ picture }) {
  return geometry.aspectOf(picture.mm_per_pixel_x, picture.mm_per_pixel_y);
}

/** @param {State} now */
function sheet(now) {
  return geometry.sheetOf(now.picture, aspect(now));
}

/**
 * @param {State} now
 * @param {Point} point  of the picture
 */
export function toStage(now, point) {
  return geometry.toStage(now.view, aspect(now), point);
}

/**
 * @param {State} now
 * @param {Point} at  on the stage
 */
export function toPicture(now, at) {
  return geometry.toPicture(now.view, aspect(now), at);
}

/**
 * Whether a point of the picture is on one of its pixels.
 *
 * @param {State} now
 * @param {Point} point
 */
export function isOnPicture({ picture }, [x, y]) {
  return x >= -0.5 && y >= -0.5 && x <= picture.width - 0.5 && y <= picture.height - 0.5;
}

/**
 * @param {Desk} desk
 * @param {import("./types.js").View} view
 */
function look(desk, view) {
  const whole = geometry.fitScale(desk.now.room, sheet(desk.now));
  desk.change({ view, fitting: Math.abs(view.scale - whole) < 1e-6 });
}

/**
 * @param {Desk} desk
 * @param {number} scale
 * @param {Point} [at]  what stays where it is; by default the middle of the stage
 */
export function zoomTo(desk, scale, at) {
  const { room, view } = desk.now;
  const still = at ?? /** @type {Point} */ ([room.width / 2, room.height / 2]);
  look(desk, geometry.zoomed(view, scale, still, room, sheet(desk.now)));
}

/**
 * @param {Desk} desk
 * @param {number} times
 * @param {Point} [at]
 */
export function zoomBy(desk, times, at) {
  zoomTo(desk, desk.now.view.scale * times, at);
}

/** @param {Desk} desk */
export function fit(desk) {
  look(desk, geometry.fitted(desk.now.room, sheet(desk.now)));
}

/**
 * @param {Desk} desk
 * @param {number} dx  CSS pixels
 * @param {number} dy
 */
export function panBy(desk, dx, dy) {
  const { room, view } = desk.now;
  look(desk, geometry.bounded({ ...view, x: view.x + dx, y: view.y + dy }, room, sheet(desk.now)));
}

/**
 * The stage has another size: what was in its middle stays there.
 *
 * @param {Desk} desk
 * @param {import("./types.js").Size} room
 */
export function resize(desk, room) {
  const { fitting, view, room: before } = desk.now;
  desk.change({ room });
  if (fitting) fit(desk);
  else {
    const [x, y] = [
      view.x + (room.width - before.width) / 2,
      view.y + (room.height - before.height) / 2,
    ];
    look(desk, geometry.bounded({ ...view, x, y }, room, sheet(desk.now)));
  }
}

/**
 * Moves the picture, no further than needed, until `points` of it are seen.
 *
 * @param {Desk} desk
 * @param {Point[]} points
 */
export function bringIntoView(desk, points) {
  if (points.length === 0) return;
  const { room } = desk.now;
  const [left, top, right, bottom] = geometry.boxOf(points.map((p) => toStage(desk.now, p)));
  panBy(desk, shift(left, right, room.width), shift(top, bottom, room.height));
}

/**
 * @param {number} low
 * @param {number} high
 * @param {number} room
 */
function shift(low, high, room) {
  const margin = Math.min(MARGIN, room / 8);
  if (high - low > room - 2 * margin) return (room - low - high) / 2;
  if (low < margin) return margin - low;
  return high > room - margin ? room - margin - high : 0;
}
