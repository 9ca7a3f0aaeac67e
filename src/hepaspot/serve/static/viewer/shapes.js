/** The outlines over the picture, in its own pixels; zooming moves them without drawing anew. */

import { set, svg } from "./dom.js";
import { lines, pathOf } from "./ink.js";
import { seenFoci } from "./state.js";
import { aspect } from "./views.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./types.js").Point} Point
 */

/** What the outlines depend on; while all of it stays, they do. */
const CAUSES = /** @type {const} */ ([
  "picture",
  "drawn",
  "layers",
  "selected",
  "edit",
  "reshaped",
  "gone",
  "spots",
  "lit",
]);

/** How much wider the line of the selected focus is. */
const SELECTED = 1.5;

/** Half the diagonal of a mark that is being saved: pixels of the picture. */
const MARK = 8;

export function makeShapes() {
  const ground = svg("g");
  return {
    element: ground,
    /**
     * @param {State} now
     * @param {State | null} before
     */
    draw(now, before) {
      const [wide, high] = aspect(now).map((side) => side * now.view.scale);
      // A pixel is counted by its middle, so the first one reaches half a pixel to the left.
      const { x, y } = now.view;
      set(ground, { transform: `translate(${x} ${y}) scale(${wide} ${high}) translate(.5 .5)` });
      if (before === null || CAUSES.some((cause) => now[cause] !== before[cause])) {
        ground.replaceChildren(...shapesOf(now));
      }
    },
  };
}

/**
 * All that is drawn, the lowest first. Foci, and what lies about them, belong to the frame they
 * were seen in and are drawn on no other; so is the liver, which moves; the scanned area stays.
 *
 * @param {State} now
 */
function shapesOf(now) {
  if (now.drawn === null) return [];
  const { picture, layers } = now;
  const foci = seenFoci(now);
  /** @type {SVGGElement[]} */
  const made = [];
  if (layers.includes("fan")) made.push(...closed("fan", picture.fan));
  if (layers.includes("liver") && now.drawn === picture.frame)
    made.push(...closed("liver", picture.liver));
  for (const focus of layers.includes("behind") ? foci : []) {
    made.push(...closed(focus.is_shadow ? "shadow" : "echoes", focus.behind));
  }
  for (const focus of layers.includes("tubes") ? foci : [])
    made.push(...closed("tube", focus.tube));
  for (const focus of layers.includes("foci") ? foci : []) {
    const outline = now.edit?.id === focus.id ? now.edit.outline : focus.outline;
    made.push(...closed("focus", outline, focus.id === now.selected ? SELECTED : 1));
  }
  made.push(...now.spots.filter((spot) => spot.frame === now.drawn).map(coming));
  if (now.lit !== null && now.lit.frame === now.drawn) made.push(light(now.lit.outline));
  return made;
}

/**
 * @param {import("./ink.js").Kind} kind
 * @param {Point[] | null} outline
 * @param {number} [times]
 */
function closed(kind, outline, times = 1) {
  return outline === null || outline.length < 3 ? [] : [lines(kind, pathOf(outline), times)];
}

/** @param {import("./state.js").Spot} spot */
function coming({ x, y }) {
  const mark = lines(
    "focus",
    pathOf([
      [x - MARK, y],
      [x, y - MARK],
      [x + MARK, y],
      [x, y + MARK],
    ]),
  );
  mark.classList.add("viewer-coming");
  return mark;
}

/** @param {Point[]} outline */
function light(outline) {
  const d = pathOf(outline);
  const ground = svg("path", { d, class: "viewer-lit-ground" });
  return svg("g", { class: "viewer-lit" }, [ground, lines("lit", d)]);
}
