// Findings shown in the form they speak of: beside their field, or on top of all.

import { say } from "../../web/js/toast.js";
import { WORDS, findingList } from "./finding-list.js";

function fieldOf(form, name) {
  const named = name && form.elements.namedItem(name);
  const control = named instanceof RadioNodeList ? named[0] : named;
  const field = control && control.type !== "hidden" ? control.closest(".field") : null;
  return field ? { control, field } : null;
}

function showBeside({ control, field }, { severity, message }, id) {
  field.classList.add("has-error");
  control.setAttribute("aria-invalid", "true");
  let error = field.querySelector(".field-error");
  if (!error) {
    error = document.createElement("div");
    error.className = "field-error";
    error.id = id;
    const described = control.getAttribute("aria-describedby") ?? "";
    control.setAttribute("aria-describedby", `${described} ${id}`.trim());
    field.append(error);
  }
  const line = document.createElement("p");
  line.textContent = severity === "block" ? message : `${WORDS[severity]}: ${message}`;
  error.append(line);
}

// Under the head of a sheet, where the eye is, else at the top of the form.
const topOf = (form) => form.querySelector(":scope > .sheet-body") ?? form;

// A form that is one button has no room for words.
const isBare = (form) => !form.querySelector('input:not([type="hidden"]), select, textarea');

/** Show all findings and put the focus on the first; ask for a reason where one would do. */
export function showFindings(form, findings) {
  if (isBare(form)) {
    for (const { message } of findings) say(message, { kind: "problem" });
    return;
  }
  const onTop = [];
  findings.forEach((finding, index) => {
    const place = fieldOf(form, finding.field);
    if (place) showBeside(place, finding, `${place.control.id || place.control.name}-finding-${index}`);
    else onTop.push(finding);
  });
  if (onTop.length) {
    const list = findingList(onTop);
    list.tabIndex = -1;
    list.setAttribute("role", "alert");
    topOf(form).prepend(list);
  }
  const isBlocked = findings.some(({ severity }) => severity === "block");
  const needsReason = !isBlocked && findings.some(({ severity }) => severity === "override");
  askForReason(form, needsReason);
  form.querySelector('[aria-invalid="true"], .findings')?.focus();
}

/** Take all findings away again. */
export function clearFindings(form) {
  for (const list of form.querySelectorAll(":scope > .findings, .sheet-body > .findings, .field-error")) list.remove();
  for (const field of form.querySelectorAll(".has-error")) field.classList.remove("has-error");
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/** Show or hide the reason that lets an entry go on against a rule. */
export function askForReason(form, isNeeded) {
  for (const reason of form.querySelectorAll("[data-needs-reason]")) reason.hidden = !isNeeded;
}
