/**
 * What the parts of the viewer hand to each other; types alone, no code.
 *
 * A point is in pixels of the picture and counts them by their middles: the first pixel of a row
 * has its middle at x = 0 and reaches from -0.5 to 0.5.
 *
 * @typedef {[number, number]} Point
 * @typedef {"calcification" | "duct_stone" | "duct_gas" | "other" | "plain"} Tone
 * @typedef {"move" | "measure" | "mark"} Tool
 *
 * @typedef {object} Focus  one bright spot
 * @property {string} id
 * @property {number} number  as the page counts it
 * @property {number} frame  the one it was seen in
 * @property {Point[]} outline
 * @property {Point[] | null} behind  the area behind it, away from the probe
 * @property {boolean} is_shadow  whether that area is dark; else it is bright
 * @property {Point[] | null} tube  a dark tube beside it
 * @property {string} label  its size
 * @property {Tone} tone  what it leans to
 * @property {boolean} by_hand  whether a person drew or moved its outline
 *
 * @typedef {object} Picture  one still or clip and what was found in it
 * @property {string} source  "picture"
 * @property {string} name
 * @property {number} width  pixels
 * @property {number} height  pixels
 * @property {number} frames
 * @property {number} frame  the best one, in which the liver was outlined
 * @property {number | null} frame_rate  frames a second
 * @property {number | null} mm_per_pixel_x
 * @property {number | null} mm_per_pixel_y
 * @property {Point[]} fan  outline of the scanned area
 * @property {Point[]} liver
 * @property {string} frame_url  with `{frame}` where the number goes
 * @property {Focus[]} foci
 *
 * @typedef {object} Hooks  what the page does with what was done here
 * @property {(spot: {x: number, y: number, frame: number}) => Promise<void>} onAdd
 * @property {(change: {id: string, outline: Point[], frame: number}) => Promise<void>} onReshape
 * @property {(which: {id: string}) => Promise<void>} onDelete
 * @property {(id: string | null) => void} onSelect
 *
 * @typedef {object} Viewer  what the page holds
 * @property {(picture: Picture) => void} update
 * @property {(id: string | null) => void} select
 * @property {(outline: Point[] | null, frame: number) => void} light
 * @property {(frame: number) => void} goTo
 * @property {() => void} destroy
 *
 * @typedef {object} Size
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} View  where the picture lies on the stage
 * @property {number} scale  CSS pixels of the stage for one pixel of the picture
 * @property {number} x  left edge of the picture on the stage
 * @property {number} y  top edge
 *
 * @typedef {object} Drag  a press that goes on
 * @property {(at: Point) => void} move
 * @property {(at: Point) => void} end
 * @property {() => void} cancel
 */

export {};
