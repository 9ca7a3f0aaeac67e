/** The number and size beside each focus, and where the chip of the selected thing goes. */

import { seenCalipers } from "./calipers.js";
import { html, svg } from "./dom.js";
import { boxOf } from "./geometry.js";
import { HALO, YELLOW } from "./ink.js";
import { placesFor } from "./places.js";
import { focusAtHand, seenFoci } from "./state.js";
import { toStage } from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./state.js").State} State
 * @typedef {import("./types.js").Focus} Focus
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./places.js").Box} Box
 */

const FONT = {
  size: 13,
  family: '"Segoe UI", "Helvetica Neue", "Noto Sans", system-ui, sans-serif',
};

/** Height of a label and of its badge, gap between them: CSS pixels. */
const HEIGHT = 20;
const GAP = 5;

/** Room that the handles and the line of a focus take about it: CSS pixels. */
const RIM = 7;

/**
 * @param {Bench} bench
 * @param {ReturnType<typeof import("./chip.js").makeChip>} chip
 */
export function makeLabels(bench, chip) {
  const element = svg("g", { class: "viewer-labels" });
  const width = widths();

  /**
   * Each label is made once for what it says, and then only moved.
   *
   * @type {Map<string, SVGGElement>}
   */
  let made = new Map();

  /** @param {State} now */
  function draw(now) {
    const chosen = focusAtHand(now);
    const all = seenFoci(now).filter(({ outline }) => outline.length > 0);
    const listed = now.layers.includes("labels") ? all.filter(({ id }) => id !== chosen?.id) : [];
    const wanted = listed.map((focus) => ({
      box: boxAround(now, focus.outline),
      size: sizeOf(focus, width),
    }));
    const first = chip.wanted(now);
    const places = placesFor(
      first === null ? wanted : [first, ...wanted],
      [...all.map((focus) => boxAround(now, focus.outline)), ...endsOf(now)],
      now.room,
    );
    if (first !== null) chip.put(places.shift() ?? null);
    put(listed, places);
  }

  /**
   * @param {Focus[]} foci
   * @param {(Point | null)[]} places
   */
  function put(foci, places) {
    /** @type {typeof made} */
    const kept = new Map();
    foci.forEach((focus, i) => {
      const place = places[i];
      if (place === null) return;
      const says = `${focus.number} ${textOf(focus)}`;
      const label = made.get(says) ?? labelOf(focus, width);
      label.setAttribute("transform", `translate(${place[0].toFixed(1)} ${place[1].toFixed(1)})`);
      kept.set(says, label);
    });
    made = kept;
    const labels = [...kept.values()];
    const same =
      labels.length === element.childElementCount &&
      labels.every((l, i) => l === element.children[i]);
    if (!same) element.replaceChildren(...labels);
  }

  /** @param {Focus} focus */
  function textOf({ label, by_hand }) {
    return by_hand && label !== "" ? `${label} · ${bench.words.by_hand}` : label;
  }

  /**
   * @param {Focus} focus
   * @param {ReturnType<typeof widths>} wide
   */
  function sizeOf(focus, wide) {
    const text = textOf(focus);
    return {
      width: badgeWidth(focus, wide) + (text === "" ? 0 : GAP + wide(text)),
      height: HEIGHT,
    };
  }

  /**
   * @param {Focus} focus
   * @param {ReturnType<typeof widths>} wide
   */
  function labelOf(focus, wide) {
    const badge = badgeWidth(focus, wide);
    const base = HEIGHT / 2 + 0.36 * FONT.size;
    const font = { "font-size": FONT.size, "font-family": FONT.family, "font-weight": 600 };
    return svg("g", {}, [
      svg("rect", {
        width: badge,
        height: HEIGHT,
        rx: HEIGHT / 2,
        fill: YELLOW,
        stroke: HALO,
        "stroke-width": 1.5,
      }),
      svg("text", { ...font, x: badge / 2, y: base, "text-anchor": "middle", fill: HALO }, [
        String(focus.number),
      ]),
      svg(
        "text",
        {
          ...font,
          x: badge + GAP,
          y: base,
          fill: "#ffffff",
          stroke: HALO,
          "stroke-width": 3,
          "stroke-linejoin": "round",
          "paint-order": "stroke",
        },
        [textOf(focus)],
      ),
    ]);
  }

  return { element, draw };
}

/**
 * @param {State} now
 * @param {Point[]} points
 * @returns {Box}
 */
export function boxAround(now, points) {
  const [left, top, right, bottom] = boxOf(points.map((point) => toStage(now, point)));
  return [left - RIM, top - RIM, right + RIM, bottom + RIM];
}

/**
 * The ends of what was measured, which no label may cover.
 *
 * @param {State} now
 */
function endsOf(now) {
  return seenCalipers(now).flatMap(({ ends }) => ends.map((end) => boxAround(now, [end])));
}

/**
 * @param {Focus} focus
 * @param {ReturnType<typeof widths>} wide
 */
function badgeWidth(focus, wide) {
  return Math.max(HEIGHT, wide(String(focus.number)) + 12);
}

/** Tells how wide a text will be, without laying out the page. */
function widths() {
  const pen = html("canvas").getContext("2d");
  /** @type {Map<string, number>} */
  const known = new Map();
  return (/** @type {string} */ text) => {
    let wide = known.get(text);
    if (wide === undefined) {
      if (pen !== null) pen.font = `600 ${FONT.size}px ${FONT.family}`;
      wide = pen === null ? text.length * FONT.size : pen.measureText(text).width;
      known.set(text, wide);
    }
    return wide;
  };
}
