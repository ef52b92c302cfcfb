/*
 * Asks only about the rows that were chosen in an earlier question, as the server would: <table data-mus-rows-from="id">
 * with rows [data-mus-row], shown while the box with their id is ticked in the multiple choice with that id.
 */

function update() {
  for (const table of document.querySelectorAll("[data-mus-rows-from]")) {
    const source = document.querySelector(`[data-question="${CSS.escape(table.dataset.musRowsFrom)}"]`);
    if (source?.dataset.type !== "multiple_choice") continue;
    const ticked = [...source.querySelectorAll("input[type=checkbox][name^=q_]:checked")];
    const chosen = new Set(ticked.map((input) => input.value.replaceAll("-", "")));
    for (const row of table.querySelectorAll("[data-mus-row]")) {
      const isHidden = !chosen.has(row.dataset.musRow);
      if (row.hidden === isHidden) continue;
      row.hidden = isHidden;
      row.dispatchEvent(new Event("mus:shown", { bubbles: true }));
    }
  }
}

if (document.querySelector("[data-mus-rows-from]")) {
  update();
  document.addEventListener("change", update);
  addEventListener("pageshow", update);
}
