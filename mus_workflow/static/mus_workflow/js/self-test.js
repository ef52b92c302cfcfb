/*
 * Turns a list of traps into a self-test: [data-mus-self-test]. One ticks what one recognises and sees the advice.
 * Nothing is stored or sent: the boxes have no name, stand in no form, and are empty when the page is shown again.
 */
let traps = 0;

function tickBox(item, test) {
  const trap = item.querySelector("[data-mus-trap]");
  traps += 1;
  trap.id = `mus-trap-${traps}`;
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "mus-choice";
  box.type = "checkbox";
  box.autocomplete = "off";
  box.setAttribute("aria-describedby", trap.id);
  label.append(box, ` ${test.dataset.musRecognise}`);
  trap.after(label);
  return box;
}

function result(boxes, test) {
  const ticked = boxes.filter((box) => box.checked).length;
  if (ticked === 0) return test.dataset.musNone;
  return test.dataset.musSome.replace("[count]", ticked).replace("[total]", boxes.length);
}

function start(test) {
  const items = [...test.querySelectorAll("li")];
  const boxes = items.map((item) => tickBox(item, test));
  const panel = test.querySelector("[data-mus-result]");
  const again = test.querySelector("[data-mus-again]");
  const show = () => {
    items.forEach((item, index) => { item.querySelector("[data-mus-advice]").toggleAttribute("data-mus-closed", !boxes[index].checked); });
    panel.textContent = result(boxes, test);
    again.disabled = !boxes.some((box) => box.checked);
  };
  const clear = () => {
    boxes.forEach((box) => { box.checked = false; });
    show();
  };
  boxes.forEach((box) => box.addEventListener("change", show));
  again.addEventListener("click", () => { clear(); boxes[0].focus(); });
  // A page that comes back from the browser's memory would show the last person's ticks.
  addEventListener("pageshow", clear);
  test.querySelector("[data-mus-controls]").hidden = false;
  clear();
}

document.querySelectorAll("[data-mus-self-test]").forEach(start);
