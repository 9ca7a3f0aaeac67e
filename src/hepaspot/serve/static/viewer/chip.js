/** The chip beside what is selected: what it is, and a button that removes it. */

import { lengthText, removeCaliper, seenCalipers } from "./calipers.js";
import { button, filled, html } from "./dom.js";
import { icon } from "./icons.js";
import { boxAround } from "./labels.js";
import { remove } from "./selecting.js";
import { focusAtHand } from "./state.js";

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./state.js").State} State
 * @typedef {import("./types.js").Focus} Focus
 * @typedef {import("./types.js").Point} Point
 * @typedef {{says: string, tone: string, name: string, parts: Node[], act: () => void}} Says
 */

/** @param {Bench} bench */
export function makeChip(bench) {
  const { words } = bench;
  const text = html("span", { class: "viewer-chip-text" });
  const bin = button({ icon: icon("remove"), label: "", onClick: press });
  const element = html("div", { class: "viewer-chip", hidden: true }, [text, bin]);
  /** @type {Says | null} */
  let said = null;
  let size = { width: 0, height: 0 };
  let changing = false;

  function press() {
    said?.act();
    bench.home();
  }

  /** @param {Says | null} next */
  function say(next) {
    const same = said?.says === next?.says && said?.tone === next?.tone;
    said = next;
    if (same || next === null) {
      element.hidden = next === null;
      return;
    }
    element.hidden = false;
    element.dataset.tone = next.tone;
    text.replaceChildren(...next.parts);
    bin.setAttribute("aria-label", next.name);
    bin.title = `${next.name} (Delete)`;
    size = { width: element.offsetWidth, height: element.offsetHeight };
  }

  /** @param {Focus} focus @returns {Says} */
  function aboutFocus(focus) {
    const tone = words[`tone_${focus.tone}`];
    const label =
      focus.by_hand && focus.label !== "" ? `${focus.label} · ${words.by_hand}` : focus.label;
    return {
      says: `${focus.id} ${focus.number} ${label}`,
      tone: focus.tone,
      name: filled(words.spot_remove, { number: focus.number }),
      parts: [
        html("b", { class: "viewer-badge" }, [String(focus.number)]),
        html("span", { class: "viewer-chip-label" }, [label]),
        html("span", { class: "viewer-chip-tone" }, [tone]),
      ],
      act: () => remove(bench, focus),
    };
  }

  /** @param {State} now @param {import("./state.js").Caliper} caliper @returns {Says} */
  function aboutCaliper(now, caliper) {
    const length = lengthText(now, words, caliper.ends);
    return {
      says: length,
      tone: "caliper",
      name: filled(words.length_remove, { length }),
      parts: [html("span", { class: "viewer-chip-label" }, [length])],
      act: () => removeCaliper(bench, caliper.id),
    };
  }

  return {
    element,
    /**
     * Says what is selected, and tells what room that needs.
     *
     * @param {State} now
     */
    wanted(now) {
      const focus = focusAtHand(now);
      const caliper = seenCalipers(now).find(({ id }) => id === now.caliper);
      if (caliper !== undefined) say(aboutCaliper(now, caliper));
      else say(focus === null ? null : aboutFocus(focus));
      // While an outline is changed, nothing may lie where it is led.
      changing = now.edit !== null;
      const points = caliper?.ends ?? focus?.outline ?? [];
      return points.length === 0 ? null : { box: boxAround(now, points), size, large: true };
    },
    /** @param {Point | null} place */
    put(place) {
      element.style.visibility = place === null || changing ? "hidden" : "visible";
      if (place !== null)
        element.style.transform = `translate(${Math.round(place[0])}px, ${Math.round(place[1])}px)`;
    },
    /** Measures anew, where the width of the page may have changed how it looks. */
    resized() {
      if (!element.hidden) size = { width: element.offsetWidth, height: element.offsetHeight };
    },
  };
}
