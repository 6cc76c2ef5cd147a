// <entry-form data-label="Reading"><form method="post" action="…">…</form></entry-form>
// Sends the form through the outbox. Adds entry_id, happened_at (the clinic's time, unless
// the form has a field of that name with a value) and seen_pump_seq (as the page showed it
// when the form was opened). Findings come back beside their field or on top; a reason field
// inside [data-needs-reason] is shown when a reason would let the entry go on.

import { clinicNow } from "../../web/js/clock.js";
import { say } from "../../web/js/toast.js";
import { findingList } from "./finding-list.js";
import { submit, takeBack } from "./outbox.js";
import { pumpSeq, roomRoot, timeOfDay } from "./room-root.js";

/** A random UUID; also where the page is not a secure context. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

class EntryForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
    this.addEventListener("focusin", this);
    document.addEventListener("sheet:opened", this);
  }

  disconnectedCallback() {
    document.removeEventListener("sheet:opened", this);
  }

  get form() {
    return this.querySelector("form");
  }

  get url() {
    return new URL(this.form.getAttribute("action"), location.href).pathname;
  }

  handleEvent(event) {
    if (event.type === "submit") {
      event.preventDefault();
      this.send(event.submitter);
    } else if (event.type === "focusin" || event.target.contains(this)) {
      // What the user saw when they began, not what came in while they typed.
      this.seen ??= pumpSeq();
    }
  }

  async send(submitter) {
    if (this.dataset.awaits) return;
    const entry = this.entry(submitter);
    this.wait(entry.id, submitter);
    this.clearFindings();
    try {
      const outcome = await submit(entry);
      this.seen = undefined;
      this.replaces = undefined;
      if (outcome.kind === "returned") await this.showReturned(entry.id, outcome);
      else this.finish(outcome);
    } finally {
      this.wait(null, submitter);
    }
  }

  entry(submitter) {
    const fields = new URLSearchParams(new FormData(this.form, submitter));
    const id = newId();
    const now = clinicNow();
    fields.delete("csrfmiddlewaretoken");
    fields.set("entry_id", id);
    if (!fields.get("happened_at")) fields.set("happened_at", now.toISOString());
    fields.set("seen_pump_seq", this.seen ?? pumpSeq());
    return {
      id,
      visit: roomRoot().dataset.visit ?? "",
      url: this.url,
      body: fields.toString(),
      label: this.dataset.label ?? "Entry",
      told_at: timeOfDay(now),
      replaces: this.replaces,
    };
  }

  wait(id, submitter) {
    if (id) this.dataset.awaits = id;
    else delete this.dataset.awaits;
    this.form.toggleAttribute("aria-busy", id !== null);
    submitter?.setAttribute("aria-disabled", String(id !== null));
  }

  finish(outcome) {
    const label = this.dataset.label ?? "Entry";
    const notices = (outcome.answer?.findings ?? []).map(({ message }) => message);
    const kept = outcome.keptIn === "tablet" ? "saved on this tablet" : "kept in this page only";
    const what = outcome.kind === "recorded" ? "recorded" : `${kept}, not yet on the server`;
    say([`${label}: ${what}.`, ...notices].join(" "));
    this.form.reset();
    for (const reason of this.querySelectorAll("[data-needs-reason]")) reason.hidden = true;
    this.closest("dialog")?.close();
    this.dispatchEvent(new CustomEvent(`entry:${outcome.kind}`, { bubbles: true, detail: outcome }));
  }

  async showReturned(id, { findings }) {
    this.showFindings(findings);
    // The form holds the values now, so the queue need not.
    await takeBack(id);
    this.dispatchEvent(new CustomEvent("entry:returned", { bubbles: true, detail: { findings } }));
  }

  /** Show an entry refused after its sheet was closed, values and reasons both. */
  giveBack(entry) {
    const fields = new URLSearchParams(entry.body);
    for (const control of this.form.elements) {
      if (!control.name || !fields.has(control.name) || control.type === "hidden") continue;
      const values = fields.getAll(control.name);
      if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
      else control.value = values[0];
    }
    this.replaces = entry.id;
    this.clearFindings();
    this.showFindings(entry.findings);
  }

  showFindings(findings) {
    const onTop = findings.filter((finding) => !this.showBeside(finding));
    if (onTop.length) {
      const list = findingList(onTop);
      list.tabIndex = -1;
      list.setAttribute("role", "alert");
      this.form.prepend(list);
    }
    const isBlocked = findings.some(({ severity }) => severity === "block");
    const needsReason = !isBlocked && findings.some(({ severity }) => severity === "override");
    for (const reason of this.querySelectorAll("[data-needs-reason]")) reason.hidden = !needsReason;
    this.querySelector('[aria-invalid="true"], .findings')?.focus();
  }

  showBeside(finding) {
    const named = finding.field && this.form.elements.namedItem(finding.field);
    const control = named instanceof RadioNodeList ? named[0] : named;
    const field = control?.closest?.(".field");
    if (!field || control.type === "hidden") return false;
    field.classList.add("has-error");
    control.setAttribute("aria-invalid", "true");
    let error = field.querySelector(":scope > .field-error");
    if (!error) {
      error = document.createElement("div");
      error.className = "field-error";
      error.id = `${newId()}-error`;
      error.setAttribute("role", "alert");
      field.append(error);
      control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${error.id}`.trim());
    }
    error.append(findingList([finding]));
    return true;
  }

  clearFindings() {
    for (const list of this.form.querySelectorAll(":scope > .findings, .field-error")) list.remove();
    for (const field of this.form.querySelectorAll(".has-error")) field.classList.remove("has-error");
    for (const control of this.form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  }
}

customElements.define("entry-form", EntryForm);
