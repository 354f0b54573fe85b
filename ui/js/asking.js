// Asking: the page says that it is looking, announces the newest answer once, scrolls to its start and puts the focus there.

import { announce } from "./announcer.js";
import { questionBox, turns, whenChanged, whenReady } from "./moments.js";

let newest = 0;

// Gradio draws the page bit by bit: whoever is quick can ask before the line stands.
function showLooking(shown) {
  const line = document.getElementById("looking");
  if (line) line.hidden = !shown;
}

// After a reload the earlier questions are being asked again.
whenReady(() => {
  if (window.keptQuestions.length) showLooking(true);
});

whenChanged(() => {
  showLooking(false);
  const last = turns().at(-1);
  const number = last ? Number(last.dataset.turn) : 0;
  if (number === newest) return;
  const removed = number < newest;
  newest = number;
  announce(last && !removed ? last.dataset.announce : "");
  if (last) {
    // The section's start: a notice of an emergency stands above the question.
    last.querySelector("h2").focus({ preventScroll: true });
    last.scrollIntoView({ block: "start" });
  } else questionBox().focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#ask, [data-ask]")) showLooking(true);
});

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (sends && event.target === questionBox()) showLooking(true);
});
