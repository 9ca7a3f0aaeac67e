/** Brings frames to the canvas as they come; until then the one before stays. */

import { filled } from "./dom.js";
import { makeFrames } from "./frames.js";
import { makePixels } from "./pixels.js";

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./bench.js").Bench} bench
 */
export function makeShowing(canvas, { desk, live, words }) {
  const pixels = makePixels(canvas);
  let frames = framesOf(desk.now.picture);
  let url = "";

  /** @param {import("./types.js").Picture} picture */
  function framesOf(picture) {
    return makeFrames(picture, {
      onLoad(frame) {
        // A frame of the picture before may still come in.
        const { picture: now, frame: wanted } = desk.now;
        if (frame === wanted && picture.frame_url === now.frame_url) desk.change({ drawn: frame });
      },
      onFail(frame) {
        if (frame !== desk.now.frame) return;
        desk.change({ playing: false });
        live.fail(filled(words.frame_failed, { frame: frame + 1 }));
      },
    });
  }

  return {
    /** @param {number} frame */
    has: (frame) => frames.get(frame) !== null,
    /**
     * @param {import("./state.js").State} now
     * @param {import("./state.js").State | null} before
     */
    draw(now, before) {
      if (now.picture.frame_url !== url) {
        url = now.picture.frame_url;
        frames.close();
        frames = framesOf(now.picture);
        frames.want(now.frame);
      } else if (now.frame !== before?.frame) frames.want(now.frame);
      // A frame that is here is drawn with the next image of the screen, the overlays with it.
      if (now.frame !== now.drawn && frames.get(now.frame) !== null)
        desk.change({ drawn: now.frame });
      const bitmap =
        now.drawn === null || now.drawn === before?.drawn ? null : frames.get(now.drawn);
      if (bitmap !== null) pixels.take(bitmap, now.picture);
      if (bitmap !== null || now.levels !== before?.levels) pixels.adjust(now.levels);
      const causes = /** @type {const} */ (["drawn", "levels", "room", "view", "picture"]);
      if (before === null || causes.some((cause) => now[cause] !== before[cause])) pixels.draw(now);
    },
    close: () => frames.close(),
  };
}
