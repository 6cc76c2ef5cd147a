// Bottom sheets are native <dialog class="sheet">. Any element with
// data-opens="sheet-id" opens one; data-closes inside closes it, as do Escape and a
// tap beside it. Closing keeps the fields as they are: nothing typed is lost.

/** Open a sheet by id and put the focus on its first field. */
export function openSheet(id) {
  const sheet = document.getElementById(id);
  if (!(sheet instanceof HTMLDialogElement) || sheet.open) return;
  sheet.showModal();
  const first = sheet.querySelector("[autofocus], .sheet-body :is(input:not([type='hidden']), select, textarea)");
  (first ?? sheet.querySelector(".sheet-body button, .sheet-foot button"))?.focus();
  sheet.dispatchEvent(new CustomEvent("sheet:opened", { bubbles: true }));
}

function isBeside(sheet, { clientX: x, clientY: y }) {
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  return x < left || x > right || y < top || y > bottom;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) {
    // With JavaScript off the same element is a link to the same form as a page.
    event.preventDefault();
    if ("closes" in opener.dataset) opener.closest("dialog")?.close();
    openSheet(opener.dataset.opens);
    return;
  }
  const sheet = event.target.closest?.("dialog.sheet[open]");
  if (!sheet) return;
  const wantsClose = event.target.closest("[data-closes]");
  // Keyboard clicks carry no position and are never "beside".
  if (wantsClose || (event.target === sheet && event.detail > 0 && isBeside(sheet, event))) {
    sheet.close();
  }
});
