// A reload keeps the conversation: the browser remembers the questions while the tab is open, and they are asked again.
// Only this tab can read them; they go when it is closed, or with "Start over".

import { turns, whenChanged } from "./moments.js";

const name = "myositis-questions";

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

function keep(questions) {
  try {
    if (questions.length) sessionStorage.setItem(name, JSON.stringify(questions));
    else sessionStorage.removeItem(name);
  } catch {
    // Without storage, or with a full one, a reload starts anew.
  }
}

let waiting = window.keptQuestions.length > 0;

whenChanged(() => {
  const questions = turns().map((turn) => turn.dataset.question);
  // Until the kept questions are answered again, an empty page does not mean that they were removed.
  if (waiting && !questions.length) return;
  waiting = false;
  keep(questions);
});
