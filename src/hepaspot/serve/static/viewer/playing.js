/** Plays a clip at its own pace; waits where a frame has not come. */

import { goTo } from "./selecting.js";

/** Where the clip does not say: frames a second. */
const USUAL_RATE = 15;

/**
 * @param {import("./bench.js").Bench} bench
 * @param {(frame: number) => boolean} has
 */
export function makeClock(bench, has) {
  const { desk } = bench;
  let asked = 0;
  let due = 0;

  /** @param {number} time */
  function tick(time) {
    const { picture, frame, playing } = desk.now;
    asked = playing ? requestAnimationFrame(tick) : 0;
    if (!playing || time < due) return;
    const next = (frame + 1) % picture.frames;
    if (!has(next)) return;
    const pause = 1000 / (picture.frame_rate || USUAL_RATE);
    // Who was kept waiting does not hurry after.
    due = due + pause < time ? time + pause : due + pause;
    goTo(bench, next);
  }

  return {
    /** @param {import("./state.js").State} now */
    draw({ playing }) {
      if (playing && asked === 0) asked = requestAnimationFrame(tick);
    },
    close: () => cancelAnimationFrame(asked),
  };
}
