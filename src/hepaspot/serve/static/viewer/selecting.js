/** Which focus, and which frame, a person is at. */

import { filled } from "./dom.js";
import { commit } from "./reshaping.js";
import { LAYERS, clampFrame, fociOf } from "./state.js";
import { bringIntoView } from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./types.js").Focus} Focus
 */

/**
 * @param {Bench} bench
 * @param {number} frame
 */
export function goTo(bench, frame) {
  const { desk } = bench;
  const wanted = clampFrame(desk.now.picture, frame);
  if (wanted === desk.now.frame) return;
  commit(bench);
  desk.change({ frame: wanted, draft: null });
}

/**
 * Moves by frames; beyond the last comes the first.
 *
 * @param {Bench} bench
 * @param {number} by
 */
export function step(bench, by) {
  const { frame, picture } = bench.desk.now;
  bench.desk.change({ playing: false });
  goTo(bench, (frame + by + picture.frames) % picture.frames);
  sayFrame(bench);
}

/** @param {Bench} bench */
export function goToBest(bench) {
  bench.desk.change({ playing: false });
  goTo(bench, bench.desk.now.picture.frame);
  sayFrame(bench);
}

/** @param {Bench} bench */
function sayFrame({ desk, live, words }) {
  const { picture, frame } = desk.now;
  if (picture.frames > 1) live.say(frameText(words, picture, frame));
}

/**
 * @param {import("./words.js").ViewerWords} words
 * @param {import("./types.js").Picture} picture
 * @param {number} frame
 */
export function frameText(words, picture, frame) {
  const text = frame === picture.frame ? words.frame_best : words.frame_of;
  return filled(text, { frame: frame + 1, frames: picture.frames });
}

/**
 * Selects a focus, goes to its frame and brings it into view.
 *
 * @param {Bench} bench
 * @param {string | null} id
 */
export function show(bench, id) {
  const { desk } = bench;
  const focus = fociOf(desk.now).find((each) => each.id === id) ?? null;
  if (desk.now.edit !== null && desk.now.edit.id !== focus?.id) commit(bench);
  if (focus === null) {
    desk.change({ selected: null });
    return;
  }
  const layers = LAYERS.filter((layer) => layer === "foci" || desk.now.layers.includes(layer));
  desk.change({ selected: focus.id, caliper: null, playing: false, layers });
  goTo(bench, focus.frame);
  bringIntoView(desk, focus.outline);
}

/**
 * As `show`, by a person: it is said, and the page hears of it.
 *
 * @param {Bench} bench
 * @param {string | null} id
 */
export function select(bench, id) {
  const { desk, live, words } = bench;
  const before = desk.now.selected;
  show(bench, id);
  const { selected } = desk.now;
  if (selected === before) return;
  const focus = fociOf(desk.now).find((each) => each.id === selected);
  live.say(focus === undefined ? words.none_selected : spotText(bench, focus));
  bench.onSelect(selected);
}

/**
 * @param {Bench} bench
 * @param {number} by  1 for the next, -1 for the one before
 */
export function selectNext(bench, by) {
  const foci = [...fociOf(bench.desk.now)].sort((a, b) => a.number - b.number);
  if (foci.length === 0) {
    bench.live.say(bench.words.no_spots);
    return;
  }
  const at = foci.findIndex(({ id }) => id === bench.desk.now.selected);
  const from = at < 0 && by < 0 ? 0 : at;
  select(bench, foci[(from + by + foci.length) % foci.length].id);
}

/**
 * @param {Bench} bench
 * @param {Focus} focus
 */
export function spotText({ desk, words }, focus) {
  return filled(focus.by_hand ? words.spot_by_hand : words.spot, {
    number: focus.number,
    count: fociOf(desk.now).length,
    label: focus.label,
    tone: words[`tone_${focus.tone}`],
  });
}

/**
 * @param {Bench} bench
 * @param {Focus} focus
 */
export function remove(bench, focus) {
  const { desk, live, words } = bench;
  desk.change({ selected: null, edit: null });
  bench.saver.remove(focus.id);
  live.say(filled(words.spot_removed, { number: focus.number }));
  bench.onSelect(null);
}
