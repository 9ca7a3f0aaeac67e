/** What a press on the picture does with each tool. A drag that no tool takes moves the picture. */

import * as calipers from "./calipers.js";
import { nearest, even, holds, perimeter } from "./outline.js";
import { commit, push, ringOf } from "./reshaping.js";
import { select } from "./selecting.js";
import { seenFoci } from "./state.js";
import { isOnPicture, toPicture, toStage } from "./views.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Drag} Drag
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./state.js").State} State
 *
 * @typedef {object} Press  the ways of a tool; points are on the stage
 * @property {(bench: Bench, at: Point, reach: number) => Drag | null} drag
 * @property {(bench: Bench, at: Point, reach: number) => void} click
 */

/** How far from a thing a press still means it: CSS pixels. */
export const REACH = { mouse: 10, finger: 22 };

/** @type {Readonly<Record<import("./types.js").Tool, Press>>} */
export const PRESSES = {
  move: { drag: dragHandle, click: selectAt },
  measure: { drag: dragCaliper, click: setEnd },
  mark: { drag: () => null, click: (bench, at) => mark(bench, toPicture(bench.desk.now, at)) },
};

/**
 * The place in the ring's outline of the handle near `at`.
 *
 * @param {State} now
 * @param {import("./reshaping.js").Ring} ring
 * @param {Point} at
 * @param {number} reach
 */
export function handleNear(now, ring, at, reach) {
  const handles = ring.handles.map((place) => toStage(now, ring.outline[place]));
  const { place, far } = nearest(handles, at);
  return far <= reach ? ring.handles[place] : null;
}

/** @type {Press["drag"]} */
function dragHandle(bench, at, reach) {
  const { desk } = bench;
  const end = calipers.endNear(desk.now, at, reach);
  if (end !== null) return dragEnd(bench, end.caliper, end.end);
  const ring = ringOf(desk.now);
  const place = ring === null ? null : handleNear(desk.now, ring, at, reach);
  if (ring === null || place === null) return null;
  const from = toPicture(desk.now, at);
  const before = desk.now.edit;
  return {
    move(to) {
      const [x, y] = toPicture(desk.now, to);
      push(bench, ring, place, x - from[0], y - from[1]);
    },
    end: () => void commit(bench),
    cancel: () => desk.change({ edit: before }),
  };
}

/** @type {Press["click"]} */
function selectAt(bench, at, reach) {
  const { desk } = bench;
  const end = calipers.endNear(desk.now, at, reach);
  if (end === null) {
    desk.change({ caliper: null });
    select(bench, focusNear(desk.now, at, reach));
  } else pickCaliper(bench, end.caliper);
}

/**
 * @param {Bench} bench
 * @param {import("./state.js").Caliper} caliper
 */
export function pickCaliper(bench, caliper) {
  select(bench, null);
  bench.desk.change({ caliper: caliper.id });
  calipers.sayLength(bench, caliper.ends);
}

/**
 * The smallest focus that holds `at` or whose line is near.
 *
 * @param {State} now
 * @param {Point} at
 * @param {number} reach
 */
export function focusNear(now, at, reach) {
  if (!now.layers.includes("foci")) return null;
  const point = toPicture(now, at);
  const meant = seenFoci(now).filter(({ outline }) => {
    if (outline.length < 3) return false;
    const line = even(outline, 96).map((each) => toStage(now, each));
    return holds(outline, point) || nearest(line, at).far <= reach;
  });
  meant.sort((a, b) => perimeter(a.outline) - perimeter(b.outline));
  return meant.length === 0 ? null : meant[0].id;
}

/** @type {Press["drag"]} */
function dragCaliper(bench, at, reach) {
  const { desk } = bench;
  const near = desk.now.draft === null ? calipers.endNear(desk.now, at, reach) : null;
  if (near !== null) return dragEnd(bench, near.caliper, near.end);
  // A drag after a first click moves the second end; else it sets both.
  if (desk.now.draft === null) calipers.start(bench, toPicture(desk.now, at));
  return {
    move: (to) => calipers.stretch(bench, toPicture(desk.now, to)),
    end: (to) => calipers.finish(bench, toPicture(desk.now, to)),
    cancel: () => desk.change({ draft: null }),
  };
}

/**
 * @param {Bench} bench
 * @param {import("./state.js").Caliper} caliper
 * @param {0 | 1} end
 * @returns {Drag}
 */
function dragEnd(bench, caliper, end) {
  const { desk } = bench;
  return {
    move: (to) => calipers.moveEnd(bench, caliper.id, end, toPicture(desk.now, to)),
    end() {
      const moved = desk.now.calipers.find(({ id }) => id === caliper.id);
      if (moved !== undefined) calipers.sayLength(bench, moved.ends);
    },
    cancel: () => calipers.moveEnd(bench, caliper.id, end, caliper.ends[end]),
  };
}

/** @type {Press["click"]} */
function setEnd(bench, at, reach) {
  const { desk } = bench;
  const near = desk.now.draft === null ? calipers.endNear(desk.now, at, reach) : null;
  if (near === null) setEndAt(bench, toPicture(desk.now, at));
  else pickCaliper(bench, near.caliper);
}

/**
 * @param {Bench} bench
 * @param {Point} point
 */
export function setEndAt(bench, point) {
  if (bench.desk.now.draft === null) calipers.start(bench, point);
  else calipers.finish(bench, point);
}

/**
 * @param {Bench} bench
 * @param {Point} point
 */
export function mark({ desk, saver, live, words }, point) {
  const { drawn } = desk.now;
  if (drawn === null) return;
  if (!isOnPicture(desk.now, point)) {
    live.say(words.outside_picture);
    return;
  }
  const [x, y] = point.map((part) => Math.round(part * 10) / 10);
  const { width, height } = desk.now.picture;
  saver.add({
    x: Math.min(Math.max(x, 0), width - 1),
    y: Math.min(Math.max(y, 0), height - 1),
    frame: drawn,
  });
  live.say(words.marked);
}
