// Works out the computed values of a form while the person answers, as the server does. The server decides what counts.

const STORED = /^-?\d+(\.\d+)?$/;
const MOST_DIGITS = 15;

// A number as a fraction of two whole ones: [above, below].
function fraction(written) {
  const [whole, decimals = ""] = written.split(".");
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

const plus = ([a, b], [c, d]) => [a * d + c * b, b * d];
const minus = (one, [c, d]) => plus(one, [-c, d]);
const times = ([a, b], [c, d]) => [a * c, b * d];
const over = ([a, b], [c, d]) => (c < 0n ? [-a * d, b * -c] : [a * d, b * c]);
const total = (fractions) => fractions.reduce(plus, [0n, 1n]);

const FORMULAS = {
  SUM: (found) => total(found.map(({ weight, number }) => times(weight, number))),
  AVERAGE: (found) => over(FORMULAS.SUM(found), total(found.map(({ weight }) => weight))),
  WEIGHTED: (found) => {
    const reached = total(found.map(({ weight, number, turn }) => times(weight, turn ? minus(turn, number) : number)));
    const possible = total(found.map(({ weight, highest }) => times(weight, highest)));
    return times([100n, 1n], over(reached, possible));
  },
};

// The fraction as a decimal number, a half rounded away from zero; null if it has too many digits to be kept.
function rounded([above, below], decimals) {
  const size = above < 0n ? -above : above;
  const units = (2n * size * 10n ** BigInt(decimals) + below) / (2n * below);
  const digits = String(units).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals).replace(/0+$/, "");
  if (whole.length + rest.length > MOST_DIGITS) return null;
  return `${above < 0n && units > 0n ? "-" : ""}${whole}${rest ? `.${rest}` : ""}`;
}

// The value of a recipe as the server would work it out; `answerTo` gives the answer to a question, or null.
export function computed({ formula, terms, decimals }, answerTo) {
  const found = [];
  for (const term of terms) {
    const answer = answerTo(term.question);
    const written = typeof answer === "number" ? String(answer) : answer;
    if (typeof written !== "string" || !STORED.test(written)) continue;
    const parts = ["weight", "turn", "highest"].map((name) => [name, term[name] && fraction(term[name])]);
    found.push({ ...Object.fromEntries(parts), number: fraction(written) });
  }
  return found.length ? rounded(FORMULAS[formula](found), decimals) : null;
}

// Whether one decimal number is at least another, exactly.
function reaches(value, bound) {
  return minus(fraction(value), fraction(bound))[0] >= 0n;
}

export function inWords({ unit, bands, mark }, value) {
  if (value === null) return "";
  const number = [value.replace(".", mark), unit].filter(Boolean).join(" ");
  const band = bands.findLast(({ from }) => reaches(value, from));
  return band ? `${number} (${band.label})` : number;
}

// Asked for by conditions.js, which knows what is asked and what is answered; done at once, so that it can go on.
document.addEventListener("mus:compute", (event) => {
  const output = event.target.querySelector("[data-mus-computed]");
  const recipe = JSON.parse(output.dataset.musComputed);
  const value = computed(recipe, event.detail);
  output.dataset.musValue = value ?? "";
  const words = inWords(recipe, value);
  // Said again only when it has changed: an output is read aloud.
  if (output.textContent !== words) output.textContent = words;
});
