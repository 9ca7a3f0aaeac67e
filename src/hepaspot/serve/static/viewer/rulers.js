/** Draws the calipers, and the crosshair that keys move. */

import { lengthText, seenCalipers } from "./calipers.js";
import { svg } from "./dom.js";
import { HALO, STROKES, lines, pathOf } from "./ink.js";
import { toStage } from "./views.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./types.js").Point} Point
 */

/** Half the width of the cross at each end of a caliper: CSS pixels. */
const ARM = 6;

/** Arms of the crosshair, and the gap about the pixel that is meant: CSS pixels. */
const CROSS = 18;
const CROSS_GAP = 4;

const CAUSES = /** @type {const} */ ([
  "picture",
  "drawn",
  "calipers",
  "caliper",
  "draft",
  "cross",
  "view",
  "tool",
]);

/** @param {import("./bench.js").Bench} bench */
export function makeRulers({ words }) {
  const element = svg("g", { class: "viewer-rulers" });
  return {
    element,
    /** @param {State} now @param {State | null} before */
    draw(now, before) {
      if (before !== null && CAUSES.every((cause) => now[cause] === before[cause])) return;
      const done = seenCalipers(now).map((caliper) =>
        ruler(now, caliper.ends, caliper.id === now.caliper),
      );
      const draft =
        now.draft !== null && now.draft.frame === now.drawn
          ? [ruler(now, now.draft.ends, false)]
          : [];
      const cross =
        now.cross !== null && now.tool !== "move" ? [crosshair(toStage(now, now.cross))] : [];
      element.replaceChildren(...done, ...draft, ...cross);
    },
  };

  /**
   * @param {State} now
   * @param {[Point, Point]} ends
   * @param {boolean} selected  its length stands in the chip then
   */
  function ruler(now, ends, selected) {
    const [a, b] = ends.map((end) => toStage(now, end));
    const crosses = [a, b]
      .map(([x, y]) => `M${x - ARM} ${y}h${2 * ARM}M${x} ${y - ARM}v${2 * ARM}`)
      .join("");
    const drawn = svg("g", { class: "viewer-ruler" }, [
      lines("caliper", pathOf([a, b], false)),
      plain(crosses),
    ]);
    if (!selected) drawn.append(lengthBeside(a, b, lengthText(now, words, ends)));
    return drawn;
  }
}

/** @param {string} d  drawn without gaps */
function plain(d) {
  const made = lines("caliper", d);
  for (const line of made.children) line.removeAttribute("stroke-dasharray");
  return made;
}

/**
 * @param {Point} a
 * @param {Point} b
 * @param {string} text
 */
function lengthBeside(a, b, text) {
  const [x, y] = a[0] > b[0] ? a : b;
  return svg(
    "text",
    {
      x: x + ARM + 5,
      y: y + 4.5,
      fill: STROKES.caliper.colour,
      stroke: HALO,
      "stroke-width": 3,
      "paint-order": "stroke",
      "stroke-linejoin": "round",
      "font-size": 13,
      "font-weight": 600,
      class: "viewer-length",
    },
    [text],
  );
}

/** @param {Point} at */
function crosshair([x, y]) {
  const arms = [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ].map(
    ([dx, dy]) =>
      `M${x + CROSS_GAP * dx} ${y + CROSS_GAP * dy}L${x + CROSS * dx} ${y + CROSS * dy}`,
  );
  const made = plain(arms.join(""));
  made.classList.add("viewer-cross");
  return made;
}
