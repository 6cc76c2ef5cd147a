// <entry-form data-label="Reading"><form method="post" action="…">…</form></entry-form>
// Sends the form through the outbox. Adds entry_id, happened_at (the clinic's time, unless
// the form asks for it) and seen_pump_seq (as the page showed it when the form was begun).
// Findings come back beside their field or on top; a reason field inside [data-needs-reason]
// is shown when a reason would let the entry go on. A form with a password is sent at once
// and never stored. Tells entry:recorded, entry:waiting, entry:returned.

import { clinicNow } from "../../web/js/clock.js";
import { say } from "../../web/js/toast.js";
import { newId } from "./entry-id.js";
import { askForReason, clearFindings, showFindings } from "./form-findings.js";
import { sendUnstored, submit, takeBack } from "./outbox.js";
import { pumpSeq, roomRoot, timeOfDay } from "./room-root.js";

// Ours to fill in, whatever the form says.
const OWN = new Set(["csrfmiddlewaretoken", "entry_id", "happened_at", "seen_pump_seq"]);
const NOT_KEPT = {
  severity: "block",
  message: "The server did not answer. An entry with a password is not kept on this tablet: send it again.",
};

class EntryForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
    this.addEventListener("focusin", this);
    document.addEventListener("sheet:opened", this);
    document.addEventListener("close", this, true); // of a dialog, which does not bubble
  }

  disconnectedCallback() {
    document.removeEventListener("sheet:opened", this);
    document.removeEventListener("close", this, true);
  }

  get form() {
    return this.querySelector("form");
  }

  get url() {
    const { pathname, search } = new URL(this.form.getAttribute("action"), location.href);
    return pathname + search;
  }

  get isSecret() {
    return this.querySelector('input[type="password"]') !== null;
  }

  /** Whether an entry came from this form: its address and its fixed fields. */
  fits({ url, body }) {
    const fields = new URLSearchParams(body);
    const fixed = [...this.form.elements].filter(({ type, name }) => type === "hidden" && !OWN.has(name));
    return url === this.url && fixed.every(({ name, value }) => fields.get(name) === value);
  }

  handleEvent(event) {
    if (event.type === "submit") {
      event.preventDefault();
      this.send(event.submitter);
    } else if (event.type === "close") {
      if (event.target.contains(this)) this.leave();
    } else if (event.type === "focusin" || event.target.contains(this)) {
      // What the user saw when they began, not what came in while they typed.
      this.seen ??= pumpSeq();
    }
  }

  async send(submitter) {
    if (this.awaits) return;
    const entry = this.entry(submitter);
    this.wait(entry.id, submitter);
    clearFindings(this.form);
    try {
      const outcome = await (this.isSecret ? sendUnstored(entry) : submit(entry));
      if (this.isSecret && outcome.kind === "waiting") {
        // It may have arrived all the same: the next try goes under the same id.
        this.unanswered = entry.id;
        showFindings(this.form, [NOT_KEPT]);
      } else await this.close(entry, outcome);
    } finally {
      this.wait(null, submitter);
    }
  }

  entry(submitter) {
    const fields = new URLSearchParams(new FormData(this.form, submitter));
    const id = this.unanswered ?? newId();
    const now = clinicNow();
    fields.delete("csrfmiddlewaretoken");
    fields.set("entry_id", id);
    const time = this.form.elements.namedItem("happened_at");
    const isTimeAsked = time && time.type !== "hidden" && time.value;
    if (!isTimeAsked) fields.set("happened_at", this.happenedAt ?? now.toISOString());
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
    this.awaits = id;
    this.form.setAttribute("aria-busy", String(id !== null));
    submitter?.setAttribute("aria-disabled", String(id !== null));
  }

  async close(entry, outcome) {
    for (const part of ["seen", "replaces", "unanswered", "happenedAt"]) this[part] = undefined;
    if (outcome.kind === "returned") {
      showFindings(this.form, outcome.findings);
      // The form holds the values now, so the queue need not.
      if (!this.isSecret) await takeBack(entry.id);
    } else this.finish(outcome);
    this.dispatchEvent(new CustomEvent(`entry:${outcome.kind}`, { bubbles: true, detail: outcome }));
  }

  finish(outcome) {
    const label = this.dataset.label ?? "Entry";
    const notices = (outcome.answer?.findings ?? []).map(({ message }) => message);
    const kept = outcome.keptIn === "tablet" ? "saved on this tablet" : "kept in this page only";
    const what = outcome.kind === "recorded" ? "recorded" : `${kept}, not yet on the server`;
    // data-quiet: the answered item itself shows that it was recorded.
    const isNews = outcome.kind !== "recorded" || notices.length > 0 || !("quiet" in this.dataset);
    if (isNews) say([`${label}: ${what}.`, ...notices].join(" "));
    this.form.reset();
    askForReason(this.form, false);
    this.closest("dialog")?.close();
  }

  /** A refused entry looked at and left: what is typed here next is another, with its own time. */
  leave() {
    if (this.awaits) return; // on its way: what is in the form may come back refused
    if (this.replaces) this.form.reset();
    for (const part of ["seen", "replaces", "happenedAt"]) this[part] = undefined;
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
    // It happened when it was first told, not when it is sent again.
    this.happenedAt = fields.get("happened_at");
    clearFindings(this.form);
    showFindings(this.form, entry.findings);
  }
}

customElements.define("entry-form", EntryForm);
