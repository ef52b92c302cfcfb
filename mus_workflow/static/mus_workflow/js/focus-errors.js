/* Takes a person to what went wrong: first the summary, from there to the field. */

const summary = document.querySelector(".mus-error-summary");
summary?.focus();

summary?.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!place) return;
  const fields = "input:not([type=hidden]), select, textarea";
  const field = place.matches(fields) ? place : (place.querySelector(fields) ?? place);
  event.preventDefault();
  (place.closest(".mus-question") ?? place).scrollIntoView();
  field.focus({ preventScroll: true });
});
