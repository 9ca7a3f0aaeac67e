/** Where a pixel of the picture is on the stage, how far apart two are, how far one may zoom. */

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Size} Size
 * @typedef {import("./types.js").View} View
 */

/** Most CSS pixels for one pixel of the picture. */
export const CLOSEST = 16;

/** How far past the edge of the stage an enlarged picture may be drawn, in CSS pixels. */
export const SLACK = 64;

/**
 * How much wider and higher than a square a pixel is shown; the shorter side is 1.
 *
 * @param {number | null} mmX
 * @param {number | null} mmY
 * @returns {Point}
 */
export function aspectOf(mmX, mmY) {
  if (mmX === null || mmY === null || !(mmX > 0) || !(mmY > 0)) return [1, 1];
  const least = Math.min(mmX, mmY);
  return [mmX / least, mmY / least];
}

/**
 * Size of the whole picture at scale 1.
 *
 * @param {Size} picture
 * @param {Point} aspect
 * @returns {Size}
 */
export function sheetOf(picture, aspect) {
  return { width: picture.width * aspect[0], height: picture.height * aspect[1] };
}

/**
 * @param {View} view
 * @param {Point} aspect
 * @param {Point} point  of the picture
 * @returns {Point} on the stage
 */
export function toStage(view, aspect, [x, y]) {
  return [view.x + (x + 0.5) * view.scale * aspect[0], view.y + (y + 0.5) * view.scale * aspect[1]];
}

/**
 * @param {View} view
 * @param {Point} aspect
 * @param {Point} point  of the stage
 * @returns {Point} in the picture
 */
export function toPicture(view, aspect, [x, y]) {
  return [
    (x - view.x) / (view.scale * aspect[0]) - 0.5,
    (y - view.y) / (view.scale * aspect[1]) - 0.5,
  ];
}

/**
 * The scale at which the whole picture is seen.
 *
 * @param {Size} room
 * @param {Size} sheet
 */
export function fitScale(room, sheet) {
  const scale = Math.min(room.width / sheet.width, room.height / sheet.height);
  return Math.min(Math.max(scale, 0.01), CLOSEST);
}

/**
 * `view` within its bounds: a small picture stands in the middle, a large one leaves no side empty.
 *
 * @param {View} view
 * @param {Size} room
 * @param {Size} sheet
 * @returns {View}
 */
export function bounded(view, room, sheet) {
  const least = Math.min(fitScale(room, sheet), 1);
  const scale = Math.min(Math.max(view.scale, least), CLOSEST);
  return {
    scale,
    x: boundedEdge(view.x, room.width, sheet.width * scale),
    y: boundedEdge(view.y, room.height, sheet.height * scale),
  };
}

/**
 * @param {number} edge
 * @param {number} room
 * @param {number} extent
 */
function boundedEdge(edge, room, extent) {
  const spare = room - extent;
  if (spare >= 0) return spare / 2;
  // The slack grows from nothing, so that the picture does not jump where it outgrows the stage.
  const slack = Math.min(SLACK, -spare / 2, room / 2);
  return Math.min(Math.max(edge, spare - slack), slack);
}

/**
 * The whole picture, in the middle.
 *
 * @param {Size} room
 * @param {Size} sheet
 * @returns {View}
 */
export function fitted(room, sheet) {
  return bounded({ scale: fitScale(room, sheet), x: 0, y: 0 }, room, sheet);
}

/**
 * `view` at another scale; what is at `at` on the stage stays there as far as the bounds allow.
 *
 * @param {View} view
 * @param {number} scale
 * @param {Point} at
 * @param {Size} room
 * @param {Size} sheet
 */
export function zoomed(view, scale, at, room, sheet) {
  const least = Math.min(fitScale(room, sheet), 1);
  const wanted = Math.min(Math.max(scale, least), CLOSEST);
  const times = wanted / view.scale;
  const x = at[0] - (at[0] - view.x) * times;
  const y = at[1] - (at[1] - view.y) * times;
  return bounded({ scale: wanted, x, y }, room, sheet);
}

/**
 * Distance between two points: mm where both sides of a pixel are known, else pixels.
 *
 * @param {Point} a
 * @param {Point} b
 * @param {number | null} mmX
 * @param {number | null} mmY
 * @returns {{length: number, unit: "mm" | "px"}}
 */
export function distance(a, b, mmX, mmY) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  if (mmX === null || mmY === null) return { length: Math.hypot(dx, dy), unit: "px" };
  return { length: Math.hypot(dx * mmX, dy * mmY), unit: "mm" };
}

/**
 * Left, top, right and bottom.
 *
 * @param {Point[]} points
 * @returns {[number, number, number, number]}
 */
export function boxOf(points) {
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/**
 * `point` moved onto the picture, between the middles of its outermost pixels.
 *
 * @param {Point} point
 * @param {Size} picture
 * @returns {Point}
 */
export function within([x, y], picture) {
  return [
    Math.min(Math.max(x, 0), picture.width - 1),
    Math.min(Math.max(y, 0), picture.height - 1),
  ];
}
