// <number-stepper class="stepper"> around − input +. Typing stays free; the buttons
// and the arrow keys move by data-step within data-min and data-max of the input.

const HOLD_AFTER_MS = 450;
const REPEAT_MS = 110;

const decimals = (number) => (String(number).split(".")[1] ?? "").length;

/** The next value on the step's grid, kept inside the limits; text as typed stays text. */
export function stepped(text, { direction, step, min, max, start }) {
  const now = Number(text.trim().replace("\u2212", "-"));
  const value = text.trim() === "" || Number.isNaN(now) ? start : now + direction * step;
  const inside = Math.min(max, Math.max(min, value));
  const places = Math.max(decimals(step), decimals(text.trim() || start));
  return inside.toFixed(Math.min(places, 6));
}

class NumberStepper extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    for (const button of this.querySelectorAll("button[data-direction]")) {
      button.addEventListener("pointerdown", (event) => this.hold(event, button));
      // A click without a pointer comes from the keyboard or a screen reader.
      button.addEventListener("click", (event) => event.detail === 0 && this.move(button));
    }
    this.input.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: "1", ArrowDown: "-1" }[event.key];
      if (!direction) return;
      event.preventDefault();
      this.move({ dataset: { direction } });
    });
  }

  disconnectedCallback() {
    this.release?.();
  }

  limit(name, otherwise) {
    const value = this.input.dataset[name] ?? this.input.getAttribute(name);
    return value === null || value === "" ? otherwise : Number(value);
  }

  move({ dataset }) {
    if (this.input.disabled || this.input.readOnly) return;
    const min = this.limit("min", -Infinity);
    // The last value may carry words after it: "6 at 10:30".
    const last = Number.parseFloat(this.dataset.last ?? "");
    const start = Number.isNaN(last) ? Math.max(min, 0) : last;
    this.input.value = stepped(this.input.value, {
      direction: Number(dataset.direction),
      step: this.limit("step", 1) || 1,
      min,
      max: this.limit("max", Infinity),
      start,
    });
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  hold(event, button) {
    if (event.button !== 0) return;
    this.move(button);
    let timer = setTimeout(() => {
      timer = setInterval(() => this.move(button), REPEAT_MS);
    }, HOLD_AFTER_MS);
    const stop = new AbortController();
    this.release = () => {
      clearTimeout(timer);
      clearInterval(timer);
      stop.abort();
    };
    for (const end of ["pointerup", "pointercancel", "blur"]) {
      window.addEventListener(end, this.release, { signal: stop.signal });
    }
    button.addEventListener("pointerleave", this.release, { signal: stop.signal });
  }
}

customElements.define("number-stepper", NumberStepper);
