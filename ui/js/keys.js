// Single keys. A key presses the last button on view that carries it in [data-key]; where a dialog is open, only its own
// buttons count. They can be turned off, and never fire while something is typed (WCAG 2.1.4).

import { questionBox } from "./moments.js";

const TYPES = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

function pressed(key) {
  const dialog = document.querySelector("dialog[open]");
  const buttons = [...(dialog ?? document).querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return buttons.filter((button) => button.checkVisibility()).at(-1);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (!globalThis.appearance.now().keys || event.target.closest?.(TYPES)) return;
  const key = event.key.toLowerCase();
  if (key === "q" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    questionBox()?.focus();
    return;
  }
  const button = pressed(key);
  if (!button) return;
  event.preventDefault();
  button.click();
});
