// A reload keeps the conversation: the browser remembers the questions while the tab is open, and they are asked again.
// Only this tab can read them; they go when it is closed, or with "Start over". So does what stands in the question box.

import { questionBox, turns, whenChanged, whenReady, writeInBox } from "./moments.js";

const name = "myositis-questions";
const draftName = "myositis-draft";

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
  } catch {
    return []; // storage is turned off, or holds something else
  }
}

// Read by the page's component "reloaded" (ui/page.py), which Gradio starts after this script.
window.keptQuestions = kept();

// Whether they are kept: without storage, or with a full one, a reload starts anew.
function keep(questions) {
  try {
    if (questions.length) sessionStorage.setItem(name, JSON.stringify(questions));
    else sessionStorage.removeItem(name);
    return true;
  } catch {
    return false;
  }
}

// The server forgets a conversation when it is started anew, or an hour after a sleeping phone lost touch, and after a reload
// it does not know it yet. The next answer then stands alone on the page.
function isForgotten(questions) {
  return before.length > 0 && questions.length === 1 && questions[0] !== before[0];
}

let waiting = window.keptQuestions.length > 0;
let before = window.keptQuestions;

whenChanged(() => {
  const questions = turns().map((turn) => turn.dataset.question);
  // Until the kept questions are answered again, an empty page does not mean that they were removed.
  if (waiting && !questions.length) return;
  if (isForgotten(questions) && keep([...before, ...questions])) {
    location.reload();
    return;
  }
  waiting = false;
  before = questions;
  keep(questions);
});

// The page is loaded anew by itself, too, when its server was away: what was being written is not lost.
addEventListener("pagehide", () => {
  const draft = questionBox()?.value.trim();
  try {
    if (draft) sessionStorage.setItem(draftName, draft);
  } catch {
    // as above
  }
});

whenReady(() => {
  try {
    const draft = sessionStorage.getItem(draftName);
    sessionStorage.removeItem(draftName);
    if (draft) writeInBox(draft);
  } catch {
    // as above
  }
});
