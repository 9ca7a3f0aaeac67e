/** The desk: which picture lies on it, how it is looked at, what a person is doing with it. */

import { NEUTRAL } from "./levels.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Picture} Picture
 * @typedef {import("./types.js").Focus} Focus
 * @typedef {import("./types.js").View} View
 * @typedef {import("./types.js").Size} Size
 * @typedef {import("./levels.js").Levels} Levels
 *
 * @typedef {"foci" | "behind" | "tubes" | "fan" | "liver" | "labels"} Layer
 * @typedef {{id: number, frame: number, ends: [Point, Point]}} Caliper
 * @typedef {{x: number, y: number, frame: number}} Spot
 *
 * @typedef {object} State  never changed: a change makes another one
 * @property {Picture} picture
 * @property {number} updates  how often the page gave a picture
 * @property {number} frame  the one that is asked for
 * @property {number | null} drawn  the one that is seen; another until that has come
 * @property {boolean} playing
 * @property {Size} room  of the stage: CSS pixels
 * @property {View} view
 * @property {boolean} fitting  whether the whole picture stays in view when the stage changes
 * @property {import("./types.js").Tool} tool
 * @property {readonly Layer[]} layers  those that are shown
 * @property {Levels} levels
 * @property {readonly Caliper[]} calipers
 * @property {number | null} caliper  the selected one
 * @property {{frame: number, ends: [Point, Point]} | null} draft  a caliper that is not done
 * @property {Point | null} cross  the crosshair that keys move
 * @property {string | null} selected  id of a focus
 * @property {{id: string, outline: Point[]} | null} edit  an outline that is not handed on yet
 * @property {Readonly<Record<string, Point[]>>} reshaped  outlines that are being saved
 * @property {readonly string[]} gone  foci whose removal is being saved
 * @property {readonly Spot[]} spots  new ones that are being saved
 * @property {{outline: Point[], frame: number} | null} lit
 *
 * @typedef {ReturnType<typeof makeDesk>} Desk
 */

/** @type {readonly Layer[]} */
export const LAYERS = ["foci", "behind", "tubes", "fan", "liver", "labels"];

/**
 * @param {Picture} picture
 * @returns {State}
 */
export function startOf(picture) {
  return {
    picture,
    updates: 0,
    frame: clampFrame(picture, picture.frame),
    drawn: null,
    playing: false,
    room: { width: 0, height: 0 },
    view: { scale: 1, x: 0, y: 0 },
    fitting: true,
    tool: "move",
    layers: LAYERS,
    levels: NEUTRAL,
    calipers: [],
    caliper: null,
    draft: null,
    cross: null,
    selected: null,
    edit: null,
    reshaped: {},
    gone: [],
    spots: [],
    lit: null,
  };
}

/**
 * @param {Picture} picture
 * @param {number} frame
 */
export function clampFrame(picture, frame) {
  return Math.min(Math.max(Math.round(frame) || 0, 0), Math.max(picture.frames - 1, 0));
}

/**
 * The foci as they stand, with what is being saved.
 *
 * @param {State} now
 * @returns {Focus[]}
 */
export function fociOf(now) {
  return now.picture.foci
    .filter((focus) => !now.gone.includes(focus.id))
    .map((focus) => {
      const outline = now.reshaped[focus.id];
      return outline === undefined ? focus : { ...focus, outline, by_hand: true };
    });
}

/**
 * The foci of the frame that is seen.
 *
 * @param {State} now
 */
export function seenFoci(now) {
  return fociOf(now).filter((focus) => focus.frame === now.drawn);
}

/**
 * The selected focus where it can be worked on: seen, and not switched off.
 *
 * @param {State} now
 */
export function focusAtHand(now) {
  if (!now.layers.includes("foci")) return null;
  return seenFoci(now).find((focus) => focus.id === now.selected) ?? null;
}

/**
 * Holds the state; who listens draws it, at most once for each image of the screen.
 *
 * @param {State} first
 */
export function makeDesk(first) {
  let now = first;
  /** @type {State | null} */
  let drawn = null;
  let asked = 0;
  /** @type {((now: State, before: State | null) => void)[]} */
  const listeners = [];

  function draw() {
    asked = 0;
    const before = drawn;
    drawn = now;
    for (const listener of listeners) listener(drawn, before);
  }

  return {
    get now() {
      return now;
    },
    /** @param {Partial<State>} patch */
    change(patch) {
      now = { ...now, ...patch };
      if (asked === 0) asked = requestAnimationFrame(draw);
    },
    /** @param {(now: State, before: State | null) => void} listener */
    listen(listener) {
      listeners.push(listener);
    },
    close() {
      cancelAnimationFrame(asked);
      listeners.length = 0;
    },
  };
}
