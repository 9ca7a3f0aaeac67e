/**
 * Keeps what was typed while the page is reloaded or shown in another language: in this tab alone,
 * until it is sent.
 *
 * @param {HTMLTextAreaElement} field
 * @param {string} name
 */
export function keepWords(field, name) {
  const kept = sessionStorage.getItem(name);
  if (kept !== null) field.value = kept;
  field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
  field.form?.addEventListener("submit", () => sessionStorage.removeItem(name));
}
