/**
 * What the parts of one viewer share; types alone, no code.
 *
 * @typedef {object} Bench
 * @property {import("./state.js").Desk} desk
 * @property {import("./words.js").ViewerWords} words
 * @property {import("./live.js").Live} live
 * @property {import("./saving.js").Saver} saver
 * @property {(id: string | null) => void} onSelect
 * @property {() => void} home  gives the keyboard back to the picture, where what had it is gone
 */

export {};
