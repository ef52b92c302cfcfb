/*
 * Saves a form while it is being written: <form data-mus-autosave="url" data-mus-version="n" data-mus-csrf-url="url">.
 *
 * Sends only what changed: {"request", "version", "form", "answers": {id: value}, "shared": {id: bool}, "confirmed": {id:
 * bool}, "items": {id: {field: value}}}, read from fields named q_<hex>, q_<hex>__<part> (id/part), share_<hex>, confirm_<hex>
 * and item_<hex>_<field>. One request at a time; one whose answer was lost is sent again with the same id. Nothing is kept in the browser.
 */

const PAUSE = 800;
const LONGEST = 5000; // without a pause in the writing
const FIRST_RETRY = 2000;
const SLOWEST_RETRY = 60_000;
const KEEPALIVE_BYTES = 60_000; // browsers refuse a larger body on a request that may outlive its page
const JSON_TYPES = { "Content-Type": "application/json", Accept: "application/json" };
const NAME = /^(?:(q|share|confirm)_([0-9a-f]{32}(?:__\w+)?)|item_([0-9a-f]{32})_(\w+))$/;

// A place on the page: the hexadecimal id, and for one of several controls of a question "__" and its part.
const hexOf = (id) => String(id).replace(/^[^/]*/, (uuid) => uuid.replaceAll("-", "").toLowerCase()).replace("/", "__");
const isOpen = (field) => !field.disabled && field.type !== "hidden";
const uuidOf = (place) => place.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5").replace("__", "/");

function parse(name) {
  const match = NAME.exec(name ?? "");
  if (!match) return null;
  if (match[3]) return { group: "items", hex: match[3], field: match[4] };
  return { group: { q: "answers", share: "shared", confirm: "confirmed" }[match[1]], hex: match[2] };
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.base = Number(form.dataset.musVersion); // everything up to this version has been seen on this page
    this.seen = new Map(); // hex -> version, where it differs from base
    this.saved = new Map(); // name -> JSON of the value the server has
    this.refused = new Map(); // name -> JSON of a value the server would not take
    this.held = new Map(); // hex -> the conflict waiting for a choice
    this.queue = Promise.resolve();
    this.unanswered = null;
    this.inFlight = false;
    this.retry = FIRST_RETRY;
    this.listen();
    if ("musUnsaved" in form.dataset) this.soon(); // the page brought back text that the server has not taken yet
    else for (const name of this.names()) this.saved.set(name, JSON.stringify(this.read(name)));
  }

  listen() {
    for (const typing of ["input", "change"]) this.form.addEventListener(typing, () => this.soon());
    this.form.addEventListener("focusout", () => this.flush());
    this.form.addEventListener("submit", (event) => this.submitting(event));
    document.addEventListener("mus:changed", (event) => this.merge(event.detail));
    document.addEventListener("visibilitychange", () => this.flush());
    addEventListener("pagehide", () => this.flush());
    addEventListener("online", () => this.flush());
    addEventListener("focus", () => this.returned());
    addEventListener("beforeunload", (event) => {
      if (!this.leaving && (this.inFlight || this.changed(true).length)) event.preventDefault();
    });
  }

  names() {
    return new Set([...this.form.elements].filter(isOpen).map((field) => field.name).filter(parse));
  }

  fields(name) {
    return [this.form.elements.namedItem(name) ?? []].flatMap((found) => (found instanceof RadioNodeList ? [...found] : found)).filter(isOpen);
  }

  read(name) {
    const fields = this.fields(name);
    const [first] = fields;
    const { group } = parse(name);
    if (first?.type === "checkbox") {
      if (group !== "answers") return fields.some((field) => field.checked);
      const chosen = fields.filter((field) => field.checked).map((field) => field.value);
      return chosen.length ? chosen : null;
    }
    if (first?.type === "radio") return fields.find((field) => field.checked)?.value || null;
    if (first?.type === "select-multiple") {
      const chosen = [...first.selectedOptions].map((option) => option.value);
      return chosen.length ? chosen : null;
    }
    return first?.value || null;
  }

  write(name, value) {
    const chosen = [value].flat().map(String);
    for (const field of this.fields(name)) {
      if (field.type === "checkbox" && typeof value === "boolean") field.checked = value;
      else if (field.type === "checkbox" || field.type === "radio") field.checked = chosen.includes(field.value);
      else if (field.options) for (const option of field.options) option.selected = chosen.includes(option.value);
      else field.value = value ?? "";
    }
    this.saved.set(name, JSON.stringify(this.read(name)));
    this.fields(name)[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Names whose value the server does not have; also the ones it refused or that wait for a choice, if asked. */
  changed(all = false) {
    return [...this.names()].filter((name) => {
      if (this.fields(name).some((field) => field.validity.badInput)) return false;
      const value = JSON.stringify(this.read(name));
      if (this.saved.has(name) ? value === this.saved.get(name) : ["null", "false"].includes(value)) return false;
      return all || (value !== this.refused.get(name) && !this.held.has(parse(name).hex));
    });
  }

  versionOf = (hex) => this.seen.get(hex) ?? this.base;
  isWrong = () => [...this.refused].some(([name, value]) => JSON.stringify(this.read(name)) === value);
  status = () => this.form.querySelector("[data-mus-save-state]");

  soon() {
    clearTimeout(this.timer);
    this.typingSince ??= Date.now();
    this.timer = setTimeout(() => this.flush(), Date.now() - this.typingSince > LONGEST ? 0 : PAUSE);
  }

  flush() {
    clearTimeout(this.timer);
    this.typingSince = null;
    this.queue = this.queue.then(() => this.drain());
    return this.queue;
  }

  async drain() {
    while (!this.leaving) {
      this.unanswered ??= this.compose();
      if (!this.unanswered) return this.takenBack();
      if (!(await this.send(this.unanswered))) return;
      this.unanswered = null;
    }
  }

  /** The next request: changes seen at one and the same version, so that a conflict is never papered over. */
  compose() {
    const names = this.changed();
    if (!names.length) return null;
    const version = this.versionOf(parse(names[0]).hex);
    const { musForm: form } = this.form.dataset; // the page may be older than the form it is saved under
    const body = { request: crypto.randomUUID(), version, form, answers: {}, shared: {}, confirmed: {}, items: {} };
    const sent = new Map();
    for (const name of names) {
      const { group, hex, field } = parse(name);
      if (this.versionOf(hex) !== version) continue;
      const value = this.read(name);
      sent.set(name, JSON.stringify(value));
      if (field) (body.items[uuidOf(hex)] ??= {})[field] = value;
      else body[group][uuidOf(hex)] = value;
    }
    return { body: JSON.stringify(body), sent };
  }

  async send(request, tries = 0) {
    this.state("saving");
    this.inFlight = true;
    let response, answer;
    try {
      response = await fetch(this.form.dataset.musAutosave, {
        method: "POST",
        redirect: "manual",
        keepalive: new Blob([request.body]).size < KEEPALIVE_BYTES,
        headers: { ...JSON_TYPES, "X-CSRFToken": this.token(), "X-Mus-Author": this.form.elements.mus_author?.value ?? "" },
        body: request.body,
      });
      answer = await response.json().catch(() => null);
    } catch {
      return this.later("offline");
    } finally {
      this.inFlight = false;
    }
    if (response.status === 403 && (answer?.csrf || !answer?.reason) && tries === 0) {
      await this.renewToken();
      return this.send(request, 1);
    }
    return this.settle(request, response, answer);
  }

  /** True when the request is done with, well or badly; false when it waits to be sent again. */
  settle(request, response, answer) {
    if (answer?.progress) document.dispatchEvent(new CustomEvent("mus:saved", { detail: answer }));
    if (response.ok && answer) return this.accepted(request, answer);
    if (response.status === 409 && answer?.conflicts) return this.conflicted(request, answer);
    if (response.status >= 500 || response.status === 429) return this.later("failed");
    const away = response.type === "opaqueredirect" || response.ok || [401, 403].includes(response.status);
    if (away && (!answer?.reason || answer.csrf || response.status === 401)) return this.expired();
    for (const [name, value] of request.sent) this.refused.set(name, value);
    this.state("failed", answer?.reason);
    return true;
  }

  accepted({ sent }, answer) {
    const errors = new Map(Object.entries(answer.errors ?? {}).map(([id, texts]) => [hexOf(id), texts]));
    const next = answer.version === this.base + 1;
    for (const [name, value] of sent) {
      const { group, hex } = parse(name);
      const wrong = /answers|items/.test(group) && errors.get(hex);
      (wrong ? this.refused : this.saved).set(name, value);
      if (!wrong && group === "items") this.names().forEach((one) => parse(one).hex === hex && this.refused.delete(one));
      if (!wrong) next ? this.seen.delete(hex) : this.seen.set(hex, answer.version);
      if (/answers|items/.test(group)) this.showErrors(name, [wrong || []].flat());
    }
    if (next) this.raise(answer.version);
    this.retry = FIRST_RETRY;
    this.form.querySelector("[data-mus-shown=expired]")?.remove();
    if (!this.held.size) this.state(errors.size || this.isWrong() ? "invalid" : "saved", null, (this.savedAt = answer.saved_at));
    return true;
  }

  /** What was refused is not there any more, and what stands there instead the server has already. */
  takenBack() {
    if (this.status()?.dataset.state !== "invalid" || this.changed(true).length) return;
    for (const name of this.refused.keys()) this.showErrors(name, []);
    this.state("saved", null, this.savedAt);
  }

  raise(version) {
    this.base = version;
    if (this.form.elements.version) this.form.elements.version.value = version;
  }

  later(state) {
    this.state(state);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.retry);
    this.retry = Math.min(this.retry * 2, SLOWEST_RETRY);
    return false;
  }

  expired() {
    this.state("expired");
    if (!this.form.querySelector("[data-mus-shown=expired]")) {
      const panel = this.panel("expired");
      const link = panel.querySelector("[data-mus-login]");
      const url = new URL(this.form.dataset.musLoginUrl ?? link.href, location.href);
      if (!url.searchParams.has("next")) url.searchParams.set("next", location.pathname);
      link.href = url;
      this.status().before(panel);
    }
    return false;
  }

  async returned() {
    if (this.status()?.dataset.state === "expired") await this.renewToken();
    await this.flush();
  }

  token() {
    const cookie = this.form.dataset.musCsrfCookie ?? "csrftoken";
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${cookie}=`));
    return found ? decodeURIComponent(found.slice(cookie.length + 1)) : this.form.elements.csrfmiddlewaretoken?.value;
  }

  async renewToken() {
    const url = this.form.dataset.musCsrfUrl;
    if (!url) return;
    const response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    if (!answer?.token) return;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = answer.token;
  }

  /** Takes over what another has saved (see poll.js), except where something is being written here. */
  merge({ version, answers = {}, items = {} }) {
    if (version <= this.base) return;
    const others = new Map(Object.entries(answers).map(([id, value]) => [`q_${hexOf(id)}`, value]));
    for (const [id, values] of Object.entries(items)) {
      this.form.dispatchEvent(new CustomEvent("mus:item", { detail: hexOf(id) }));
      for (const [field, value] of Object.entries(values)) others.set(`item_${hexOf(id)}_${field}`, value);
    }
    const rowless = [...others].filter(([name, value]) => value && !this.fields(name).length);
    for (const [detail] of rowless) this.form.dispatchEvent(new CustomEvent("mus:row", { detail }));
    const busy = new Set([...this.changed(true), ...(this.unanswered?.sent.keys() ?? [])].map((name) => parse(name).hex));
    for (const hex of busy) if (!this.seen.has(hex)) this.seen.set(hex, this.base);
    for (const [name, value] of others) {
      const { hex } = parse(name);
      if (busy.has(hex) || this.versionOf(hex) > version) continue;
      this.seen.delete(hex);
      if (JSON.stringify(this.read(name)) !== JSON.stringify(value)) this.write(name, value);
    }
    this.raise(version);
  }

  conflicted({ sent }, answer) {
    const ours = new Set([...sent.keys()].map((name) => parse(name).hex));
    if (!answer.conflicts.some(({ id }) => ours.has(hexOf(id)))) return this.later("failed");
    const done = new Set((answer.saved ?? []).map(hexOf));
    for (const [name, value] of [...sent].filter(([name]) => done.has(parse(name).hex))) {
      this.saved.set(name, value);
      this.seen.set(parse(name).hex, answer.version);
    }
    for (const conflict of answer.conflicts) {
      const hex = hexOf(conflict.id);
      const names = [...sent.keys()].filter((name) => parse(name).hex === hex);
      const theirs = this.theirs(names, conflict);
      this.held.set(hex, conflict);
      const version = conflict.version ?? answer.version;
      if (names.every((name) => JSON.stringify(theirs.get(name)) === JSON.stringify(this.read(name)))) {
        this.resolve(hex, version, theirs, "theirs");
      } else this.showConflict(hex, names, theirs, conflict, version);
    }
    if (this.held.size) this.state("conflict");
    return true;
  }

  theirs(names, { field, theirs }) {
    const value = (name) => (theirs && typeof theirs === "object" && !Array.isArray(theirs) ? theirs[parse(name).field] : theirs);
    return new Map(names.filter((name) => !field || parse(name).field === field).map((name) => [name, value(name)]));
  }

  showConflict(hex, names, theirs, conflict, version) {
    const field = this.fields(names.find((name) => theirs.has(name)) ?? names[0])[0];
    const panel = this.panel("conflict");
    const shown = [...theirs].map(([name, value]) => this.inWords(name, value)).join("\n");
    for (const [slot, text] of Object.entries({ by: conflict.by, at: conflict.at, theirs: shown })) {
      panel.querySelector(`[data-mus-slot=${slot}]`).textContent = text ?? "";
    }
    const text = theirs.size === 1 && field.matches("textarea, input[type=text]:not([inputmode])");
    panel.querySelector("[data-mus-keep=both]").hidden = !text || !shown;
    panel.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-mus-keep]")?.dataset.musKeep;
      if (!choice) return;
      panel.remove();
      field.focus();
      this.resolve(hex, version, theirs, choice);
      this.flush();
    });
    this.box(field).append(panel);
  }

  resolve(hex, version, theirs, choice) {
    for (const [name, value] of theirs) {
      const mine = this.read(name);
      if (choice === "mine") this.saved.set(name, JSON.stringify(value ?? null));
      else this.write(name, value);
      const gap = this.fields(name)[0]?.matches("textarea") ? "\n\n" : " ";
      if (choice === "both") this.fields(name)[0].value = [mine, value].filter(Boolean).join(gap);
    }
    this.held.delete(hex);
    if (version !== undefined) this.seen.set(hex, version);
    if (!this.held.size) this.state(this.changed().length ? "saving" : this.isWrong() ? "invalid" : "saved");
  }

  inWords(name, value) {
    const label = (one) => {
      const field = this.fields(name).find((candidate) => candidate.value === one && candidate.labels);
      const option = this.fields(name)[0]?.options && [...this.fields(name)[0].options].find((o) => o.value === one);
      return option ? option.text : /radio|checkbox/.test(field?.type) ? field.labels[0]?.textContent.trim() : one;
    };
    return [value ?? ""].flat().map(label).join(", ");
  }

  box(field) {
    const notes = field.closest("tr")?.querySelector("[data-mus-notes]");
    return notes ?? field.closest("[data-question], .mus-question, .mus-part, td") ?? field.parentElement;
  }

  panel(name) {
    const panel = this.form.querySelector(`template[data-mus-panel=${name}]`).content.firstElementChild.cloneNode(true);
    panel.dataset.musShown = name;
    return panel;
  }

  showErrors(name, texts) {
    const field = this.fields(name)[0];
    if (!field) return;
    let place = this.box(field).querySelector(".mus-question__error");
    if (!place && texts.length) {
      const id = `${name}_autosave_error`;
      const described = (/radio|checkbox/.test(field.type) && field.closest("fieldset")) || field;
      place = Object.assign(document.createElement("p"), { id, className: "mus-question__error" });
      (field.closest(".mus-choices, .mus-scale, .mus-field__affix") ?? field).before(place);
      described.setAttribute("aria-describedby", `${described.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
    }
    if (place) place.textContent = texts.join(" ");
    if (texts.length) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  /** The text changes at most once a minute while all is well, so a screen reader is not told of every pause. */
  state(name, text = null, time = "") {
    const status = this.status();
    if (!status) return;
    status.dataset.state = name;
    const words = text ?? this.form.querySelector(`template[data-mus-text=${name}]`)?.content.textContent;
    const shown = words?.replace("{time}", time).trim();
    if (shown && shown !== status.textContent) status.textContent = shown;
  }

  /** A form sent by its button carries everything; it only has to wait for the save that is under way. */
  async submitting(event) {
    clearTimeout(this.timer);
    this.leaving = true;
    setTimeout(() => (this.leaving = false), 10_000); // still here: the answer was a download, or none came
    if (!this.inFlight) return;
    event.preventDefault();
    await this.queue;
    this.form.requestSubmit(event.submitter);
  }
}

for (const form of document.querySelectorAll("form[data-mus-autosave]")) new Autosave(form);
