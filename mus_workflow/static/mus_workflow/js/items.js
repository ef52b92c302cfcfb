/*
 * Adds agreed items without loading the page again. In <… data-mus-items>: a <template data-mus-item-template> of one row
 * where __id__ stands for the item's id, the place for rows [data-mus-items-list], and a button [data-mus-item-add]. An
 * item's id is made here, so that saving it twice is saving one item. Removing is a tick box of the row itself.
 */

function fillIn(id, root) {
  for (const element of root.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes("__id__")) attribute.value = attribute.value.replaceAll("__id__", id);
    }
  }
  return root;
}

function addRow(box, id) {
  const template = box.querySelector("template[data-mus-item-template]");
  const row = fillIn(id, template.content.cloneNode(true)).firstElementChild;
  box.querySelector("[data-mus-items-list]").append(row);
  for (const empty of box.querySelectorAll("[data-mus-items-empty]")) empty.hidden = true;
  return row;
}

for (const box of document.querySelectorAll("[data-mus-items]")) {
  box.addEventListener("click", (event) => {
    if (!event.target.closest("[data-mus-item-add]")) return;
    event.preventDefault();
    const row = addRow(box, crypto.randomUUID().replaceAll("-", ""));
    const field = row.querySelector("input:not([type=hidden]), select, textarea");
    field.focus();
    field.scrollIntoView({ block: "center" }); // not behind the bar with the buttons
  });

  // The other party added an item: autosave.js asks for its row before it fills it in.
  box.closest("form")?.addEventListener("mus:item", (event) => {
    if (!box.querySelector(`[data-mus-item="${CSS.escape(event.detail)}"]`)) addRow(box, event.detail);
  });
}
