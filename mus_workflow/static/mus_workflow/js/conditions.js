// Shows a question only while its condition is met, as the server would. The server decides what counts.

const TYPED_NUMBER = /^([+-]?)(\d{1,15})(?:([.,])(\d{1,15}))?$/;
const SPACES = /[ \t\n\r\u00a0\u2009\u202f]+/g;
const MOST_DIGITS = 15;
const ISO_DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const TYPED_TIME = /^(?:kl\.? ?)?(\d{1,2})(?: ?[.:,] ?(\d{2})(?:[.:]00(?:\.0+)?)?|(\d{2}))?$/i;
const TYPED_DATE = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/;

// The number as the server stores it, or null if it is none.
export function storedNumber(typed, decimalMark) {
  const match = TYPED_NUMBER.exec(typed.replace(SPACES, "").replaceAll("\u2212", "-"));
  if (!match) return null;
  const [, sign, whole, mark, fraction = ""] = match;
  if (mark && fraction.length === 3 && mark !== decimalMark) return null;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const decimals = fraction.replace(/0+$/, "");
  const stored = decimals ? `${digits}.${decimals}` : digits;
  if (digits.length + decimals.length > MOST_DIGITS) return null;
  return sign === "-" && stored !== "0" ? `-${stored}` : stored;
}

// The date as the server stores it, or null if it is none.
export function storedDate(typed) {
  const iso = ISO_DATE.exec(typed.trim());
  const local = TYPED_DATE.exec(typed.trim());
  const parts = iso ? iso.slice(1) : local && [local[4], local[3], local[1]];
  if (!parts) return null;
  const [year, month, day] = parts.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? [parts[0], parts[1].padStart(2, "0"), parts[2].padStart(2, "0")].join("-") : null;
}

// The time of day as the server stores it, or null if it is none.
export function storedTime(typed) {
  const match = TYPED_TIME.exec(typed.trim());
  const [hours, minutes] = match ? [Number(match[1]), Number(match[2] ?? match[3] ?? 0)] : [24, 0];
  return hours < 24 && minutes < 60 ? [hours, minutes].map((part) => String(part).padStart(2, "0")).join(":") : null;
}

const READERS = {
  yes_no: (box) => ({ yes: true, no: false })[picked(box)] ?? null,
  scale: (box) => pointIn(box),
  single_choice: (box) => picked(box) || box.querySelector("select[name^=q_]")?.value || null,
  multiple_choice: (box) => Array.from(box.querySelectorAll("input[type=checkbox][name^=q_]:checked"), (input) => input.value),
  number: (box) => storedNumber(control(box).value, control(box).dataset.musDecimalMark),
  date: (box) => storedDate(control(box).value),
  date_range: (box) => Array.from(box.querySelectorAll("[name^=q_]"), (input) => storedDate(input.value)).filter(Boolean),
  time: (box) => storedTime(control(box).value),
  consent: (box) => ticked(box) || null,
  confirmation: (box) => ticked(box) || null,
  file: (box) => box.querySelector(".mus-files li") && true,
  computed: (box) => box.querySelector("output").dataset.musValue || null,
};

// A long scale is a number to write, with a box beside it for “not applicable”.
function pointIn(box) {
  const number = box.querySelector("input[type=number][name^=q_]");
  if (number && ticked(box)) return "not_applicable";
  const point = number ? number.validity.valid && number.value : picked(box);
  return /^\d{1,3}$/.test(point) ? Number(point) : (!number && point) || null;
}

function ticked(box) {
  return box.querySelector("input[type=checkbox][name^=q_]:checked") !== null;
}

// Of a question with several controls only one thing is asked: whether any of them says something, or a cell that the
// other side writes in.
function anyAnswer(box) {
  const isWritten = (field) => field.type !== "hidden" && (/radio|checkbox/.test(field.type) ? field.checked : true) && field.value.trim();
  const says = (place) => ("musRegion" in place.dataset ? place.textContent : isWritten(place));
  const rows = (place) => place.closest("[data-mus-row]");
  const isOut = (place) => rows(place)?.hidden || rows(place)?.querySelector("[data-mus-row-remove]:checked");
  return [...box.querySelectorAll("[name^=q_], [data-mus-region]")].some((place) => says(place) && !isOut(place)) || null;
}

const IN_PARTS = ["matrix", "double_scale", "competence_wheel", "table", "ranking"];

function control(box) {
  return box.querySelector("[name^=q_]");
}

function picked(box) {
  return box.querySelector("input[type=radio][name^=q_]:checked")?.value ?? "";
}

// The answer in a question's box, as the server would store it; null if there is none.
export function answerIn(box) {
  if (IN_PARTS.includes(box.dataset.type)) return anyAnswer(box);
  const read = READERS[box.dataset.type] ?? ((other) => control(other)?.value ?? null);
  return read(box);
}

function isBlank(answer) {
  return answer === null || answer === undefined || (typeof answer === "string" && answer.trim() === "")
    || (Array.isArray(answer) && answer.length === 0);
}

function reaches(type, answer, bound) {
  if (type === "scale") return typeof answer === "number" && answer >= bound;
  if (type === "number" || type === "computed") return Number(answer) >= Number(bound);
  return (type === "date" || type === "time") && answer >= bound;
}

// Words as conditions compare them: as `folded` does on the server.
function folded(words) {
  return words.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}

function contains(answer, wanted) {
  if (Array.isArray(answer)) return answer.includes(wanted);
  return typeof answer === "string" && folded(answer).includes(folded(String(wanted)));
}

// Whether the term is met by the answer to its question. No answer meets only "not_answered".
export function holds(rule, type, answer) {
  const blank = isBlank(answer);
  if (rule.op === "answered") return !blank;
  if (rule.op === "not_answered") return blank;
  if (blank) return false;
  if (rule.op === "at_least") return reaches(type, answer, rule.value);
  if (rule.op === "contains") return contains(answer, rule.value);
  const same = Array.isArray(answer) ? answer.includes(rule.value) : answer === rule.value;
  return same === (rule.op === "equals");
}

// Whether a rule is met: {match, terms}, its terms about questions or rules themselves. `asked` are the boxes by id.
export function meets(rule, asked) {
  if (rule.terms) {
    const met = (term) => meets(term, asked);
    return rule.match === "ALL" ? rule.terms.every(met) : rule.terms.some(met) === (rule.match === "ANY");
  }
  const target = asked.get(rule.question);
  return holds(rule, target?.dataset.type, target ? answerIn(target) : null);
}

const ruleOf = (box, name) => (box.dataset[name] ? JSON.parse(box.dataset[name]) : null);

// Lets computed.js work the box's value out from what is asked and answered so far.
function compute(box, asked) {
  const answerTo = (id) => (asked.has(id) ? answerIn(asked.get(id)) : null);
  box.dispatchEvent(new CustomEvent("mus:compute", { bubbles: true, detail: answerTo }));
}

// Hides and shows the sections and boxes within the root. A hidden question counts as not answered.
export function update(root = document) {
  const asked = new Map();
  for (const box of root.querySelectorAll("[data-section], [data-question]")) {
    const rule = ruleOf(box, "musVisibleIf");
    const shown = !rule || meets(rule, asked);
    if (box.dataset.section) {
      if (rule) box.hidden = !shown;
      continue;
    }
    const section = box.closest("[data-section]");
    const under = box.dataset.musUnder;
    const isAsked = shown && !(section?.dataset.musVisibleIf && section.hidden) && (!under || asked.has(under));
    box.hidden = !isAsked;
    if (isAsked) asked.set(box.dataset.question, box);
    if (isAsked && box.dataset.type === "computed") compute(box, asked);
    const needed = ruleOf(box, "musRequiredIf");
    const mark = needed && box.querySelector("[data-mus-needed]");
    if (mark) mark.hidden = !meets(needed, asked);
  }
}

if (document.querySelector("[data-mus-visible-if], [data-mus-required-if], [data-mus-computed]")) {
  update();
  document.addEventListener("input", () => update());
  document.addEventListener("change", () => update());
  document.addEventListener("mus:read", () => update());
  // A page brought back by the Back button keeps what was typed and forgets what was hidden.
  window.addEventListener("pageshow", () => update());
}
