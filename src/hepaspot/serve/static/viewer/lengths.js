/** The list of what was measured. */

import { lengthText, removeCaliper, scaleIsKnown } from "./calipers.js";
import { button, filled, html } from "./dom.js";
import { icon } from "./icons.js";
import { goTo } from "./selecting.js";
import { pickCaliper } from "./tools.js";
import { bringIntoView } from "./views.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Caliper} Caliper
 */

/** @param {Bench} bench */
export function makeLengths(bench) {
  const { desk, words } = bench;
  const list = html("ul", { class: "viewer-lengths" });
  const unknown = html("p", { class: "viewer-remark" }, [words.scale_unknown]);
  const panel = {
    class: "viewer-panel viewer-open",
    role: "group",
    "aria-label": words.lengths,
    hidden: true,
  };
  const title = html("p", { class: "viewer-panel-title", "aria-hidden": "true" }, [words.lengths]);
  const element = html("div", panel, [title, list, unknown]);

  /** @param {Caliper} caliper @param {string} length */
  function row(caliper, length) {
    const { frames } = desk.now.picture;
    const values = { number: caliper.id, length, frame: caliper.frame + 1 };
    const name = filled(frames > 1 ? words.length_item_frame : words.length_item, values);
    const pick = html("button", { type: "button", class: "viewer-pick" }, [name]);
    pick.addEventListener("click", () => {
      goTo(bench, caliper.frame);
      bringIntoView(desk, caliper.ends);
      pickCaliper(bench, caliper);
    });
    const bin = button({
      icon: icon("remove"),
      label: filled(words.length_remove, { length }),
      onClick: () => removeCaliper(bench, caliper.id),
    });
    return html("li", {}, [pick, bin]);
  }

  return {
    element,
    /** @param {State} now @param {State | null} before */
    draw(now, before) {
      if (now.calipers === before?.calipers && now.picture === before.picture) return;
      element.hidden = now.calipers.length === 0;
      unknown.hidden = scaleIsKnown(now);
      // The rows go with what they name, and the focus of the keyboard with them.
      const had = list.contains(document.activeElement);
      list.replaceChildren(
        ...now.calipers.map((each) => row(each, lengthText(now, words, each.ends))),
      );
      if (had) bench.home();
    },
  };
}
