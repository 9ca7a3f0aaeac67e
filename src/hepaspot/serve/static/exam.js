/** The answer: questions answered in place, words and regions lit up, pictures worked on. */

import { keepAlive } from "/static/live.js";
import { mountViewer } from "/static/viewer/viewer.js";

/** @typedef {import("./viewer/types.js").Picture} Picture */
/** @typedef {import("./viewer/types.js").Viewer} Viewer */
/** @typedef {import("./viewer/types.js").Point} Point */

/** @type {Map<string, {viewer: Viewer, api: string}>} */
const viewers = new Map();

const live = document.getElementById("live");
const words = JSON.parse(document.getElementById("viewer-words")?.textContent ?? "{}");
if (live !== null) {
  const page = keepAlive(live, (fresh) => {
    prepare(fresh);
    void renew();
  });
  prepare(live);
  for (const root of document.querySelectorAll("[data-viewer]")) {
    if (root instanceof HTMLElement) void mount(root, page);
  }
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest("button");
  if (button?.classList.contains("light")) lightRow(button);
  if (button?.dataset.go !== undefined) goTo(button.dataset.source ?? "", button.dataset.go);
  const link = event.target.closest(".note a");
  if (link instanceof HTMLAnchorElement) lightPassage(link.hash);
});
document.addEventListener("mouseover", (event) => hover(event.target, true));
document.addEventListener("mouseout", (event) => hover(event.target, false));

/** @param {HTMLElement} root @param {{refresh: () => Promise<void>}} page */
async function mount(root, page) {
  const api = root.dataset.api ?? "";
  const picture = await get(address(api));
  const source = root.dataset.viewer ?? "";

  /** @param {string} path @param {RequestInit} how */
  async function change(path, how) {
    const changed = await get(address(`${api}${path}`), how);
    viewers.get(source)?.viewer.update(changed);
    await page.refresh();
  }

  root.replaceChildren();
  const viewer = mountViewer(root, picture, words, {
    onAdd: (spot) => change("/foci", json("POST", spot)),
    onReshape: ({ id, outline, frame }) =>
      change(`/foci/${encodeURIComponent(id)}`, json("PATCH", { outline, frame })),
    onDelete: ({ id }) => change(`/foci/${encodeURIComponent(id)}`, { method: "DELETE" }),
    onSelect: (id) => {
      for (const card of document.querySelectorAll(".card")) {
        card.classList.toggle("selected", id !== null && card.getAttribute("data-focus") === id);
      }
    },
  });
  viewers.set(source, { viewer, api });

  /** @param {string} path */
  function address(path) {
    return `${path}?language=${root.dataset.language ?? "en"}`;
  }
}

/** Brings every viewer to what the exam holds now. */
async function renew() {
  for (const { viewer, api } of viewers.values()) {
    const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    viewer.update(await get(`${api}?language=${language}`));
  }
}

/**
 * @param {string} address
 * @param {RequestInit} [how]
 * @returns {Promise<Picture>}
 */
async function get(address, how) {
  const response = await fetch(address, how);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? response.statusText);
  return answer;
}

/** @param {string} method @param {object} body @returns {RequestInit} */
function json(method, body) {
  return { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

/** Shows what works with this module alone. @param {Element} root */
function prepare(root) {
  for (const button of root.querySelectorAll("button.light")) {
    if (button instanceof HTMLElement) button.hidden = false;
  }
}

/** @param {Element} button */
function lightRow(button) {
  const row = button.closest("[data-light]");
  if (!(row instanceof HTMLElement)) return;
  /** @type {{source: string, frame: number, outline: Point[]}} */
  const where = JSON.parse(row.dataset.light ?? "{}");
  const shown = viewers.get(where.source);
  const root = document.getElementById(`viewer-${where.source}`);
  root?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  shown?.viewer.light(where.outline, where.frame);
}

/** @param {string} source @param {string} focus */
function goTo(source, focus) {
  document.getElementById(`viewer-${source}`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  viewers.get(source)?.viewer.select(focus);
}

/** @param {string} hash */
function lightPassage(hash) {
  for (const lit of document.querySelectorAll("mark.lit")) lit.classList.remove("lit");
  for (const mark of marksOf(hash)) mark.classList.add("lit");
}

/** Words light up while the pointer rests on what was read from them.
 * @param {EventTarget | null} target @param {boolean} on */
function hover(target, on) {
  if (!(target instanceof Element)) return;
  const row = target.closest(".rows > li");
  if (row === null) return;
  for (const link of row.querySelectorAll(".note a")) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    for (const mark of marksOf(link.hash)) mark.classList.toggle("lit", on);
  }
}

/** The highlighted words that end at a passage's number. @param {string} hash */
function marksOf(hash) {
  const end = hash.startsWith("#passage-") ? document.getElementById(hash.slice(1)) : null;
  const marks = [];
  for (let at = end?.previousElementSibling ?? null; at !== null; at = at.previousElementSibling) {
    if (at.tagName === "MARK") {
      marks.push(at);
      break;
    }
  }
  return marks;
}
