/*
 * Asks in a dialog before a button acts: <button data-mus-confirm="id of a dialog">. The browser's own <dialog> keeps the
 * focus inside, closes on Escape and gives the focus back.
 */

function ask(button, dialog) {
  const answer = new AbortController();
  const once = { signal: answer.signal };
  dialog.querySelector("[data-mus-confirm-yes]").addEventListener(
    "click",
    () => {
      dialog.close();
      if (button.form) button.form.requestSubmit(button);
    },
    once,
  );
  dialog.querySelector("[data-mus-confirm-no]").addEventListener("click", () => dialog.close(), once);
  dialog.addEventListener("close", () => answer.abort(), once);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mus-confirm]");
  const dialog = button && document.getElementById(button.dataset.musConfirm);
  if (!dialog?.showModal || button.getAttribute("aria-disabled") === "true") return;
  if (button.form && !button.form.reportValidity()) return;
  event.preventDefault();
  ask(button, dialog);
});
