/** Mouse, pen and fingers on the picture: presses, drags, pinches, the wheel. */

import { stretch } from "./calipers.js";
import { CLOSEST } from "./geometry.js";
import { ringOf } from "./reshaping.js";
import { PRESSES, REACH, focusNear, handleNear } from "./tools.js";
import * as views from "./views.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./types.js").Drag} Drag
 * @typedef {import("./bench.js").Bench} Bench
 *
 * @typedef {object} Pressed
 * @property {number} id  of the pointer
 * @property {Point} start
 * @property {Point} last
 * @property {boolean} finger
 * @property {boolean} pans  whether it moves the picture with any tool
 * @property {Drag | null} drag
 * @property {boolean} moved
 */

/** A press that moves less is a click: CSS pixels. */
const STILL = { mouse: 3, finger: 9 };

/** Two clicks are a double one within this time (ms) and distance (CSS pixels). */
const DOUBLE = { time: 350, far: 24 };

/** How much nearer a double click brings the picture, and beyond which scale it leads back. */
const DOUBLE_ZOOM = 2.5;
const DOUBLE_MOST = 0.75 * CLOSEST;

/** Turns of the wheel, in CSS pixels, that double the scale; a pinch on a trackpad turns less. */
const WHEEL_DOUBLES = 320;
const PINCH_DOUBLES = 70;
const LINE = 32;

/**
 * @param {HTMLElement} surface
 * @param {Bench} bench
 */
export function listenToPointers(surface, bench) {
  const { desk } = bench;
  /** @type {Map<number, Point>} */
  const down = new Map();
  /** @type {Pressed | null} */
  let pressed = null;
  let clicked = { time: -Infinity, at: /** @type {Point} */ ([0, 0]) };

  // A whole picture has nowhere to be moved to: a finger on it then scrolls the page.
  desk.listen((now) => {
    const scrolls = now.fitting && now.tool === "move" && now.selected === null;
    surface.classList.toggle("viewer-scrolls", scrolls);
  });

  /** @param {MouseEvent} event @returns {Point} */
  function at(event) {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function cancel() {
    const had = pressed !== null && pressed.drag !== null && pressed.moved;
    pressed?.drag?.cancel();
    pressed = null;
    return had;
  }

  /** @param {PointerEvent} event */
  function press(event) {
    if (event.pointerType === "mouse" && event.button > 1) return;
    event.preventDefault();
    surface.focus({ preventScroll: true });
    surface.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    // A second finger means the picture, whatever the first one began.
    if (down.size > 1) cancel();
    else begin(event);
  }

  /** @param {PointerEvent} event */
  function begin(event) {
    const finger = event.pointerType === "touch";
    const start = at(event);
    const pans = event.button === 1;
    pressed = { id: event.pointerId, start, last: start, finger, pans, drag: null, moved: false };
  }

  /** @param {PointerEvent} event */
  function move(event) {
    const before = down.get(event.pointerId);
    if (before === undefined) hover(at(event));
    else {
      const others = [...down].filter(([id]) => id !== event.pointerId);
      down.set(event.pointerId, at(event));
      if (others.length === 1) pinch(others[0][1], before, at(event));
      else if (pressed?.id === event.pointerId) drag(pressed, at(event));
    }
  }

  /**
   * @param {Pressed} now
   * @param {Point} to
   */
  function drag(now, to) {
    if (!now.moved) {
      const still = now.finger ? STILL.finger : STILL.mouse;
      if (Math.hypot(to[0] - now.start[0], to[1] - now.start[1]) < still) return;
      now.moved = true;
      now.drag = now.pans ? null : PRESSES[desk.now.tool].drag(bench, now.start, reachOf(now));
    }
    if (now.drag !== null) now.drag.move(to);
    else views.panBy(desk, to[0] - now.last[0], to[1] - now.last[1]);
    now.last = to;
  }

  /**
   * @param {Point} still  the finger that does not move now
   * @param {Point} from
   * @param {Point} to
   */
  function pinch(still, from, to) {
    const spread = (/** @type {Point} */ end) => Math.hypot(end[0] - still[0], end[1] - still[1]);
    views.panBy(desk, (to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
    const middle = /** @type {Point} */ ([(to[0] + still[0]) / 2, (to[1] + still[1]) / 2]);
    if (spread(from) > 0) views.zoomBy(desk, spread(to) / spread(from), middle);
  }

  /** @param {PointerEvent} event */
  function release(event) {
    down.delete(event.pointerId);
    const now = pressed;
    if (now === null || now.id !== event.pointerId) return;
    pressed = null;
    if (!now.moved && !now.pans) click(at(event), reachOf(now), event.timeStamp);
    else now.drag?.end(at(event));
  }

  /** @param {PointerEvent} event */
  function lose(event) {
    down.delete(event.pointerId);
    if (pressed?.id === event.pointerId) cancel();
  }

  /**
   * @param {Point} to
   * @param {number} reach
   * @param {number} time
   */
  function click(to, reach, time) {
    const far = Math.hypot(to[0] - clicked.at[0], to[1] - clicked.at[1]);
    const twice = time - clicked.time < DOUBLE.time && far < DOUBLE.far;
    clicked = { time: twice ? -Infinity : time, at: to };
    if (!twice || desk.now.tool !== "move") PRESSES[desk.now.tool].click(bench, to, reach);
    else if (desk.now.view.scale >= DOUBLE_MOST) views.fit(desk);
    else views.zoomBy(desk, DOUBLE_ZOOM, to);
  }

  /** @param {Point} to */
  function hover(to) {
    const { now } = desk;
    if (now.tool === "measure") stretch(bench, views.toPicture(now, to));
    surface.dataset.over = now.tool === "move" ? under(to) : "";
  }

  /** @param {Point} to */
  function under(to) {
    const ring = ringOf(desk.now);
    if (ring !== null && handleNear(desk.now, ring, to, REACH.mouse) !== null) return "handle";
    return focusNear(desk.now, to, REACH.mouse) === null ? "" : "focus";
  }

  /** @param {WheelEvent} event */
  function turn(event) {
    event.preventDefault();
    const turned =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE : event.deltaY;
    // Browsers report a pinch on a trackpad as a wheel with the control key held.
    const times = 2 ** (-turned / (event.ctrlKey ? PINCH_DOUBLES : WHEEL_DOUBLES));
    views.zoomBy(desk, Math.min(Math.max(times, 0.5), 2), at(event));
  }

  surface.addEventListener("pointerdown", press);
  surface.addEventListener("pointermove", move);
  surface.addEventListener("pointerup", release);
  surface.addEventListener("pointercancel", lose);
  surface.addEventListener("wheel", turn, { passive: false });
  return { cancel };
}

/** @param {Pressed} pressed */
function reachOf({ finger }) {
  return finger ? REACH.finger : REACH.mouse;
}
