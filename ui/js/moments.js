// The moments other scripts wait for. Gradio builds the page after the scripts have run and says neither when it stands
// nor when an answer stands in it, so both are watched for here.

const whenReadyCalls = [];
const whenChangedCalls = [];

// Calls `run` once the question box and the place of the conversation are on the page.
export function whenReady(run) {
  whenReadyCalls.push(run);
}

// Calls `run` after every change of the conversation, of the line for problems or of Gradio's own messages.
export function whenChanged(run) {
  whenChangedCalls.push(run);
}

export function questionBox() {
  return document.querySelector("#question textarea");
}

export function writeInBox(words) {
  questionBox().value = words;
  questionBox().dispatchEvent(new Event("input", { bubbles: true })); // Gradio keeps what it hears of
}

// Every turn on the page, oldest first.
export function turns() {
  return [...document.querySelectorAll("#conversation .turn")];
}

function watch() {
  document.getElementById("loading")?.remove();
  for (const run of whenReadyCalls) run();
  const changes = new MutationObserver(() => whenChangedCalls.forEach((run) => run()));
  for (const place of document.querySelectorAll("#conversation .html-container, #status .html-container, .toast-wrap")) {
    changes.observe(place, { childList: true, subtree: true });
  }
}

function isReady() {
  return document.getElementById("conversation") && document.getElementById("looking") && questionBox();
}

// Called once every script has said what it waits for.
export function startWatching() {
  const arrival = new MutationObserver(() => {
    if (!isReady()) return;
    arrival.disconnect();
    watch();
  });
  arrival.observe(document.documentElement, { childList: true, subtree: true });
  if (isReady()) {
    arrival.disconnect();
    watch();
  }
}
