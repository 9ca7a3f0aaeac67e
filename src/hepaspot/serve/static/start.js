/** The first page: files dropped or pasted, how far the reading has come, and a stop. */

import { keepWords } from "/static/kept-words.js";

/** @typedef {{id: string, stage: string, done: number, total: number, file: number, files: number,
 *   is_over: boolean, location: string | null, problem: string | null, kind: string | null}} JobState */

/** What cannot be read, with the kind of its error. */
class Refused extends Error {
  /** @param {string} words @param {string} kind */
  constructor(words, kind) {
    super(words);
    this.kind = kind;
  }
}

const text = element("text", HTMLTextAreaElement);
const files = element("files", HTMLInputElement);
const drop = element("drop", HTMLElement);
const chosen = element("chosen", HTMLUListElement);
const progress = element("progress", HTMLElement);
const bar = element("progress-bar", HTMLProgressElement);
const told = element("progress-text", HTMLElement);
const problem = element("problem", HTMLElement);
const stop = element("stop", HTMLButtonElement);

/** @type {(() => void) | null} */
let stopReading = null;

for (const each of document.querySelectorAll("form[method=post]")) {
  if (each instanceof HTMLFormElement) each.addEventListener("submit", (event) => send(event, each));
}
stop.addEventListener("click", () => stopReading?.());
files.addEventListener("change", list);
keepWords(text, "hepaspot-text");
addEventListener("pageshow", (event) => event.persisted && rest());

document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer !== null) add(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const pasted = event.clipboardData?.files;
  if (pasted !== undefined && pasted.length > 0) {
    event.preventDefault();
    add(pasted);
  }
});

/** @param {FileList} more */
function add(more) {
  const all = new DataTransfer();
  for (const file of [...(files.files ?? []), ...more]) all.items.add(file);
  files.files = all.files;
  list();
}

/** @param {File} left */
function remove(left) {
  const all = new DataTransfer();
  for (const file of files.files ?? []) if (file !== left) all.items.add(file);
  files.files = all.files;
  list();
}

function list() {
  chosen.replaceChildren(
    ...[...(files.files ?? [])].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `${chosen.dataset.remove ?? ""} ${file.name}`);
      button.addEventListener("click", () => remove(file));
      item.append(name, button);
      return item;
    }),
  );
}

/** @param {SubmitEvent} event @param {HTMLFormElement} sent */
async function send(event, sent) {
  event.preventDefault();
  if (stopReading !== null) return;
  const sending = new AbortController();
  stopReading = () => {
    sending.abort();
    rest();
    fail(told.dataset.stopped ?? "");
  };
  problem.hidden = true;
  progress.hidden = false;
  bar.removeAttribute("value");
  say("sending");
  progress.scrollIntoView({ block: "nearest" });
  try {
    const response = await fetch(sent.action, {
      method: "POST",
      body: new FormData(sent),
      headers: { Prefer: "respond-async", Accept: "application/json" },
      signal: sending.signal,
    });
    const answer = await response.json();
    if (response.status !== 202) {
      throw new Refused(answer.detail, String(answer.type ?? "").replace("urn:hepaspot:", ""));
    }
    await watch(answer);
  } catch (error) {
    if (sending.signal.aborted) return;
    rest();
    if (error instanceof Refused) fail(error.message, error.kind);
    else fail(told.dataset.lost ?? "");
  }
}

/** @param {JobState} job */
function watch(job) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/api/v1/jobs/${job.id}/events`);
    const sending = stopReading;
    stopReading = () => {
      void fetch(`/api/v1/jobs/${job.id}`, { method: "DELETE" });
      events.close();
      sending?.();
    };
    events.addEventListener("progress", (event) => {
      /** @type {JobState} */
      const state = JSON.parse(event.data);
      if (!state.is_over) {
        show(state);
        return;
      }
      events.close();
      if (state.location === null) reject(new Refused(state.problem ?? "", state.kind ?? ""));
      else {
        location.assign(state.location);
        resolve(undefined);
      }
    });
    events.addEventListener("error", () => {
      events.close();
      reject(new TypeError("connection"));
    });
  });
}

/** @param {JobState} state */
function show(state) {
  if (state.total > 1) bar.value = state.done / state.total;
  else bar.removeAttribute("value");
  say(state.stage, state);
}

/** @param {string} stage @param {JobState} [state] */
function say(stage, state) {
  const words = told.dataset[stage] ?? "";
  told.textContent = words.replace(/\{(\w+)\}/g, (_, name) =>
    String(/** @type {Record<string, unknown>} */ (state ?? {})[name] ?? ""),
  );
}

/**
 * Says what went wrong: in the page's own language first, where that is not English.
 * @param {string} words @param {string} [kind]
 */
function fail(words, kind) {
  const own = kind === undefined ? undefined : (problem.dataset[kind.toLowerCase()] ?? problem.dataset.inputerror);
  problem.textContent = own ?? words;
  if (own !== undefined) {
    const detail = document.createElement("small");
    detail.lang = "en";
    detail.textContent = words;
    problem.append(detail);
  }
  problem.hidden = words === "";
}

function rest() {
  progress.hidden = true;
  stopReading = null;
}

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {{new (): T}} kind
 * @returns {T}
 */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is not on this page`);
  return found;
}

export {};
