/*
 * Turns the pages of a form without loading: <form data-mus-parts="n">, in which each [data-mus-part="first-last"] stands on
 * some of its pages and has [data-mus-off] on the others. Buttons named "go" turn to "next", "back", a page's number or the
 * name of a control; without this script they save everything and load the page. A page whose questions are all hidden is
 * passed over. Links to a place on another page open that page first. Everything stays in the one form.
 */

const WORTH_SHOWING = "[data-question], [data-mus-theirs]";

class Pages {
  constructor(form) {
    this.form = form;
    this.count = Number(form.dataset.musParts);
    this.pieces = [...form.querySelectorAll("[data-mus-part]")].map((element) => {
      const [first, last] = element.dataset.musPart.split("-").map(Number);
      return { element, first, last };
    });
    this.place = form.querySelector("[data-mus-place]");
    this.words = form.querySelector("template[data-mus-text=place]")?.content.textContent.trim() ?? "";
    this.listen();
    const wrong = document.querySelector('.mus-error-summary a[href^="#"]');
    const start = this.pageOf(wrong?.hash) || this.pageOf(location.hash) || this.asked(Number(form.elements.part.value) || 1, 1);
    this.show(start || 1);
    if (!wrong && this.target(location.hash)) this.reach(this.target(location.hash));
  }

  listen() {
    document.addEventListener("click", (event) => this.clicked(event), true);
    addEventListener("popstate", () => this.show(this.pageOf(location.hash) || this.asked(this.inAddress(), 1)));
    // Which pages have something to show follows from the answers.
    new MutationObserver(() => this.tell()).observe(this.form, { subtree: true, attributeFilter: ["hidden"] });
  }

  clicked(event) {
    const link = event.target.closest('a[href^="#"]');
    if (link && this.pageOf(link.hash)) this.turn(this.pageOf(link.hash), null);
    const button = event.target.closest("button[name=go]");
    if (button?.form !== this.form) return;
    event.preventDefault();
    const field = this.target(button.value);
    if (field) this.turn(this.pageOf(button.value) || this.now, field);
    else this.turn(this.wanted(button.value), this.place);
  }

  wanted(value) {
    if (value === "next") return this.asked(this.now + 1, 1);
    if (value === "back") return this.asked(this.now - 1, -1);
    return this.asked(Number(value), 1);
  }

  inAddress() {
    return Number(new URL(location.href).searchParams.get("part")) || 1;
  }

  target(hash) {
    return document.getElementById(decodeURIComponent((hash ?? "").replace(/^#/, "")) || "-");
  }

  /** The page a place is on; 0 for none, or for a place that is in sight. */
  pageOf(hash) {
    const element = this.target(hash);
    const piece = this.pieces.findLast(({ element: one }) => element && one.contains(element));
    return piece && element.closest("[data-mus-off]") ? piece.first : 0;
  }

  isAsked(page) {
    return this.pieces.some(({ element, first, last }) => {
      if (first > page || page > last || element.closest("[hidden]")) return false;
      if (first !== last) return false; // a section of several pages: each has a piece of its own
      const boxes = [...element.querySelectorAll(WORTH_SHOWING)];
      if (!boxes.length) return "musAlone" in element.dataset || "section" in element.dataset;
      return boxes.some((box) => !box.closest("[hidden]"));
    });
  }

  /** The first page from here on, in a direction, that has something to show; the one we are on where there is none. */
  asked(page, step) {
    for (let one = page; one >= 1 && one <= this.count; one += step) if (this.isAsked(one)) return one;
    return this.now ?? this.asked(Math.min(page, this.count), -1);
  }

  turn(page, focus) {
    if (page !== this.now) {
      const address = new URL(location.href);
      address.searchParams.set("part", page);
      address.hash = "";
      history.pushState(null, "", address);
      this.show(page);
    }
    if (focus) this.reach(focus);
  }

  reach(place) {
    const fields = "input:not([type=hidden]), select, textarea";
    const field = place.matches(`${fields}, [tabindex]`) ? place : (place.querySelector(fields) ?? place);
    (place.closest(".mus-question") ?? place).scrollIntoView();
    field.focus({ preventScroll: true });
  }

  show(page) {
    this.now = page;
    this.form.elements.part.value = page;
    for (const { element, first, last } of this.pieces) element.toggleAttribute("data-mus-off", page < first || page > last);
    this.tell();
  }

  tell() {
    const pages = Array.from({ length: this.count }, (_, index) => index + 1).filter((page) => page === this.now || this.isAsked(page));
    const number = pages.indexOf(this.now) + 1;
    const set = (selector, hidden) => {
      for (const element of this.form.querySelectorAll(selector)) if (element.hidden !== hidden) element.hidden = hidden;
    };
    set("[data-mus-place]", false);
    set("[data-mus-turn=back]", number === 1);
    set("[data-mus-turn=next]", number === pages.length);
    set("[data-mus-end]", number !== pages.length);
    const words = this.words.replace("{number}", number).replace("{count}", pages.length);
    if (this.place.textContent !== words) this.place.textContent = words;
    for (const entry of document.querySelectorAll(".mus-toc__entry[name=go]")) this.mark(entry);
  }

  /** The entry of the section that is in sight is the last one that begins at or before its page. */
  mark(entry) {
    const starts = [...document.querySelectorAll(".mus-toc__entry[name=go]")].map(({ value }) => Number(value));
    const here = Math.max(...starts.filter((start) => start <= this.now));
    if (Number(entry.value) === here) entry.setAttribute("aria-current", "step");
    else entry.removeAttribute("aria-current");
  }
}

for (const form of document.querySelectorAll("form[data-mus-parts]")) new Pages(form);

// Enter in a field of a long form is a slip of the hand, not a wish to send it.
for (const form of document.querySelectorAll("form[data-mus-autosave]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("input:not([type=submit])")) event.preventDefault();
  });
}
