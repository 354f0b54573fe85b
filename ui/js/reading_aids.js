// The panel of the reading aids: what is chosen in it holds at once, and stays in this browser.

import { whenReady } from "./moments.js";

const appearance = globalThis.appearance;

function fields() {
  return [...document.querySelectorAll("#aids-dialog input")];
}

function show() {
  const now = appearance.now();
  for (const field of fields()) {
    field.checked = field.type === "checkbox" ? now[field.value] : String(now[field.name]) === field.value;
  }
}

function take(field) {
  if (field.type === "checkbox") appearance.change({ [field.value]: field.checked });
  else appearance.change({ [field.name]: field.name === "size" ? Number(field.value) : field.value });
}

whenReady(() => {
  appearance.apply();
  show();
});

document.addEventListener("change", (event) => {
  if (event.target.closest("#aids-dialog")) take(event.target);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-reset-aids]")) {
    appearance.change(appearance.first());
    show();
  }
  const other = event.target.closest("[data-language]");
  if (other) appearance.change({ language: other.dataset.language });
});
