/** Brightness and contrast: which grey is shown for which. The picture itself stays as it is. */

/** @typedef {{brightness: number, contrast: number}} Levels  each from -100 to 100, 0 is as read */

/** @type {Levels} */
export const NEUTRAL = { brightness: 0, contrast: 0 };

/** Greys by which full brightness lifts: half the range. */
const LIFT = 128;

/** Full contrast is two doublings of the slope. */
const DOUBLINGS = 2;

/** The grey about which contrast turns: the middle one. */
const MIDDLE = 128;

/** @param {Levels} levels */
export function isNeutral({ brightness, contrast }) {
  return brightness === 0 && contrast === 0;
}

/**
 * The grey that is shown for each of the 256.
 *
 * @param {Levels} levels
 */
export function greysOf({ brightness, contrast }) {
  const slope = 2 ** ((contrast / 100) * DOUBLINGS);
  const lift = (brightness / 100) * LIFT;
  return Uint8ClampedArray.from(
    { length: 256 },
    (_, grey) => (grey - MIDDLE) * slope + MIDDLE + lift,
  );
}

/**
 * Puts the shown greys in the place of those in `data`: red, green, blue, alpha in turn.
 *
 * @param {Uint8ClampedArray} data
 * @param {Uint8ClampedArray} greys
 */
export function apply(data, greys) {
  for (let i = 0; i < data.length; i += 4) {
    data[i] = greys[data[i]];
    data[i + 1] = greys[data[i + 1]];
    data[i + 2] = greys[data[i + 2]];
  }
}
