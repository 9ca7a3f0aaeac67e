/** The photo's words: what was corrected stays while the page is shown in another language. */

import { keepWords } from "/static/kept-words.js";

for (const field of document.querySelectorAll("textarea[data-keep]")) {
  if (field instanceof HTMLTextAreaElement) keepWords(field, `hepaspot-${field.dataset.keep ?? ""}`);
}
