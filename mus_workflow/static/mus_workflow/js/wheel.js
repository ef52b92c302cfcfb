/*
 * Draws a wheel anew while a person answers: <… data-mus-wheel-box> holds the rows [data-mus-row], each with two groups of
 * radio buttons, and the <svg data-mus-wheel='{"lowest", "highest", "radius"}'> that the server drew (formbuilder/wheel.py,
 * whose geometry this is). A row that is hidden has no point.
 */

const short = (number) => Math.round(number * 10) / 10 + 0;

export function placesOf(points, { lowest, highest, radius }) {
  return points.map((point, index) => {
    if (point === null) return null;
    const angle = (2 * Math.PI * index) / points.length - Math.PI / 2;
    const distance = (radius * (point - lowest + 1)) / (highest - lowest + 1);
    return [short(Math.cos(angle) * distance), short(Math.sin(angle) * distance)];
  });
}

// A closed line where every row has a point; otherwise a line between neighbours that have one.
export function outline(places) {
  if (places.every(Boolean)) return places.length ? `M${places.map((place) => place.join(" ")).join("L")}Z` : "";
  const next = (index) => places[(index + 1) % places.length];
  return places.map((place, index) => (place && next(index) ? `M${place.join(" ")}L${next(index).join(" ")}` : "")).join("");
}

function pointIn(row, side) {
  const value = row.hidden ? "" : row.querySelector(`input[name$="_${side}"]:checked`)?.value;
  return value ? Number(value) : null;
}

function draw(box) {
  const svg = box.querySelector("[data-mus-wheel]");
  const frame = JSON.parse(svg.dataset.musWheel);
  const rows = [...box.querySelectorAll("[data-mus-row]")];
  for (const [index, side] of ["a", "b"].entries()) {
    const group = svg.querySelectorAll(".mus-wheel__series")[index];
    const places = placesOf(rows.map((row) => pointIn(row, side)), frame);
    group.querySelector(".mus-wheel__shape").setAttribute("d", outline(places));
    for (const [place, mark] of [...group.querySelectorAll(".mus-wheel__mark")].entries()) {
      if (places[place]) mark.setAttribute("transform", `translate(${places[place].join(" ")})`);
      if (places[place]) mark.removeAttribute("visibility");
      else mark.setAttribute("visibility", "hidden");
    }
  }
}

if (globalThis.document) {
  for (const box of document.querySelectorAll("[data-mus-wheel-box]")) {
    draw(box);
    for (const moved of ["change", "mus:shown"]) box.addEventListener(moved, () => draw(box));
    addEventListener("pageshow", () => draw(box));
  }
}
