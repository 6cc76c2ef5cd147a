// Binds htmx to the house's rules: the CSRF token from the page, 422 swaps and moves
// the focus to what is wrong, a failed request changes nothing on the page and says so.

import { say } from "./toast.js";

const csrfToken = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken;
});

const FIRST_WRONG = '[aria-invalid="true"], .findings[tabindex], .field-error';

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.xhr?.status !== 422) return;
  detail.elt.querySelector(FIRST_WRONG)?.focus();
});

const NOT_DONE = "Nothing was changed on this page; what you typed is still here.";
// A request without an answer may still have been carried out.
const NO_ANSWER = "The server did not answer. Check whether it was done before you try again.";
const REASONS = {
  401: "You are logged out.",
  403: "Your role may not do this.",
  404: "This is no longer here.",
  409: "The page fell behind; reload it to see what changed.",
};

document.addEventListener("htmx:responseError", ({ detail }) => {
  const reason = REASONS[detail.xhr.status] ?? `The server could not answer (${detail.xhr.status}).`;
  say(`${reason} ${NOT_DONE}`, { kind: "problem" });
});

for (const event of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(event, () => {
    say(NO_ANSWER, { kind: "problem" });
  });
}
