/** How each thing is drawn: as in the annotated picture, a colour and a line style of its own. */

import { svg } from "./dom.js";

/**
 * @typedef {"focus" | "shadow" | "echoes" | "tube" | "liver" | "fan" | "caliper" | "lit"} Kind
 * @typedef {{colour: string, width: number, dashes: string}} Stroke  in CSS pixels
 */

export const YELLOW = "#f0e442";

/** Under every line, so that it is seen on bright tissue too. */
export const HALO = "#000000";

/** Width of the halo on either side: CSS pixels. */
const HALO_WIDTH = 1;

/** Colours of Okabe and Ito; no two things share a line style, so grey is enough to tell them. */
export const STROKES = /** @type {Readonly<Record<Kind, Stroke>>} */ ({
  focus: { colour: YELLOW, width: 1.75, dashes: "" },
  shadow: { colour: "#56b4e9", width: 1.5, dashes: "9 4 0 4" },
  echoes: { colour: "#56b4e9", width: 1.75, dashes: "0 4.5" },
  tube: { colour: "#e69f00", width: 1.5, dashes: "4 3.5" },
  liver: { colour: "#009e73", width: 1.5, dashes: "11 8" },
  fan: { colour: "#ffffff", width: 0.75, dashes: "" },
  caliper: { colour: "#f3b0d6", width: 1.25, dashes: "2 3" },
  lit: { colour: "#ffffff", width: 2.5, dashes: "" },
});

/**
 * A line twice: its dark halo and itself, as thin at every scale.
 *
 * @param {Kind} kind
 * @param {string} d
 * @param {number} [times]  wider
 */
export function lines(kind, d, times = 1) {
  const { colour, width, dashes } = STROKES[kind];
  const shared = { d, fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" };
  const still = { ...shared, "vector-effect": "non-scaling-stroke" };
  const dashed = { "stroke-dasharray": dashes === "" ? false : dashes };
  const wide = width * times;
  return svg("g", { class: `viewer-line viewer-line-${kind}` }, [
    svg("path", {
      ...still,
      ...dashed,
      stroke: HALO,
      "stroke-opacity": 0.75,
      "stroke-width": wide + 2 * HALO_WIDTH,
    }),
    svg("path", { ...still, ...dashed, stroke: colour, "stroke-width": wide }),
  ]);
}

/**
 * @param {import("./types.js").Point[]} points
 * @param {boolean} [closed]
 */
export function pathOf(points, closed = true) {
  if (points.length === 0) return "";
  const steps = points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`);
  return `M${steps.join("L")}${closed ? "Z" : ""}`;
}

/**
 * A sample of a line, for the list of what is drawn.
 *
 * @param {Kind[]} kinds
 */
export function sample(kinds) {
  const gap = 16 / (kinds.length + 1);
  return svg(
    "svg",
    { viewBox: "0 0 30 16", class: "viewer-sample", "aria-hidden": "true" },
    kinds.map((kind, i) => lines(kind, `M3 ${(i + 1) * gap}H27`)),
  );
}
