/** Draws the pixels of a frame: to a fraction of a pixel where the outlines expect them. */

import { apply, greysOf, isNeutral } from "./levels.js";
import { aspect } from "./views.js";

/**
 * From so many pixels of the screen for one of the picture, the pixels are shown as they are;
 * below, they are blended as a scanner's screen does.
 */
const SHOWN_AS_SQUARES = 6;

/** @param {HTMLCanvasElement} canvas */
export function makePixels(canvas) {
  const read = document.createElement("canvas");
  const shown = document.createElement("canvas");

  /**
   * Takes a frame over; it need not be kept elsewhere.
   *
   * @param {ImageBitmap} bitmap
   * @param {import("./types.js").Size} picture
   */
  function take(bitmap, picture) {
    for (const sheet of [read, shown]) {
      sheet.width = picture.width;
      sheet.height = picture.height;
    }
    ink(read, true).drawImage(bitmap, 0, 0, picture.width, picture.height);
  }

  /** @param {import("./levels.js").Levels} levels */
  function adjust(levels) {
    if (read.width === 0 || isNeutral(levels)) return;
    const pixels = ink(read, true).getImageData(0, 0, read.width, read.height);
    apply(pixels.data, greysOf(levels));
    ink(shown).putImageData(pixels, 0, 0);
  }

  /** @param {import("./state.js").State} now */
  function draw(now) {
    const density = window.devicePixelRatio || 1;
    fill(canvas, now.room, density);
    if (now.drawn === null) return;
    const [wide, high] = aspect(now).map((side) => side * now.view.scale * density);
    const pen = ink(canvas);
    pen.setTransform(wide, 0, 0, high, now.view.x * density, now.view.y * density);
    pen.imageSmoothingEnabled = Math.min(wide, high) < SHOWN_AS_SQUARES;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(isNeutral(now.levels) ? read : shown, 0, 0);
  }

  return { take, adjust, draw };
}

/**
 * Makes the canvas as large as the stage, in pixels of the screen, and empty.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("./types.js").Size} room
 * @param {number} density
 */
function fill(canvas, room, density) {
  const [width, height] = [Math.round(room.width * density), Math.round(room.height * density)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const pen = ink(canvas);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, width, height);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {boolean} [willReadFrequently]
 */
function ink(canvas, willReadFrequently = false) {
  const pen = canvas.getContext("2d", { willReadFrequently });
  if (pen === null)
    throw new Error("viewer: the browser draws no canvas; open the page in another");
  return pen;
}
