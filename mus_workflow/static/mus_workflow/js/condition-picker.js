// In the form editor: picks the question and the answer of a condition or a rule, or the question that rows or a figure
// are taken from, from what stands earlier in the form.
// It reads Wagtail's own controls, so that it knows blocks that are not saved yet. What it stores are ids.

const WITHOUT_VALUE = ["answered", "not_answered"];

// What holds a condition or rules: a question or a section, known by the start of its controls' names.
const IN_RULES = /-value-(?:(?:condition|rules-\d+-value-.*|terms-\d+-value)-(?:question|value)|rows_from)$/;
const OWN_CONDITION = "[data-mus-picks=question][name$='-value-condition-question']";

// Every question in the order of the page.
function questionsOnPage() {
  const found = [];
  for (const input of document.querySelectorAll(OWN_CONDITION)) {
    const start = ownerOf(input);
    const type = part(start, "type")?.value;
    if (part(start, "deleted")?.value || type === "section") continue;
    found.push({ input, start, id: part(start, "id")?.value, type, label: own(start, "label")?.value.trim() });
  }
  return found;
}

function part(start, name) {
  return document.getElementsByName(`${start}-${name}`)[0];
}

function own(start, name) {
  return part(start, `value-${name}`);
}

function ownerOf(input) {
  return input.name.replace(IN_RULES, "");
}

// The control of the same term: its question, comparison or value.
function beside(input, name) {
  return document.getElementsByName(input.name.replace(/(question|value)$/, name))[0];
}

function sameWords(one, other) {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function earlierThan(start) {
  const here = own(start, "condition-question");
  return questionsOnPage().filter((question) => {
    const isBefore = here.compareDocumentPosition(question.input) & Node.DOCUMENT_POSITION_PRECEDING;
    // A section's own questions may stand before its settings on the page.
    const isInside = question.start.startsWith(`${start}-value-`);
    return isBefore && !isInside && question.id && hasAnswer(question);
  });
}

// A text without a question has no control that makes it required; a computed value is looked at without being asked.
function hasAnswer(question) {
  return question.type === "computed" || own(question.start, "required");
}

function pickedQuestion(input) {
  const written = beside(input, "question").value;
  const earlier = earlierThan(ownerOf(input));
  return earlier.find(({ id }) => id === written) ?? earlier.find(({ label }) => label && sameWords(label, written));
}

function optionsOf(question) {
  const options = [];
  const count = Number(own(question.start, "options-count")?.value ?? 0);
  for (let index = 0; index < count; index += 1) {
    const option = `${question.start}-value-options-${index}`;
    if (!part(option, "deleted")?.value) {
      options.push([Number(part(option, "order")?.value), part(option, "id")?.value, own(option, "label")?.value]);
    }
  }
  return options.sort((one, other) => one[0] - other[0]).map(([, id, label]) => [id || label, label]);
}

function pointsOf(question, words) {
  const lowest = Number(own(question.start, "min").value);
  const highest = Number(own(question.start, "max").value);
  const points = [];
  for (let point = lowest; point <= highest && points.length < 101; point += 1) points.push([String(point), String(point)]);
  if (own(question.start, "not_applicable")?.checked) points.push(["not_applicable", words.musNotApplicable]);
  return points;
}

// [value, label] of the answers that can be picked; null where the answer has to be written.
function answersTo(question, words) {
  if (!question) return null;
  if (own(question.start, "options-count")) return optionsOf(question);
  if (question.type === "scale") return pointsOf(question, words);
  if (question.type !== "yes_no") return null;
  return [
    ["yes", own(question.start, "yes_label")?.value || words.musYes],
    ["no", own(question.start, "no_label")?.value || words.musNo],
  ];
}

// Whether rows can be taken from the question: it has some of its own, or options that stand for rows.
function hasRows({ start, type }) {
  if (type === "multiple_choice") return true;
  return Boolean(own(start, "rows-count")) && !own(start, "rows_from")?.value && !own(start, "grows")?.checked;
}

function offered(input) {
  if (input.dataset.musPicks === "value") return answersTo(pickedQuestion(input), input.dataset);
  const earlier = earlierThan(ownerOf(input)).filter((question) => input.dataset.musPicks !== "rows" || hasRows(question));
  return earlier.map(({ id, label }, index) => [id, label || `${index + 1}`]);
}

function fill(select, input, choices) {
  const known = choices.find(([value]) => value === input.value) ?? choices.find(([, label]) => label && sameWords(label, input.value));
  const rows = [["", input.dataset.musNone], ...choices];
  if (input.value && !known) rows.push([input.value, input.dataset.musGone]);
  const wanted = JSON.stringify(rows);
  // Rebuilding an open list would close it.
  if (select.dataset.rows !== wanted) {
    select.replaceChildren(...rows.map(([value, label]) => new Option(label, value)));
    select.dataset.rows = wanted;
  }
  select.value = known ? known[0] : input.value;
}

function refresh(input) {
  const select = input.previousElementSibling;
  const choices = offered(input);
  input.hidden = choices !== null;
  select.hidden = choices === null;
  if (choices) fill(select, input, choices);
}

// Comparison and answer are out of the way until there is something to compare.
function foldAway(input) {
  const op = beside(input, "op");
  if (!op) return; // a figure is added up: there is nothing to compare
  const value = beside(input, "value");
  const chosen = input.value !== "";
  op.closest("[data-contentpath]").hidden = !chosen;
  value.closest("[data-contentpath]").hidden = !chosen || WITHOUT_VALUE.includes(op.value);
}

function refreshAll() {
  for (const input of document.querySelectorAll("[data-mus-picks][data-mus-ready]")) {
    refresh(input);
    if (input.dataset.musPicks === "question") foldAway(input);
  }
}

function prepare(input) {
  const select = document.createElement("select");
  if (input.id) {
    select.id = input.id;
    input.id = `${input.id}-written`;
  }
  if (input.hasAttribute("aria-describedby")) select.setAttribute("aria-describedby", input.getAttribute("aria-describedby"));
  select.addEventListener("change", () => {
    input.value = select.value;
    // Another question has other answers.
    const value = input.dataset.musPicks === "question" && beside(input, "value");
    if (value) value.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.before(select);
  input.dataset.musReady = "";
}

let waiting = false;

function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    document.querySelectorAll("[data-mus-picks]:not([data-mus-ready])").forEach(prepare);
    refreshAll();
  });
}

new MutationObserver((changes) => {
  const blocks = changes.some(({ addedNodes, removedNodes }) =>
    [...addedNodes, ...removedNodes].some((node) => node.nodeType === 1 && (node.matches("[data-streamfield-child]") || node.querySelector("[data-mus-picks]"))));
  if (blocks) soon();
}).observe(document.body, { childList: true, subtree: true });
document.addEventListener("change", soon);
document.addEventListener("focusin", soon);
soon();
