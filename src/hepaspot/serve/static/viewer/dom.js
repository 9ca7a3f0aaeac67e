/** Makes elements, without a word of markup that would have to be parsed. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} [inside]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function html(name, attributes = {}, inside = []) {
  const element = document.createElement(name);
  set(element, attributes);
  element.append(...inside);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} [inside]
 * @returns {SVGElementTagNameMap[Name]}
 */
export function svg(name, attributes = {}, inside = []) {
  const element = document.createElementNS(SVG, name);
  set(element, attributes);
  element.append(...inside);
  return element;
}

/**
 * Sets attributes; `true` sets one without a value, `false` takes it away.
 *
 * @param {Element} element
 * @param {Attributes} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false) element.removeAttribute(name);
    else {
      const text = value === true ? "" : String(value);
      // An attribute that is set anew makes the browser draw anew, even where it stays the same.
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
}

/**
 * A button that shows `icon` and, where there is room, `label`.
 *
 * @param {object} of
 * @param {SVGElement} of.icon
 * @param {string} of.label  short, as shown
 * @param {string} [of.key]  that does the same
 * @param {string} [of.name]  longer, where the label alone does not say enough
 * @param {Attributes} [of.attributes]
 * @param {(event: MouseEvent) => void} of.onClick
 */
export function button({ icon, label, key, name, attributes = {}, onClick }) {
  const made = html("button", { type: "button", class: "viewer-button", ...attributes }, [
    icon,
    html("span", { class: "viewer-button-label" }, [label]),
  ]);
  const title = name ?? label;
  set(made, { "aria-label": title, title: key === undefined ? title : `${title} (${key})` });
  if (key !== undefined) set(made, { "aria-keyshortcuts": key });
  made.addEventListener("click", onClick);
  return made;
}

/**
 * `text` with each `{name}` replaced.
 *
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
