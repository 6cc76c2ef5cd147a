// <live-feed src="/live/visits/UUID/" after="123"></live-feed>
// The one stream of the room. Tells the page, on document:
//   feed:vitals   {id, at_ms, samples, source}   each sample once, by its id
//   feed:changed  {kind, visit, event, seq}      panels then fetch themselves anew
//   feed:beat     {now_ms, speed}                every two seconds
//   feed:resync   {}                             what is shown may lack something
//   feed:silent   {since_ms}                     nothing heard for two heartbeats
//   feed:live     {}                             heard again
// The room's data-live says "no" while silent, and CSS covers what must not be read.

import { setClinicNow } from "../../web/js/clock.js";
import { ageWords } from "../../web/js/elapsed.js";
import { announce } from "./announce.js";
import { realMs } from "./real-time.js";
import { refreshPanels, roomRoot, timeOfDay } from "./room-root.js";

const SILENT_AFTER_MS = 5000;
const RETRY_AFTER_MS = 1500;
const LOOK_EVERY_MS = 500;

class LiveFeed extends HTMLElement {
  cursor = 0;
  entered = new Set();

  connectedCallback() {
    this.cursor = Math.max(this.cursor, Number(this.getAttribute("after")) || 0);
    this.heardAt = realMs();
    this.heardClock = Date.now();
    roomRoot().dataset.live ??= "yes";
    this.open();
    this.watch = setInterval(() => this.look(), LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", this);
  }

  disconnectedCallback() {
    clearInterval(this.watch);
    document.removeEventListener("visibilitychange", this);
    this.stream.close();
  }

  open() {
    this.stream?.close();
    this.openedAt = realMs();
    const url = new URL(this.getAttribute("src"), location.href);
    url.searchParams.set("after", String(this.cursor));
    this.stream = new EventSource(url);
    for (const kind of ["open", "error", "samples", "changed", "resync", "beat"]) {
      this.stream.addEventListener(kind, this);
    }
  }

  handleEvent(event) {
    if (event.type === "visibilitychange") this.look();
    else if (event.target !== this.stream) return; // a stream given up on
    // Changes carry no id and are not replayed: whoever connects looks at all panels.
    else if (event.type === "open") refreshPanels();
    // Our own retry asks with the cursor in the address, whatever the browser keeps.
    else if (event.type === "error") this.stream.close();
    else this.hear(event);
  }

  hear({ type, data }) {
    this.heardAt = realMs();
    const message = data ? JSON.parse(data) : {};
    if (type === "beat") setClinicNow(new Date(message.now_ms).toISOString());
    if (roomRoot().dataset.live === "no") this.recover();
    if (type === "samples") {
      // A typed reading may overtake a frame stored before it, so it moves no cursor.
      if (message.source === "nurse") {
        if (this.entered.has(message.id)) return;
        this.entered.add(message.id);
      } else {
        if (message.id <= this.cursor) return;
        this.cursor = message.id;
      }
    }
    this.tell({ samples: "vitals" }[type] ?? type, message);
    if (type === "changed" || type === "resync") refreshPanels();
  }

  look() {
    const now = realMs();
    const heardFor = now - this.heardAt;
    if (heardFor > SILENT_AFTER_MS) this.fallSilent(heardFor);
    const tried = now - this.openedAt;
    const isClosed = this.stream.readyState === EventSource.CLOSED;
    const isDead = Math.min(heardFor, tried) > SILENT_AFTER_MS;
    if (isDead || (isClosed && tried > RETRY_AFTER_MS)) this.open();
  }

  fallSilent(heardFor) {
    for (const place of document.querySelectorAll("[data-silent-for]")) {
      place.textContent = ageWords(heardFor / 1000);
    }
    if (roomRoot().dataset.live === "no") return;
    roomRoot().dataset.live = "no";
    const since = Date.now() - heardFor;
    for (const place of document.querySelectorAll("[data-silent-since]")) {
      place.textContent = timeOfDay(since);
    }
    announce("Not live: nothing heard from the server. The numbers are covered");
    this.tell("silent", { since_ms: since });
  }

  recover() {
    roomRoot().dataset.live = "yes";
    announce("Live again");
    this.tell("live", {});
  }

  tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(`feed:${kind}`, { bubbles: true, detail }));
  }
}

customElements.define("live-feed", LiveFeed);
