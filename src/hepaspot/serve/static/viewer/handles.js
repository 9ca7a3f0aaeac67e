/** The handles on the outline of the selected focus: seen, reached by Tab, moved by arrow keys. */

import { filled, set, svg } from "./dom.js";
import { commit, push, revert, ringOf } from "./reshaping.js";
import { toStage } from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./types.js").Point} Point
 */

/** Pixels of the picture that an arrow key moves a handle; with Shift. */
const BY_KEY = 1;
const FAR_BY_KEY = 5;

/** Radius of a handle: CSS pixels; smaller where they stand close. */
const RADIUS = { most: 4.5, least: 1.25 };

/** Part of the gap to the next handle that its radius may take. */
const OF_GAP = 0.3;

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {Bench} bench */
export function makeHandles(bench) {
  const { desk, words, live } = bench;
  const element = svg("g", { class: "viewer-handles" });

  /**
   * @param {KeyboardEvent} event
   * @param {number} index
   */
  function press(event, index) {
    const ring = ringOf(desk.now);
    const arrow = ARROWS[event.key];
    if (ring === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow !== undefined) {
      if (desk.now.edit === null) live.say(words.reshaping);
      const by = event.shiftKey ? FAR_BY_KEY : BY_KEY;
      push(bench, ring, ring.handles[index], arrow[0] * by, arrow[1] * by);
    } else if (event.key === "Enter") commit(bench);
    else if (event.key !== "Escape" || !revert(bench)) return;
    event.preventDefault();
  }

  /**
   * One handle is drawn anew by moving it: it keeps the focus of the keyboard.
   *
   * @param {number} index
   */
  function made(index) {
    const dot = svg("circle", { class: "viewer-handle-dot" });
    const ring = svg("circle", { class: "viewer-handle-ring", r: 9 });
    const handle = svg("g", { class: "viewer-handle", tabindex: 0, role: "button" }, [ring, dot]);
    handle.addEventListener("keydown", (event) => press(event, index));
    // On the group of them, this listener alone would make a browser stop there with Tab.
    handle.addEventListener("focusout", leave);
    return handle;
  }

  /** @param {FocusEvent} event */
  function leave({ relatedTarget: to }) {
    // Who leaves the handles has done with them; while the window is left, nothing is decided.
    if (to instanceof Node && !element.contains(to)) commit(bench);
  }

  return {
    element,
    /** @param {import("./state.js").State} now */
    draw(now) {
      const ring = ringOf(now);
      const places = ring === null ? [] : ring.handles;
      const points = places.map((place) =>
        toStage(now, /** @type {Point[]} */ (ring?.outline)[place]),
      );
      const had = element.contains(document.activeElement);
      while (element.childElementCount > points.length) element.lastElementChild?.remove();
      if (had && !element.contains(document.activeElement)) bench.home();
      while (element.childElementCount < points.length)
        element.append(made(element.childElementCount));
      const radius = radiusFor(points);
      [...element.children].forEach((handle, i) => {
        const [x, y] = points[i];
        set(handle, {
          transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})`,
          "aria-label": filled(words.handle, { number: i + 1, count: points.length }),
        });
        if (handle.lastElementChild !== null) set(handle.lastElementChild, { r: radius });
      });
    },
  };
}

/** @param {Point[]} points  of the handles, on the stage */
function radiusFor(points) {
  const gaps = points.map(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    return Math.hypot(nextX - x, nextY - y);
  });
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(gaps.length, 1);
  return Math.min(Math.max(mean * OF_GAP, RADIUS.least), RADIUS.most).toFixed(1);
}
