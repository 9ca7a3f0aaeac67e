/**
 * Keeps a page alive: a form inside of `#live` is sent without leaving the page, and what it
 * changed is put in the place of what stood there. Without this module the forms work as well.
 */

/** How long a bar takes to its new length: milliseconds. */
const GROW_MS = 450;

/** @typedef {(fresh: Element) => void} Changed */

/**
 * @param {Element} live  what is put anew after each change
 * @param {Changed} changed  is told of what has come in its place
 * @returns {{refresh: () => Promise<void>}}
 */
export function keepAlive(live, changed) {
  let current = live;
  let turn = 0;

  /** @param {string} address @param {RequestInit} [how] */
  async function load(address, how) {
    const mine = ++turn;
    current.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { ...how, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== turn) return;
      const fresh = page.getElementById("live");
      if (!response.ok || fresh === null) {
        say(page.querySelector("[role=alert]")?.textContent ?? response.statusText);
        return;
      }
      put(document.importNode(fresh, true));
    } catch {
      say(document.body.dataset.lost ?? "");
    } finally {
      current.removeAttribute("aria-busy");
    }
  }

  /** @param {string} words */
  function say(words) {
    const status = current.querySelector("#status");
    if (status !== null) status.textContent = words.trim();
  }

  /** @param {Element} fresh */
  function put(fresh) {
    const before = lengths(current);
    const active = document.activeElement;
    const focused = nameOf(active);
    const viewer = active?.closest("[data-viewer]") ?? null;
    const open = opened(current);
    for (const kept of current.querySelectorAll("[data-viewer]")) {
      const place = fresh.querySelector(`[data-viewer="${CSS.escape(viewerOf(kept))}"]`);
      if (place !== null) place.replaceWith(kept);
    }
    for (const details of fresh.querySelectorAll("details")) {
      const was = open.get(keyOf(details));
      if (was !== undefined) details.open = was;
    }
    const anchor = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("[id]");
    const was = anchor?.getBoundingClientRect().top ?? 0;
    current.replaceWith(fresh);
    current = fresh;
    const stays = anchor === null || anchor === undefined ? null : document.getElementById(anchor.id);
    if (stays !== null) scrollBy(0, stays.getBoundingClientRect().top - was);
    grow(fresh, before);
    if (viewer !== null) backTo(active, viewer);
    else if (focused !== null) find(fresh, focused)?.focus({ preventScroll: true });
    changed(fresh);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.live === undefined) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    void load(form.action, { method: "POST", body });
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLSelectElement) && !(field instanceof HTMLInputElement)) return;
    if (field.form?.classList.contains("setting-bar")) field.form.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    const writes = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (writes || event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
    const undo = current.querySelector("#undo");
    if (undo instanceof HTMLButtonElement && !undo.disabled) {
      event.preventDefault();
      undo.click();
    }
  });

  return { refresh: () => load(location.href) };
}

/**
 * Gives the keyboard back to what had it in a picture, or to the picture where that is gone.
 * @param {Element | null} active @param {Element} viewer
 */
function backTo(active, viewer) {
  const still = active instanceof HTMLElement && active.isConnected && viewer.contains(active);
  const stage = viewer.querySelector("[tabindex='0']");
  const place = still ? active : stage;
  if (place instanceof HTMLElement || place instanceof SVGElement) place.focus({ preventScroll: true });
}

/** @param {Element} element */
const viewerOf = (element) => (element instanceof HTMLElement ? (element.dataset.viewer ?? "") : "");

/**
 * Lengths of all bars, by card and place.
 * @param {Element} root
 * @returns {Map<string, [string, string]>}
 */
function lengths(root) {
  const found = new Map();
  for (const card of root.querySelectorAll(".card")) {
    card.querySelectorAll(".track rect").forEach((bar, place) => {
      found.set(`${card.id} ${place}`, [bar.getAttribute("x") ?? "0%", bar.getAttribute("width") ?? "0%"]);
    });
  }
  return found;
}

/** @param {Element} root @param {Map<string, [string, string]>} before */
function grow(root, before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const card of root.querySelectorAll(".card")) {
    card.querySelectorAll(".track rect").forEach((bar, place) => {
      const was = before.get(`${card.id} ${place}`);
      if (was === undefined) return;
      const is = [bar.getAttribute("x") ?? "0%", bar.getAttribute("width") ?? "0%"];
      if (was[0] === is[0] && was[1] === is[1]) return;
      bar.animate(
        [
          { x: was[0], width: was[1] },
          { x: is[0], width: is[1] },
        ],
        { duration: GROW_MS, easing: "cubic-bezier(.2,.7,.2,1)" },
      );
    });
  }
}

/** @param {HTMLDetailsElement} details */
function keyOf(details) {
  const card = details.closest("[id]")?.id ?? "";
  const sign = details.querySelector("[name=sign]");
  const asked = sign instanceof HTMLInputElement ? sign.value : "";
  return `${card} ${asked} ${details.querySelector("summary")?.textContent?.trim() ?? ""}`;
}

/** @param {Element} root @returns {Map<string, boolean>} */
function opened(root) {
  return new Map([...root.querySelectorAll("details")].map((each) => [keyOf(each), each.open]));
}

/**
 * What tells an element apart from its like, so that it can be found again in fresh content.
 * @param {Element | null} element
 * @returns {string | null}
 */
function nameOf(element) {
  if (!(element instanceof HTMLElement)) return null;
  if (element.id !== "") return `#${CSS.escape(element.id)}`;
  if (element instanceof HTMLButtonElement && element.name === "state") {
    const sign = element.form?.querySelector("[name=sign]");
    const card = element.closest(".card")?.id ?? "";
    const value = sign instanceof HTMLInputElement ? sign.value : "";
    return `${card} ${value} ${element.value}`;
  }
  return null;
}

/** @param {Element} root @param {string} name @returns {HTMLElement | null} */
function find(root, name) {
  if (name.startsWith("#")) return root.querySelector(name);
  const buttons = root.querySelectorAll("button[name=state]");
  for (const button of buttons) {
    if (button instanceof HTMLElement && nameOf(button) === name) return button;
  }
  return null;
}
