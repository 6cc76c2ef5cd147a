// <entry-outbox></entry-outbox>: what this tablet holds and the server does not.
// A strip with role=status, and under it each entry the server refused, with its
// reasons, to be looked at in its form again or discarded.

import { openSheet } from "../../web/js/sheet.js";
import { findingList } from "./finding-list.js";
import { pending, takeBack } from "./outbox.js";
import { refreshPanels } from "./room-root.js";

const SHOW_EVERY_MS = 1000;
// What is answered at once is not worth a word.
const WORTH_A_WORD_MS = 1500;

const WHY = {
  login: "; log in again to send them",
  server: "; the server could not take them yet, trying again",
};

/** The strip's words for a number of waiting entries. */
export function waitingWords(waiting, others) {
  if (waiting.length === 0) return "";
  const words = `${waiting.length} saved on this tablet, not yet on the server`;
  if (others.length) return `${words}; ${others.length} by another user, sent when they log in here`;
  const inPageOnly = waiting.some(({ isInPageOnly }) => isInPageOnly);
  const why = WHY[waiting.find(({ why }) => WHY[why])?.why] ?? "";
  return `${words}${why}${inPageOnly ? "; kept in this page only, do not close it" : ""}`;
}

const button = (text, act) => {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
};

class EntryOutbox extends HTMLElement {
  connectedCallback() {
    this.strip = document.createElement("p");
    this.strip.className = "pending-strip";
    this.strip.dataset.count = "0";
    this.strip.setAttribute("role", "status");
    this.list = document.createElement("ul");
    this.list.className = "returned";
    this.list.hidden = true;
    this.replaceChildren(this.strip, this.list);
    this.timer = setInterval(() => this.show(), SHOW_EVERY_MS);
    document.addEventListener("outbox:outcome", this);
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("outbox:outcome", this);
  }

  handleEvent({ detail: { outcome } }) {
    if (outcome.kind === "recorded") refreshPanels();
    this.show();
  }

  async show() {
    const { waiting, others, returned } = await pending();
    const isWorthAWord = ({ tries, kept_at }) => tries > 0 || Math.abs(Date.now() - kept_at) > WORTH_A_WORD_MS;
    const shown = waiting.filter(isWorthAWord);
    const words = waitingWords(shown, others);
    if (this.strip.textContent !== words) this.strip.textContent = words;
    this.strip.dataset.count = String(shown.length);
    // A form that waits for its answer shows it itself.
    const forms = [...document.querySelectorAll("entry-form")];
    this.showReturned(returned.filter(({ id }) => !forms.some((form) => form.awaits === id)));
  }

  showReturned(returned) {
    const ids = returned.map(({ id }) => id).join(" ");
    if (this.list.dataset.ids === ids) return;
    this.list.dataset.ids = ids;
    this.list.hidden = returned.length === 0;
    this.list.replaceChildren(...returned.map((entry) => this.line(entry)));
  }

  line(entry) {
    const item = document.createElement("li");
    const title = document.createElement("p");
    title.textContent = `${entry.label}, ${entry.told_at}: not taken by the server`;
    const acts = document.createElement("p");
    acts.className = "row";
    const wrapper = [...document.querySelectorAll("entry-form")].find((form) => form.fits(entry));
    if (wrapper) acts.append(button("Look at it again", () => this.lookAgain(wrapper, entry)));
    acts.append(button("Discard it", () => takeBack(entry.id)));
    item.append(title, findingList(entry.findings), acts);
    return item;
  }

  lookAgain(wrapper, entry) {
    const sheet = wrapper.closest("dialog.sheet");
    if (sheet) openSheet(sheet.id);
    wrapper.giveBack(entry);
  }
}

customElements.define("entry-outbox", EntryOutbox);
