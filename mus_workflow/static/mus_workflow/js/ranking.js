/*
 * Moves an option up or down a ranking: <ol data-mus-ranking="places"> of items [data-mus-ranked], each with a list of places
 * and the buttons [data-mus-move="up" | "down"] within [data-mus-moves]. The lists of places are what is saved; whoever
 * uses them by keyboard alone needs no button. Items stand in the order of their places.
 */

const placeOf = (item) => Number(item.querySelector("select").value) || Infinity;

function sort(list) {
  const items = [...list.children];
  const sorted = [...items].sort((one, other) => (placeOf(one) === placeOf(other) ? 0 : placeOf(one) - placeOf(other)));
  // Moving a list that is in use would close it.
  if (sorted.some((item, index) => item !== items[index])) list.append(...sorted);
}

function move(list, item, step) {
  const items = [...list.children];
  const from = items.indexOf(item);
  const to = from + step;
  if (to < 0 || to >= items.length) return;
  items.splice(to, 0, ...items.splice(from, 1));
  list.append(...items);
  const most = Number(list.dataset.musRanking);
  for (const [index, one] of items.entries()) {
    const select = one.querySelector("select");
    const wanted = index < most ? String(index + 1) : "";
    if (select.value === wanted) continue;
    select.value = wanted;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

for (const list of document.querySelectorAll("[data-mus-ranking]")) {
  sort(list);
  for (const moves of list.querySelectorAll("[data-mus-moves]")) moves.hidden = false;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mus-move]");
    if (!button) return;
    move(list, button.closest("[data-mus-ranked]"), button.dataset.musMove === "up" ? -1 : 1);
    button.focus();
  });
}
