/** What lies beside the picture, or below it where there is no room: layers, light, lengths. */

import { button, html, set } from "./dom.js";
import { sample } from "./ink.js";
import { icon } from "./icons.js";
import { NEUTRAL, isNeutral } from "./levels.js";
import { LAYERS } from "./state.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Layer} Layer
 */

/** @type {Readonly<Record<Layer, import("./ink.js").Kind[]>>} */
const SAMPLES = {
  foci: ["focus"],
  behind: ["shadow", "echoes"],
  tubes: ["tube"],
  fan: ["fan"],
  liver: ["liver"],
  labels: [],
};

/** @param {Bench} bench */
export function makeLayers({ desk, words }) {
  const boxes = LAYERS.map((layer) => {
    const box = html("input", { type: "checkbox" });
    box.addEventListener("change", () => {
      const { layers } = desk.now;
      desk.change({
        layers: LAYERS.filter((each) => (each === layer ? box.checked : layers.includes(each))),
      });
    });
    const shown =
      layer === "labels"
        ? html("b", { class: "viewer-badge", "aria-hidden": "true" }, ["1"])
        : sample(SAMPLES[layer]);
    const tile = html("span", { class: "viewer-tile" }, [shown]);
    return {
      layer,
      box,
      row: html("label", { class: "viewer-check" }, [box, tile, words[`layer_${layer}`]]),
    };
  });
  return {
    element: html("fieldset", { class: "viewer-panel" }, [
      html("legend", {}, [words.layers]),
      ...boxes.map(({ row }) => row),
    ]),
    /** @param {State} now */
    draw(now) {
      for (const { layer, box } of boxes) box.checked = now.layers.includes(layer);
    },
  };
}

/** @param {Bench} bench */
export function makeLevels({ desk, words }) {
  const kinds = /** @type {const} */ (["brightness", "contrast"]);
  const sliders = kinds.map((kind) => {
    const range = html("input", { type: "range", min: -100, max: 100, step: 1 });
    const figure = html("span", { class: "viewer-figure" });
    range.addEventListener("input", () => {
      desk.change({ levels: { ...desk.now.levels, [kind]: Number(range.value) } });
    });
    const name = html("span", {}, [words[kind]]);
    return {
      kind,
      range,
      figure,
      row: html("label", { class: "viewer-slide" }, [name, figure, range]),
    };
  });
  const reset = button({
    icon: icon("reset"),
    label: words.levels_reset,
    onClick: () => desk.change({ levels: NEUTRAL }),
  });
  return {
    element: html("fieldset", { class: "viewer-panel" }, [
      html("legend", {}, [words.levels]),
      ...sliders.map(({ row }) => row),
      reset,
    ]),
    /** @param {State} now */
    draw({ levels }) {
      for (const { kind, range, figure } of sliders) {
        if (Number(range.value) !== levels[kind]) range.value = String(levels[kind]);
        figure.textContent = signed(levels[kind]);
        set(figure, { "aria-hidden": "true" });
      }
      reset.disabled = isNeutral(levels);
    },
  };
}

/** @param {number} figure */
function signed(figure) {
  if (figure === 0) return "0";
  return figure > 0 ? `+${figure}` : `−${-figure}`;
}

/**
 * A button that opens a panel where there is no room for it beside the picture.
 *
 * @param {HTMLElement} panel
 * @param {import("./icons.js").IconName} name
 * @param {string} label
 */
export function opener(panel, name, label) {
  const made = button({
    icon: icon(name),
    label,
    attributes: { "aria-expanded": "false" },
    onClick: turn,
  });
  made.classList.add("viewer-opener");

  function turn() {
    const open = panel.classList.toggle("viewer-open");
    set(made, { "aria-expanded": String(open) });
  }

  return made;
}
