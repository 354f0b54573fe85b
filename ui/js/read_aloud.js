// Reading an answer aloud with a voice of this device: the question, each quote with its source, the disclaimer. Voices that
// would send the words elsewhere are not used; where there is no other, the buttons stay hidden.

import { turns, whenChanged, whenReady } from "./moments.js";

const synthesis = globalThis.speechSynthesis;
let reading = null; // { turn, parts, next, state: "reading" | "paused", utterance }

function localVoice(language) {
  const voices = synthesis.getVoices().filter((voice) => voice.localService);
  const same = voices.filter((voice) => voice.lang.toLowerCase().startsWith(language));
  return same.find((voice) => voice.default) ?? same[0];
}

function languageOf(element) {
  return (element.closest("[lang]")?.lang || document.documentElement.lang).slice(0, 2).toLowerCase();
}

// The parts of a turn in reading order: emergencies, the question, notices, each quote and then its source, the disclaimer.
function partsOf(turn) {
  const wanted = ".notice, h2, .verdict, .card mark, .card .title, .card .source, .card .who, .disclaimer";
  return [...turn.querySelectorAll(wanted)]
    .filter((part) => !part.closest("details:not([open]), .unseen") && part.textContent.trim())
    .flatMap((part) => {
      const languages = [...part.querySelectorAll(":scope > p > [lang], :scope > [lang]")];
      return languages.length > 1 ? languages : [part]; // each of two languages with its own voice
    })
    .map((part) => ({ words: wordsOf(part), language: languageOf(part) }));
}

// A list of facts is read with a pause after each, and after what it is a list of.
function wordsOf(part) {
  const items = [...part.querySelectorAll("li")];
  if (!items.length) return part.textContent.trim().replace(/\s+/g, " ");
  const label = part.querySelector(":scope > span")?.textContent.trim() ?? "";
  return `${label} ${items.map((item) => item.textContent.trim()).join(". ")}`.trim();
}

function spoken({ words, language }) {
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.voice = localVoice(language) ?? localVoice("en");
  utterance.lang = utterance.voice.lang;
  return utterance;
}

// One part after the other, each given to the browser when the one before has ended. Pausing takes the part away and going
// on begins it again: some phones cannot go on in the middle, and half a sentence is hard to pick up in any case.
function say() {
  const mine = reading;
  const utterance = spoken(mine.parts[mine.next]);
  mine.utterance = utterance; // held, or some browsers forget it and never say that it has ended
  utterance.addEventListener("end", () => {
    if (reading !== mine || mine.utterance !== utterance) return; // paused or stopped meanwhile
    mine.next += 1;
    if (mine.next < mine.parts.length) say();
    else stop();
  });
  // A voice that fails ends the reading; one that was interrupted was so by a pause or a stop.
  utterance.addEventListener("error", () => {
    if (reading === mine && mine.utterance === utterance) stop();
  });
  synthesis.speak(utterance);
}

function start(turn) {
  stop();
  reading = { turn, parts: partsOf(turn), next: 0, state: "reading", utterance: null };
  say();
  show();
}

function stop() {
  reading = null;
  synthesis?.cancel();
  show();
}

function toggle(turn) {
  if (reading?.turn !== turn) return start(turn);
  if (reading.state === "reading") {
    reading.state = "paused";
    reading.utterance = null;
    synthesis.cancel();
  } else {
    reading.state = "reading";
    say();
  }
  show();
}

// The buttons of every turn say what a press would do now.
function show() {
  const able = Boolean(synthesis && localVoice("en"));
  for (const turn of turns()) {
    const button = turn.querySelector("[data-read-aloud]");
    if (!button) continue;
    const state = reading?.turn === turn ? reading.state : "silent";
    button.hidden = !able;
    // Only a change is written: every writing is a change of the conversation, which calls this again.
    if (button.textContent !== button.dataset[state]) button.textContent = button.dataset[state];
    turn.querySelector("[data-read-stop]").hidden = state === "silent";
  }
}

whenReady(() => {
  // Voices arrive late in some browsers.
  synthesis?.addEventListener?.("voiceschanged", show);
});
whenChanged(() => {
  // An answer that came is another moment; what was being read is not on the page as it was.
  if (reading && !reading.turn.isConnected) stop();
  show();
});
// A closed page goes on talking in some browsers.
addEventListener("pagehide", () => synthesis?.cancel());

document.addEventListener("click", (event) => {
  const turn = event.target.closest(".turn");
  if (event.target.closest("[data-read-aloud]")) toggle(turn);
  if (event.target.closest("[data-read-stop]")) {
    stop();
    turn.querySelector("[data-read-aloud]").focus();
  }
});
