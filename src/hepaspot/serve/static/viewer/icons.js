/** The icons: lines on a field of 20 by 20, drawn for this viewer. */

import { svg } from "./dom.js";

/** @typedef {keyof typeof LINES} IconName */

const LINES = {
  move: [
    "M10 2.5v15M2.5 10h15",
    "M7.5 5 10 2.5 12.5 5M7.5 15l2.5 2.5 2.5-2.5M5 7.5 2.5 10 5 12.5M15 7.5l2.5 2.5-2.5 2.5",
  ],
  measure: ["M4.5 2v5M2 4.5h5M15.5 13v5M13 15.5h5", "M6.7 6.7 8 8M9.4 9.4l1.2 1.2M12 12l1.3 1.3"],
  mark: ["M10 2v3.5M10 14.5V18M2 10h3.5M14.5 10H18", "M10 7v6M7 10h6"],
  layers: ["m10 3 7.5 4-7.5 4-7.5-4z", "m2.5 10.5 7.5 4 7.5-4", "m2.5 13.8 7.5 3.7 7.5-3.7"],
  light: [
    "M10 3.5a6.5 6.5 0 1 0 0 13z",
    "M10 3.5a6.5 6.5 0 0 1 0 13",
    "M12.5 7.5h3M12.5 12.5h3M13 10h3.4",
  ],
  help: ["M7 7.6a3 3 0 1 1 4.6 2.5c-1 .6-1.6 1.2-1.6 2.4", "M10 15.7v.1"],
  plus: ["M10 4v12M4 10h12"],
  minus: ["M4 10h12"],
  fit: ["M3 6.5V4h2.5M14.5 4H17v2.5M17 13.5V16h-2.5M5.5 16H3v-2.5", "M6.5 7.5h7v5h-7z"],
  one: ["M5.5 6.5 7.5 5v10M12.5 6.5l2-1.5v10", "M10.6 8.3v.1M10.6 12.3v.1"],
  play: ["M6 3.8v12.4L16 10z"],
  pause: ["M7 4v12M13 4v12"],
  before: ["M12.5 4.5 7 10l5.5 5.5"],
  after: ["M7.5 4.5 13 10l-5.5 5.5"],
  best: ["m10 3 2.1 4.5 4.9.6-3.6 3.4.9 4.9L10 14l-4.3 2.4.9-4.9L3 8.1l4.9-.6z"],
  remove: ["M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11", "M8.5 8.5v5M11.5 8.5v5"],
  close: ["m5 5 10 10M15 5 5 15"],
  reset: ["M4.2 8A6.3 6.3 0 1 1 4 12", "M4 3.8V8h4.2"],
};

/**
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const lines = LINES[name].map((d) => svg("path", { d }));
  return svg("svg", { viewBox: "0 0 20 20", class: "viewer-icon", "aria-hidden": "true" }, lines);
}
