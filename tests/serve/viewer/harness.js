/** Mounts the viewer on a picture of the test and writes down what it asks the page to do. */

import { mountViewer } from "/static/viewer/viewer.js";

const query = new URLSearchParams(location.search);
const language = query.get("language") ?? "en";
const [picture, words] = await Promise.all(
  [`/pictures/${query.get("picture") ?? "still"}.json`, "words.json"].map(async (address) => {
    const answer = await fetch(address);
    return answer.json();
  }),
);

/** How the page answers: "yes", a sentence that says why not, or "later" until it is settled. */
window.answer = "yes";
window.calls = [];
window.waiting = [];

function asked(name) {
  return (what) => {
    window.calls.push([name, what]);
    if (window.answer === "yes") return Promise.resolve();
    if (window.answer !== "later") return Promise.reject(new Error(window.answer));
    return new Promise((resolve, reject) => window.waiting.push({ resolve, reject }));
  };
}

document.documentElement.lang = language;
window.picture = picture;
window.viewer = mountViewer(document.getElementById("root"), picture, words[language], {
  onAdd: asked("add"),
  onReshape: asked("reshape"),
  onDelete: asked("delete"),
  onSelect: (id) => window.calls.push(["select", id]),
});
document.body.dataset.ready = "yes";
