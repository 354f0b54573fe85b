// "Did this answer your question?", where the operator asks it. What is sent: the verdict, the status of the answer and the
// ids of its documents; never the question.

import { announce } from "./announcer.js";
import { turns, whenChanged } from "./moments.js";

const given = new Set(); // the turns that have their verdict: Gradio draws every turn anew with each answer
const nameOf = (turn) => `${turn.id} ${turn.dataset.question}`; // a number is used again when the last question was removed

function copyOf(name) {
  return document.getElementById(name).content.cloneNode(true);
}

whenChanged(() => {
  if (!document.getElementById("feedback-template")) return;
  if (turns().length === 0) given.clear();
  for (const turn of turns()) {
    const tools = turn.querySelector(".turn-tools");
    if (!tools || tools.querySelector(".feedback, .thanks")) continue;
    const place = document.createElement("div");
    place.className = given.has(nameOf(turn)) ? "thanks" : "asks";
    place.append(copyOf(given.has(nameOf(turn)) ? "feedback-thanks" : "feedback-template"));
    tools.append(place);
  }
});

async function send(verdict, turn) {
  const { status, documents } = JSON.parse(turn.querySelector(".turn-tools").dataset.answer);
  const body = JSON.stringify({ verdict, status, documents });
  const response = await fetch(new URL("feedback", document.baseURI), { method: "POST", body });
  if (!response.ok) return;
  given.add(nameOf(turn));
  const place = turn.querySelector(".asks");
  place.className = "thanks";
  place.replaceChildren(copyOf("feedback-thanks"));
  place.tabIndex = -1;
  place.focus(); // the button that had it is gone
  announce(place.textContent);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-verdict]");
  if (button) send(button.dataset.verdict, button.closest(".turn"));
});
