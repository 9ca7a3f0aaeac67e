/** Fetches the frames ahead of being seen: few at once, and no more kept than memory allows. */

/** Frames fetched at the same time. */
export const AT_ONCE = 4;

/** Decoded frames that are kept: bytes, at 4 for each pixel. */
export const KEPT_BYTES = 192 * 2 ** 20;

/** Frames fetched ahead of the one that is seen, and behind it. */
const AHEAD = 24;
const BEHIND = 4;

/**
 * @typedef {object} Heard
 * @property {(frame: number) => void} onLoad
 * @property {(frame: number) => void} onFail
 *
 * @typedef {ReturnType<typeof makeFrames>} Frames
 */

/**
 * How many frames of this size are kept; never fewer than a few, however large they are.
 *
 * @param {import("./types.js").Size} picture
 */
export function roomFor(picture) {
  return Math.max(Math.floor(KEPT_BYTES / (4 * picture.width * picture.height)), 4);
}

/**
 * The frames worth having when `frame` is seen, the most urgent first.
 *
 * @param {number} frame
 * @param {number} count  in all
 * @param {number} room  that can be kept
 */
export function wantedFrames(frame, count, room) {
  const behind = Math.min(BEHIND, Math.floor((room - 1) / 3));
  const ahead = Math.min(AHEAD, room - 1 - behind);
  const steps = [0];
  for (let i = 1; i <= Math.max(ahead, behind); i += 1) {
    if (i <= ahead) steps.push(i);
    if (i <= behind) steps.push(-i);
  }
  return [...new Set(steps.map((step) => (frame + step + count * room) % count))];
}

/**
 * @param {import("./types.js").Picture} picture
 * @param {Heard} heard
 */
export function makeFrames(picture, heard) {
  const room = roomFor(picture);
  /** @type {Map<number, ImageBitmap>} */
  const kept = new Map();
  /** @type {Map<number, AbortController>} */
  const coming = new Map();
  /** @type {Set<number>} */
  const failed = new Set();
  /** @type {number[]} */
  let wanted = [];
  let closed = false;

  function fetchMore() {
    for (const frame of wanted) {
      if (coming.size >= AT_ONCE) return;
      if (!kept.has(frame) && !coming.has(frame) && !failed.has(frame)) void fetchOne(frame);
    }
  }

  /** @param {number} frame */
  async function fetchOne(frame) {
    const stop = new AbortController();
    coming.set(frame, stop);
    const bitmap = await bitmapOf(picture, frame, stop.signal);
    // One that was stopped may have been asked for anew in the meantime.
    if (coming.get(frame) === stop) coming.delete(frame);
    if (closed || stop.signal.aborted) {
      bitmap?.close();
      return;
    }
    if (bitmap === null) failed.add(frame);
    else keep(frame, bitmap);
    (bitmap === null ? heard.onFail : heard.onLoad)(frame);
    fetchMore();
  }

  /**
   * @param {number} frame
   * @param {ImageBitmap} bitmap
   */
  function keep(frame, bitmap) {
    kept.get(frame)?.close();
    kept.set(frame, bitmap);
    for (const other of [...kept.keys()]) {
      if (kept.size <= room) return;
      if (!wanted.includes(other)) {
        kept.get(other)?.close();
        kept.delete(other);
      }
    }
  }

  return {
    /** @param {number} frame */
    get: (frame) => kept.get(frame) ?? null,
    /** @param {number} frame  that is about to be seen */
    want(frame) {
      wanted = wantedFrames(frame, picture.frames, room);
      failed.delete(frame);
      for (const [other, stop] of [...coming]) {
        if (!wanted.includes(other)) {
          stop.abort();
          coming.delete(other);
        }
      }
      fetchMore();
    },
    close() {
      closed = true;
      for (const stop of coming.values()) stop.abort();
      for (const bitmap of kept.values()) bitmap.close();
      kept.clear();
    },
  };
}

/**
 * @param {import("./types.js").Picture} picture
 * @param {number} frame
 * @param {AbortSignal} signal
 * @returns {Promise<ImageBitmap | null>} nothing where it did not come or is no picture
 */
async function bitmapOf(picture, frame, signal) {
  try {
    const answer = await fetch(picture.frame_url.replace("{frame}", String(frame)), { signal });
    return answer.ok ? await createImageBitmap(await answer.blob()) : null;
  } catch {
    return null;
  }
}
