/** Where labels go: beside what they name, on no focus and on no other label. */

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Size} Size
 * @typedef {[number, number, number, number]} Box  left, top, right, bottom
 */

/** Distances from the thing at which a place is tried: CSS pixels. */
const GAPS = [8, 20, 36, 60];

/** On a stage less wide, what stands beside a thing would hide the rest: CSS pixels. */
const NARROW = 480;

/** A label keeps so far from the edge of the stage: CSS pixels. */
const EDGE = 4;

/**
 * @typedef {object} Wanted
 * @property {Box} box  of the thing
 * @property {Size} size  of the label
 * @property {boolean} [large]  goes into a corner of a narrow stage
 */

/**
 * Places for labels of the given sizes, each beside its box; the first ones choose first.
 *
 * @param {Wanted[]} wanted
 * @param {Box[]} taken  that no label may cover
 * @param {Size} room
 * @returns {(Point | null)[]} top left corners; null where the thing itself is out of sight
 */
export function placesFor(wanted, taken, room) {
  const filled = [...taken];
  return wanted.map(({ box, size, large }) => {
    if (box[0] > room.width || box[1] > room.height || box[2] < 0 || box[3] < 0) return null;
    const places = large && room.width < NARROW ? CORNERS : [...around(box, size)];
    const tried = places.map((at) => held(at, size, room));
    const free = tried.find((at) => filled.every((other) => !overlap(boxAt(at, size), other)));
    const place = free ?? tried[0];
    filled.push(boxAt(place, size));
    return place;
  });
}

/**
 * Far outside; `held` brings them in. Below first: there a picture is darkest.
 *
 * @type {Point[]}
 */
const CORNERS = [
  [-1e6, 1e6],
  [1e6, 1e6],
  [-1e6, -1e6],
  [1e6, -1e6],
];

/**
 * @param {Box} box
 * @param {Size} size
 * @returns {Generator<Point>}
 */
function* around([left, top, right, bottom], { width, height }) {
  const [x, y] = [(left + right - width) / 2, (top + bottom - height) / 2];
  for (const gap of GAPS) {
    yield [right + gap, y];
    yield [left - gap - width, y];
    yield [x, top - gap - height];
    yield [right + gap, top - gap - height];
    yield [left - gap - width, top - gap - height];
    yield [right + gap, bottom + gap];
    yield [left - gap - width, bottom + gap];
    yield [x, bottom + gap];
  }
}

/**
 * @param {Point} at
 * @param {Size} size
 * @param {Size} room
 * @returns {Point}
 */
function held([x, y], { width, height }, room) {
  return [
    Math.max(Math.min(x, room.width - width - EDGE), EDGE),
    Math.max(Math.min(y, room.height - height - EDGE), EDGE),
  ];
}

/**
 * @param {Point} at
 * @param {Size} size
 * @returns {Box}
 */
function boxAt([x, y], { width, height }) {
  return [x, y, x + width, y + height];
}

/**
 * @param {Box} a
 * @param {Box} b
 */
function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
