/** The bar of tools above the picture. */

import { button, filled, html, set } from "./dom.js";
import { icon } from "./icons.js";
import { take } from "./keys.js";
import * as views from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {{element: HTMLElement, draw: (now: import("./state.js").State) => void}} Part
 */

/**
 * @param {Bench} bench
 * @param {HTMLElement[]} more  buttons that other parts bring along
 * @returns {Part}
 */
export function makeToolbar(bench, more) {
  const tools = makeTools(bench);
  const zoom = makeZoom(bench);
  const others = html("div", { class: "viewer-group viewer-more" }, more);
  return {
    element: html("div", { class: "viewer-bar" }, [tools.element, zoom.element, others]),
    draw(now) {
      tools.draw(now);
      zoom.draw(now);
    },
  };
}

/** @param {Bench} bench @returns {Part} */
function makeTools(bench) {
  const { words } = bench;
  const kinds = /** @type {const} */ ([
    ["move", "V"],
    ["measure", "M"],
    ["mark", "S"],
  ]);
  const buttons = kinds.map(([tool, key]) => {
    const made = button({
      icon: icon(tool),
      label: words[`tool_${tool}`],
      key,
      onClick: () => take(tool)(bench, false),
    });
    return { tool, made };
  });
  const group = { class: "viewer-group viewer-tools", role: "group", "aria-label": words.tools };
  return {
    element: html(
      "div",
      group,
      buttons.map(({ made }) => made),
    ),
    draw(now) {
      for (const { tool, made } of buttons)
        set(made, { "aria-pressed": String(tool === now.tool) });
    },
  };
}

/** @param {Bench} bench @returns {Part} */
function makeZoom({ desk, words }) {
  const percent = html("span", { class: "viewer-percent" });
  const buttons = [
    button({
      icon: icon("minus"),
      label: words.zoom_out,
      key: "-",
      onClick: () => views.zoomBy(desk, 1 / views.STEP),
    }),
    button({
      icon: icon("plus"),
      label: words.zoom_in,
      key: "+",
      onClick: () => views.zoomBy(desk, views.STEP),
    }),
    button({ icon: icon("fit"), label: words.zoom_fit, key: "0", onClick: () => views.fit(desk) }),
    button({
      icon: icon("one"),
      label: words.zoom_one,
      key: "1",
      onClick: () => views.zoomTo(desk, 1),
    }),
  ];
  const group = { class: "viewer-group viewer-zoom", role: "group", "aria-label": words.zoom };
  return {
    element: html("div", group, [buttons[0], percent, ...buttons.slice(1)]),
    draw(now) {
      percent.textContent = filled(words.zoom_at, { percent: Math.round(now.view.scale * 100) });
      set(buttons[2], { "aria-pressed": String(now.fitting) });
    },
  };
}
