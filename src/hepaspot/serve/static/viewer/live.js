/** What is said: aloud to who does not see the picture, and in sight where something failed. */

import { button, html } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {ReturnType<typeof makeLive>} Live */

/**
 * @param {import("./words.js").ViewerWords} words
 * @param {() => void} home  where the keyboard goes when a message is closed
 */
export function makeLive(words, home) {
  const said = html("p", { class: "viewer-unseen", "aria-live": "polite" });
  const text = html("span");
  const alert = html("div", { class: "viewer-alert", role: "alert" }, [text]);
  const close = button({ icon: icon("close"), label: words.message_close, onClick: shut });

  function clear() {
    text.textContent = "";
    close.remove();
  }

  function shut() {
    clear();
    home();
  }

  return {
    said,
    alert,
    clear,
    /** @param {string} sentence */
    say(sentence) {
      // The same sentence twice is two things that happened: a new node is read again.
      said.replaceChildren(html("span", {}, [sentence]));
    },
    /** @param {string} sentence */
    fail(sentence) {
      text.textContent = sentence;
      alert.append(close);
    },
  };
}
