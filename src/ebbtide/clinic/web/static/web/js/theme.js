// <theme-switch>: the two buttons of a plain form, done without a round trip.
// The server writes the theme of the cookie into <html>, so a page never flashes.

const ONE_YEAR_S = 31536000;

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this);
    this.press(document.documentElement.dataset.theme); // a page may choose its own first theme
  }

  press(theme) {
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  }

  handleEvent(event) {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${ONE_YEAR_S}; samesite=lax${secure}`;
    document.documentElement.dataset.theme = theme;
    this.press(theme);
    // Canvas drawings hold colours of their own and repaint on this.
    document.dispatchEvent(new CustomEvent("theme:changed", { detail: { theme } }));
  }
}

customElements.define("theme-switch", ThemeSwitch);

/** The value of a design token where an element stands, e.g. token(plot, "trace-spo2"). */
export function token(element, name) {
  return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
}
