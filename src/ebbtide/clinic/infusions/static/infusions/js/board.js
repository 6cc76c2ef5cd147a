// <board-feed src="/live/board/"></board-feed>: tells the board when any room changed, and
// covers it when nothing was heard for two heartbeats.

import "../../web/js/elapsed.js";
import { setClinicNow } from "../../web/js/clock.js";

const SILENT_AFTER_MS = 5000;
const NOT_LIVE = "Not live: the numbers are hidden until the server answers.";

class BoardFeed extends HTMLElement {
  connectedCallback() {
    this.heardAt = performance.now();
    this.stream = new EventSource(this.getAttribute("src"));
    for (const kind of ["beat", "changed", "resync"]) this.stream.addEventListener(kind, this);
    this.timer = setInterval(() => this.look(), 1000);
  }

  disconnectedCallback() {
    this.stream.close();
    clearInterval(this.timer);
  }

  handleEvent({ type, data }) {
    this.heardAt = performance.now();
    if (type === "beat") setClinicNow(new Date(JSON.parse(data).now_ms).toISOString());
    else window.htmx.trigger(document.body, "board-changed");
  }

  look() {
    const isSilent = performance.now() - this.heardAt > SILENT_AFTER_MS;
    document.getElementById("board").classList.toggle("is-silent", isSilent);
    const words = isSilent ? NOT_LIVE : "";
    const line = this.firstElementChild;
    if (line.textContent !== words) line.textContent = words;
  }
}

customElements.define("board-feed", BoardFeed);
