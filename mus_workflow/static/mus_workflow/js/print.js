/* Prints the page: <button data-mus-print hidden>, which is shown only where this script runs. */

for (const button of document.querySelectorAll("[data-mus-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
