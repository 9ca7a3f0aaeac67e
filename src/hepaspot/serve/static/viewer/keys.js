/** Every key that does something, in one table: the viewer and its help both read it. */

import { removeCaliper } from "./calipers.js";
import { moveCross, setAtCross } from "./cross.js";
import { revert } from "./reshaping.js";
import { goToBest, remove, select, selectNext, step } from "./selecting.js";
import { LAYERS, focusAtHand } from "./state.js";
import * as views from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {(bench: Bench, far: boolean) => void} Act  `far` where Shift is held
 *
 * @typedef {object} Row
 * @property {string[]} shown
 * @property {keyof import("./words.js").ViewerWords} says
 * @property {Record<string, Act>} on  by the name of the key
 * @property {boolean} [stage]  only where the picture itself has the focus
 * @property {boolean} [clip]  only for a clip
 */

/** Arrow keys: CSS pixels that the picture moves, pixels of it that the crosshair moves. */
const PAN = 48;
const FAR_PAN = 192;
const FAR_CROSS = 10;

/** @type {readonly Row[]} */
export const ROWS = [
  {
    shown: ["+", "−"],
    says: "key_zoom",
    on: { "+": nearer, "=": nearer, "-": further, "−": further },
  },
  { shown: ["0"], says: "key_fit", on: { 0: ({ desk }) => views.fit(desk) } },
  { shown: ["1"], says: "key_one", on: { 1: ({ desk }) => views.zoomTo(desk, 1) } },
  {
    shown: ["←", "→", "↑", "↓"],
    says: "key_arrows",
    stage: true,
    on: {
      ArrowLeft: arrow(-1, 0),
      ArrowRight: arrow(1, 0),
      ArrowUp: arrow(0, -1),
      ArrowDown: arrow(0, 1),
    },
  },
  {
    shown: ["V", "M", "S"],
    says: "key_tools",
    on: { v: take("move"), m: take("measure"), s: take("mark") },
  },
  { shown: ["Enter"], says: "key_enter", stage: true, on: { Enter: enter } },
  {
    shown: ["N", "P"],
    says: "key_next",
    on: { n: (bench) => selectNext(bench, 1), p: (bench) => selectNext(bench, -1) },
  },
  { shown: ["Delete"], says: "key_delete", on: { Delete: removeChosen, Backspace: removeChosen } },
  { shown: ["O"], says: "key_layers", on: { o: toggleLayers } },
  {
    shown: [",", "."],
    says: "key_step",
    clip: true,
    on: { ",": (bench) => step(bench, -1), ".": (bench) => step(bench, 1) },
  },
  { shown: ["K", "Space"], says: "key_play", clip: true, on: { k: togglePlay, " ": togglePlay } },
  { shown: ["B"], says: "key_best", clip: true, on: { b: goToBest } },
  { shown: ["Escape"], says: "key_escape", on: { Escape: escape } },
];

/** @type {Act} */
function nearer({ desk }) {
  views.zoomBy(desk, views.STEP);
}

/** @type {Act} */
function further({ desk }) {
  views.zoomBy(desk, 1 / views.STEP);
}

/**
 * @param {number} dx
 * @param {number} dy
 * @returns {Act}
 */
function arrow(dx, dy) {
  return (bench, far) => {
    const { desk } = bench;
    // The arrow leads where one wants to look: the picture goes the other way.
    const pan = far ? FAR_PAN : PAN;
    if (desk.now.tool === "move") views.panBy(desk, -dx * pan, -dy * pan);
    else moveCross(bench, dx * (far ? FAR_CROSS : 1), dy * (far ? FAR_CROSS : 1));
  };
}

/**
 * @param {import("./types.js").Tool} tool
 * @returns {Act}
 */
export function take(tool) {
  return ({ desk }) => desk.change({ tool, draft: null, cross: null });
}

/** @type {Act} */
function enter(bench) {
  if (bench.desk.now.tool !== "move") setAtCross(bench);
}

/** @type {Act} */
export function removeChosen(bench) {
  const { caliper } = bench.desk.now;
  const focus = focusAtHand(bench.desk.now);
  if (caliper !== null) removeCaliper(bench, caliper);
  else if (focus !== null) remove(bench, focus);
}

/**
 * What was shown before all of it was hidden.
 *
 * @type {WeakMap<import("./state.js").Desk, readonly import("./state.js").Layer[]>}
 */
const hidden = new WeakMap();

/** @type {Act} */
export function toggleLayers({ desk }) {
  const { layers } = desk.now;
  if (layers.length > 0) hidden.set(desk, layers);
  desk.change({ layers: layers.length > 0 ? [] : (hidden.get(desk) ?? LAYERS) });
}

/** @type {Act} */
export function togglePlay({ desk }) {
  desk.change({ playing: !desk.now.playing && desk.now.picture.frames > 1 });
}

/**
 * Steps back from what is being done, one thing at a time.
 *
 * @type {Act}
 */
function escape(bench) {
  const { desk } = bench;
  if (desk.now.draft !== null) desk.change({ draft: null });
  else if (revert(bench)) return;
  else if (desk.now.tool !== "move") take("move")(bench, false);
  else if (desk.now.caliper !== null) desk.change({ caliper: null });
  else select(bench, null);
}

/**
 * @param {HTMLElement} whole
 * @param {HTMLElement} surface
 * @param {Bench} bench
 * @param {() => boolean} cancelDrag
 */
export function listenToKeys(whole, surface, bench, cancelDrag) {
  whole.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(event.target instanceof Element) || event.target.closest("dialog") !== null) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const row = ROWS.find((each) => Object.hasOwn(each.on, name));
    if (row === undefined || !applies(row, name, event.target === surface, bench)) return;
    event.preventDefault();
    if (name !== "Escape" || !cancelDrag()) row.on[name](bench, event.shiftKey);
  });
}

/**
 * @param {Row} row
 * @param {string} name
 * @param {boolean} onStage
 * @param {Bench} bench
 */
function applies(row, name, onStage, { desk }) {
  // Elsewhere the space bar presses the button that one is at.
  if (name === " " && !onStage) return false;
  return (onStage || row.stage !== true) && (row.clip !== true || desk.now.picture.frames > 1);
}
