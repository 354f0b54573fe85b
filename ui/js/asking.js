// Asking: the page says that it is looking, announces the newest answer once, scrolls to its start and puts the focus there.

import { announce } from "./announcer.js";
import { questionBox, turns, whenChanged, whenReady, writeInBox } from "./moments.js";

let newest = 0;
let told = "";
let shown = "";
let sent = null; // what the question box held when it was sent, until the answer or a problem came

// Gradio draws the page bit by bit: whoever is quick can ask before the line stands.
function showLooking(looking) {
  const line = document.getElementById("looking");
  if (line) line.hidden = !looking;
}

// After a reload the earlier questions are being asked again.
whenReady(() => {
  if (window.keptQuestions.length) showLooking(true);
});

function send(fromBox) {
  sent ??= (fromBox && questionBox()?.value) || "";
  showLooking(true);
}

// The box is emptied of what was answered, and of nothing that was written meanwhile.
function emptyBox() {
  if (sent && questionBox()?.value === sent) writeInBox("");
}

// A copy that is opened, say, changes the conversation too and says nothing about the question that was sent.
function outcome(newestShown) {
  const problem = document.querySelector("#status .problem")?.dataset.number;
  return [newestShown, problem, document.querySelector(".toast-wrap")?.textContent].join();
}

whenChanged(() => {
  const last = turns().at(-1);
  const number = last ? Number(last.dataset.turn) : 0;
  const newestShown = `${number} ${last?.dataset.question}`;
  if (outcome(newestShown) === told) return;
  told = outcome(newestShown);
  showLooking(false);
  if (last && newestShown !== shown) emptyBox();
  shown = newestShown;
  sent = null;
  if (number === newest) return;
  const removed = number < newest;
  newest = number;
  announce(last && !removed ? last.dataset.announce : "");
  // Whoever is writing the next question goes on writing: elsewhere each letter might be a single key.
  if (document.activeElement === questionBox() && questionBox().value) return;
  if (last) {
    // The section's start: a notice of an emergency stands above the question.
    last.querySelector("h2").focus({ preventScroll: true });
    last.scrollIntoView({ block: "start" });
  } else questionBox().focus();
});

document.addEventListener("click", (event) => {
  const asks = event.target.closest("#ask, [data-ask]");
  if (asks) send(asks.id === "ask");
});

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (sends && event.target === questionBox()) send(true);
});
