/*
 * Keeps the list of sections and "what is left" right while one writes: what the server says after each save (autosave.js)
 * and when the other party has saved (poll.js): {progress: {section id: words}, left: [[name of the control, sentence]]}.
 */

function showProgress(progress) {
  for (const entry of document.querySelectorAll("[data-mus-entry]")) {
    const words = progress[entry.dataset.musEntry] ?? "";
    const place = entry.querySelector("[data-mus-done]");
    if (place.textContent !== words) place.textContent = words;
  }
}

function row(box, [field, sentence]) {
  const made = box.querySelector("template[data-mus-left-row]").content.firstElementChild.cloneNode(true);
  const link = made.firstElementChild;
  link.textContent = sentence;
  if (link.matches("a")) link.href = `#${field}`;
  else link.value = field;
  return made;
}

function showLeft(box, left) {
  const list = box.querySelector("[data-mus-left-list]");
  const rows = left.map((one) => row(box, one));
  const kept = [...list.querySelectorAll("[data-mus-kept]")];
  const text = (items) => items.map((item) => item.textContent).join("\n");
  // What stands there already keeps its focus.
  if (text([...list.children]) === text([...kept, ...rows])) return;
  list.replaceChildren(...kept, ...rows);
  box.hidden = list.children.length === 0;
}

function show({ detail }) {
  if (detail.progress) showProgress(detail.progress);
  if (detail.left) for (const box of document.querySelectorAll("[data-mus-left]")) showLeft(box, detail.left);
}

document.addEventListener("mus:saved", show);
document.addEventListener("mus:changed", show);

// A section that a condition hides is not in the list either.
const sections = document.querySelectorAll("[data-section][data-mus-visible-if]");
const follow = () => {
  for (const section of sections) {
    const entry = document.querySelector(`[data-mus-entry="${CSS.escape(section.dataset.section)}"]`);
    if (entry) entry.hidden = section.hidden;
  }
};
for (const section of sections) new MutationObserver(follow).observe(section, { attributeFilter: ["hidden"] });
follow();
