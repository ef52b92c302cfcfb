/*
 * Shows what the other party has saved: <… data-mus-poll="url" data-mus-version="n">. Asks again and again while
 * the page is in sight. The answer is 204 when nothing moved, otherwise JSON:
 *   version   the draft's version now
 *   regions   {name: text} for elements [data-mus-region="name"]
 *   answers, items   what changed since the version asked about; autosave.js puts it into the form
 *   moved     true when the dialogue has left this step: shows [data-mus-poll-moved]
 */

const EVERY = 1500; // with the way there and back, within two seconds
const SLOWEST = 30_000;

function show(answer) {
  // First, for it may bring a row in which there is a region.
  if (answer.answers || answer.items) document.dispatchEvent(new CustomEvent("mus:changed", { detail: answer }));
  for (const [name, text] of Object.entries(answer.regions ?? {})) {
    for (const region of document.querySelectorAll(`[data-mus-region="${CSS.escape(name)}"]`)) {
      const theirs = region.closest("[data-mus-theirs]"); // null says that the question is not asked now
      if (theirs) theirs.hidden = text === null;
      if (region.textContent !== (text ?? "")) region.textContent = text ?? "";
    }
  }
  document.dispatchEvent(new CustomEvent("mus:read")); // conditions.js looks at what the other side writes too
  if (answer.moved) for (const notice of document.querySelectorAll("[data-mus-poll-moved]")) notice.hidden = false;
}

async function ask(place) {
  const url = new URL(place.dataset.musPoll, location.href);
  url.searchParams.set("version", place.dataset.musVersion);
  const response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
  if (response.status === 204 || response.status === 304) return;
  if (!response.ok) throw new Error(`poll: ${response.status}`);
  const answer = await response.json();
  if (String(answer.version) === place.dataset.musVersion && !answer.moved) return;
  place.dataset.musVersion = answer.version;
  show(answer);
}

function watch(place) {
  let wait = EVERY;
  let timer = null;

  async function turn() {
    timer = null;
    if (document.visibilityState !== "visible") return;
    try {
      await ask(place);
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
    }
    timer ??= setTimeout(turn, wait);
  }

  function again() {
    if (timer === null) return;
    clearTimeout(timer);
    timer = setTimeout(turn, 0);
  }

  timer = setTimeout(turn, wait);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") timer ??= setTimeout(turn, 0);
  });
  addEventListener("focus", again);
}

for (const place of document.querySelectorAll("[data-mus-poll]")) watch(place);
