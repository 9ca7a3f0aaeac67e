"use strict";
// Counts, saves and loads the answers of a review. Nothing is sent, and nothing kept here.
(() => {
  const COLUMNS = ["sheet", "row", "problems", "spot", "proven", "comment"];
  const ALONE = ["none", "unsure"];
  const words = document.body.dataset;
  const sheet = words.sheet;
  const exams = [...document.querySelectorAll(".exam")];
  const status = document.getElementById("count");
  const file = document.getElementById("file");
  let unsaved = false;

  const ticked = (exam, name) =>
    [...exam.querySelectorAll(`[name="${name}"]:checked`)].map((input) => input.value);
  const isAnswered = (exam) => ticked(exam, "problems").length > 0;

  function count() {
    const answered = exams.filter(isAnswered);
    for (const exam of exams) {
      exam.querySelector(".state").textContent = isAnswered(exam) ? words.answered : "";
    }
    const counted = words.counted.replace("{done}", answered.length).replace("{n}", exams.length);
    status.textContent = counted + (unsaved ? words.unsaved : "");
  }

  function keepApart(exam, input) {
    if (input.name !== "problems" || !input.checked) return;
    for (const other of exam.querySelectorAll('[name="problems"]')) {
      const parted = ALONE.includes(input.value) || ALONE.includes(other.value);
      if (other !== input && parted) other.checked = false;
    }
  }

  const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;

  function answers() {
    const rows = exams.map((exam) => [
      sheet,
      exam.dataset.row,
      ticked(exam, "problems").join(";"),
      ticked(exam, "spot").join(""),
      ticked(exam, "proven").join(""),
      exam.querySelector('[name="comment"]').value,
    ]);
    return [COLUMNS, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
  }

  function save() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\uFEFF", answers()], { type: "text/csv" }));
    link.download = `answers-${sheet}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    unsaved = false;
    count();
  }

  function rowsOf(text) {
    const rows = [[""]];
    let isQuoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const row = rows.at(-1);
      const char = text[at];
      if (isQuoted && char === '"' && text[at + 1] === '"') {
        row[row.length - 1] += char;
        at += 1;
      } else if (char === '"') isQuoted = !isQuoted;
      else if (char === "," && !isQuoted) row.push("");
      else if (char === "\n" && !isQuoted) rows.push([""]);
      else if (char !== "\r" || isQuoted) row[row.length - 1] += char;
    }
    return rows;
  }

  function fill(text) {
    const [names, ...rows] = rowsOf(text.replace(/^\uFEFF/, ""));
    const at = (row, name) => row[names.indexOf(name)] ?? "";
    const own = rows.filter((row) => at(row, "sheet") === sheet);
    if (own.length === 0) {
      status.textContent = words.strange;
      return;
    }
    for (const row of own) {
      const exam = exams.find((each) => each.dataset.row === at(row, "row"));
      if (!exam) continue;
      for (const name of ["problems", "spot", "proven"]) {
        const values = at(row, name).split(";");
        for (const input of exam.querySelectorAll(`[name="${name}"]`)) {
          input.checked = values.includes(input.value);
        }
      }
      exam.querySelector('[name="comment"]').value = at(row, "comment");
    }
    unsaved = false;
    count();
  }

  document.addEventListener("change", ({ target }) => {
    const exam = target.closest(".exam");
    if (!exam) return;
    keepApart(exam, target);
    unsaved = true;
    count();
  });
  document.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("load").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    if (file.files.length > 0) fill(await file.files[0].text());
    file.value = "";
  });
  document.getElementById("next").addEventListener("click", () => {
    const open = exams.find((exam) => !isAnswered(exam));
    if (!open) return;
    open.tabIndex = -1;
    open.scrollIntoView();
    open.focus({ preventScroll: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  count();
})();
