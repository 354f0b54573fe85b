// Speaking a question instead of typing it, where the browser can. Before the first time a notice says that the browser may
// send speech to its maker; where speech is known to stay on this device, there is nothing to say.

import { announce } from "./announcer.js";
import { questionBox, whenReady, writeInBox } from "./moments.js";

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const LANGUAGE = "en-US"; // the library is English
let agreed = false;
let listening = null;

function said() {
  return document.getElementById("voice-said");
}

// Whether this browser can listen without sending anything: a newer part of the interface says so.
async function staysHere() {
  try {
    return (await Recognition.available?.({ langs: [LANGUAGE], processLocally: true })) === "available";
  } catch {
    return false;
  }
}

function put(words) {
  const box = questionBox();
  writeInBox([box.value.trim(), words.trim()].filter(Boolean).join(" "));
  box.focus();
}

function listen(here) {
  const recognition = new Recognition();
  recognition.lang = LANGUAGE;
  if (here) recognition.processLocally = true;
  let words = "";
  recognition.addEventListener("result", (event) => {
    words = [...event.results].map((result) => result[0].transcript).join(" ");
  });
  recognition.addEventListener("end", () => {
    listening = null;
    said().textContent = words ? "" : said().dataset.failed;
    if (words) {
      put(words);
      announce(words);
    }
  });
  said().textContent = said().dataset.listening;
  listening = recognition;
  recognition.start();
}

async function begin() {
  if (listening) return listening.stop();
  const here = await staysHere();
  if (here || agreed) listen(here);
  else document.getElementById("voice-dialog").showModal();
}

whenReady(() => {
  const button = document.getElementById("speak");
  if (button) button.hidden = !Recognition;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#speak")) begin();
  if (event.target.closest("#speak-agreed")) {
    agreed = true;
    document.getElementById("voice-dialog").close();
    listen(false);
  }
});
