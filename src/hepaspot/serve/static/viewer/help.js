/** The dialog of keys. */

import { button, html } from "./dom.js";
import { icon } from "./icons.js";
import { ROWS } from "./keys.js";

let dialogs = 0;

/** @param {import("./words.js").ViewerWords} words */
export function makeHelp(words) {
  dialogs += 1;
  const id = `viewer-help-${dialogs}`;
  const close = button({
    icon: icon("close"),
    label: words.help_close,
    onClick: () => dialog.close(),
  });
  const title = html("h2", { id }, [words.help_title]);
  const dialog = html("dialog", { class: "viewer-help", "aria-labelledby": id }, [
    html("div", { class: "viewer-help-head" }, [title, close]),
    html("p", {}, [words.help_touch]),
    html("dl", {}, rows(words)),
  ]);
  // A press on the dialog itself, not on what it holds, is one on the ground behind it.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const open = () => {
    if (!dialog.open) dialog.showModal();
  };
  const opener = button({ icon: icon("help"), label: words.help, key: "?", onClick: open });
  return { dialog, opener, open };
}

/** @param {import("./words.js").ViewerWords} words */
function rows(words) {
  const all = [
    ...ROWS,
    { shown: ["Tab"], says: /** @type {const} */ ("key_handles") },
    { shown: ["?"], says: /** @type {const} */ ("key_help") },
  ];
  return all.map(({ shown, says }) =>
    html("div", {}, [
      html(
        "dt",
        {},
        shown.map((key) => html("kbd", {}, [key])),
      ),
      html("dd", {}, [words[says]]),
    ]),
  );
}
