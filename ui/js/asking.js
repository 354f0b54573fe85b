// Asking: the page says that it is looking, announces the newest answer once and scrolls to its start.

import { announce, goTo } from "./announcer.js";
import { questionBox, turns, whenChanged } from "./moments.js";

let newest = 0;

function showLooking(shown) {
  document.getElementById("looking").hidden = !shown;
}

whenChanged(() => {
  showLooking(false);
  const last = turns().at(-1);
  const number = last ? Number(last.dataset.turn) : 0;
  if (number === newest) return;
  newest = number;
  announce(last ? last.dataset.announce : "");
  if (last) goTo(last.id);
  else questionBox().focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#ask, [data-ask]")) showLooking(true);
});

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (sends && event.target === questionBox()) showLooking(true);
});
