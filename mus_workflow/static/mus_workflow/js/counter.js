/*
 * Says how much room is left in a text that comes near its limit: <form> with <template data-mus-text="room" data-mus-limit>
 * and data-mus-text="over". A text is never cut; the server refuses one that is too long and says so. Fields may have their
 * own limit in data-mus-limit.
 */

const NEAR = 0.9;
const TEXTS = "textarea, input[type=text]";

function limitOf(field, form) {
  return Number(field.dataset.musLimit || (field.matches("textarea") && form.querySelector("template[data-mus-limit]").dataset.musLimit));
}

function counterOf(field) {
  const id = `${field.id}-counter`;
  let counter = document.getElementById(id);
  if (counter) return counter;
  counter = Object.assign(document.createElement("p"), { id, className: "mus-counter" });
  // Told when the writing pauses, not with every letter.
  counter.setAttribute("role", "status");
  field.after(counter);
  return counter;
}

function count(field, form) {
  const limit = limitOf(field, form);
  if (!limit || (field.value.length < limit * NEAR && !document.getElementById(`${field.id}-counter`))) return;
  const left = limit - Array.from(field.value).length; // characters as the server counts them
  const near = left < limit * (1 - NEAR);
  const words = form.querySelector(`template[data-mus-text=${left < 0 ? "over" : "room"}]`).content.textContent.trim();
  const counter = counterOf(field);
  counter.hidden = !near;
  counter.toggleAttribute("data-over", left < 0);
  clearTimeout(counter.musTimer);
  counter.musTimer = setTimeout(() => (counter.textContent = words.replace("{count}", Math.abs(left).toLocaleString(document.documentElement.lang))), 300);
}

for (const form of document.querySelectorAll("form[data-mus-autosave]")) {
  if (!form.querySelector("template[data-mus-limit]")) continue;
  form.addEventListener("input", ({ target }) => target.matches(TEXTS) && target.id && count(target, form));
  for (const field of form.querySelectorAll(TEXTS)) if (field.id) count(field, form);
}
