/**
 * What the parts of one viewer share; types alone, no code.
 *
 * @typedef {object} Bench
 * @property {import("./state.js").Desk} desk
 * @property {import("./words.js").ViewerWords} words
 * @property {import("./live.js").Live} live
 * @property {import("./saving.js").Saver} saver
 * @property {(id: string | null) => void} onSelect
 */

export {};
