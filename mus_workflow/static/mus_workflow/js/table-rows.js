/*
 * Adds rows to a table without loading the page again. In <… data-mus-rows="most" data-mus-row-words="Row __number__">: a
 * <template data-mus-row-template> of one row where __row__ stands for its id and __number__ for its place, the list
 * [data-mus-rows-list] it stands in, a button [data-mus-row-add], and [data-mus-rows-full], shown when no more fit.
 * Removing is a tick box of the row itself, [data-mus-row-remove]. An id begins with the time, so that rows that two
 * people add at once both stay, in the order they came.
 */

// As the server mints one: milliseconds in 12 hexadecimal digits, and 20 of chance.
export function newRow(now = Date.now()) {
  const chance = crypto.getRandomValues(new Uint8Array(10));
  return now.toString(16).padStart(12, "0") + Array.from(chance, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const rowsOf = (box) => [...box.querySelectorAll("[data-mus-rows-list] > [data-mus-row]")];
const isRemoved = (row) => row.querySelector("[data-mus-row-remove]")?.checked ?? false;

function fillIn(root, replacements) {
  for (const element of root.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      for (const [mark, text] of replacements) attribute.value = attribute.value.replaceAll(mark, text);
    }
  }
  return root;
}

/** The words for each row's place, where rows came or went: in its heading, and in the names of its controls. */
function number(box) {
  const words = (place) => box.dataset.musRowWords.replace("__number__", place);
  let count = 0;
  for (const row of rowsOf(box)) {
    const heading = row.querySelector("[data-mus-row-heading]");
    const before = heading.textContent.trim();
    const after = words(isRemoved(row) ? "–" : (count += 1));
    if (before === after) continue;
    heading.textContent = after;
    for (const named of row.querySelectorAll("[aria-label]")) {
      const name = named.getAttribute("aria-label");
      if (name.startsWith(`${before}:`)) named.setAttribute("aria-label", after + name.slice(before.length));
    }
  }
  const isFull = count >= Number(box.dataset.musRows);
  box.querySelector("[data-mus-row-add]").hidden = isFull;
  box.querySelector("[data-mus-rows-full]").hidden = !isFull;
}

function addRow(box, id) {
  const template = box.querySelector("template[data-mus-row-template]");
  const row = fillIn(template.content.cloneNode(true), [["__row__", id]]).firstElementChild;
  row.dataset.musRow = id;
  const later = rowsOf(box).find((other) => other.dataset.musRow > id);
  (later ?? template).before(row);
  number(box);
  return row;
}

function prepare(box) {
  number(box);
  box.addEventListener("change", (event) => {
    if (event.target.matches("[data-mus-row-remove]")) number(box);
  });
  box.addEventListener("click", (event) => {
    if (!event.target.closest("[data-mus-row-add]")) return;
    event.preventDefault();
    const field = addRow(box, newRow()).querySelector("input:not([type=hidden]), select, textarea");
    field?.focus();
    field?.scrollIntoView({ block: "center" }); // not behind the bar with the buttons
  });
  // The other party wrote in a row that is not here: autosave.js asks for it before it fills it in.
  const question = box.closest("[data-question]").dataset.question.replaceAll("-", "");
  box.closest("form")?.addEventListener("mus:row", ({ detail: name }) => {
    const [, id] = new RegExp(`^q_${question}__([0-9a-f]{32})_`).exec(name) ?? [];
    if (id && !rowsOf(box).some((row) => row.dataset.musRow === id)) addRow(box, id);
  });
}

if (globalThis.document) document.querySelectorAll("[data-mus-rows]").forEach(prepare);
