// Says kindly, while a period is being written, that it ends before it begins. The server asks again in the end.

function tell(range) {
  const [first, last] = range.querySelectorAll("input");
  const note = range.parentElement.querySelector("[data-mus-range-note]");
  const backwards = first.value !== "" && last.value !== "" && last.value < first.value;
  const words = backwards ? range.parentElement.querySelector("[data-mus-range-words]").content.textContent : "";
  if (note.textContent !== words) note.textContent = words;
}

for (const range of document.querySelectorAll("[data-mus-range]")) {
  tell(range);
  range.addEventListener("change", () => tell(range));
}
