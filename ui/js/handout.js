// Take it to the doctor. The page sends its questions and where their quotes stand; the server answers with the sheet, as
// HTML to look at and print, as text to copy or send, or as a PDF.

import { turns } from "./moments.js";

const MOST_MAIL = 1800; // characters of an address that every mail program takes

const dialog = () => document.getElementById("handout-dialog");
const within = (selector) => dialog().querySelector(selector);
const say = (words) => (document.getElementById("handout-said").textContent = words);
let text = "";
let latest = 0;
let drawing = Promise.resolve();

function answerOf(turn) {
  return JSON.parse(turn.querySelector(".turn-tools").dataset.answer);
}

// Every turn that can go on paper; an emergency cannot wait for an appointment.
function candidates() {
  return turns().filter((turn) => turn.querySelector(".turn-tools") && answerOf(turn).status !== "emergency");
}

function listTurns() {
  const rows = candidates().map((turn) => {
    const label = document.createElement("label");
    label.className = "choice";
    label.innerHTML = '<input type="checkbox" name="turn" checked> <span></span>';
    label.querySelector("input").value = turn.id;
    label.querySelector("span").textContent = turn.dataset.question;
    return label;
  });
  within("#handout-turns .choices").replaceChildren(...rows);
}

function request() {
  const chosen = new Set([...dialog().querySelectorAll("[name=turn]:checked")].map((box) => box.value));
  const asked = candidates()
    .filter((turn) => chosen.has(turn.id))
    .map((turn) => ({ question: turn.dataset.question, quotes: answerOf(turn).quotes }));
  return { turns: asked, paper: within("[name=paper]:checked").value };
}

async function made(ending) {
  const address = new URL(`handout.${ending}?lang=${document.documentElement.lang}`, document.baseURI);
  const response = await fetch(address, { method: "POST", body: JSON.stringify(request()) });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

// The sheet as it will be printed, below the buttons and, unseen until then, at the end of the page.
function draw(html, paper) {
  within(".sheet-frame").innerHTML = html;
  let printed = document.getElementById("printed-sheet");
  if (!printed) {
    printed = document.createElement("div");
    printed.id = "printed-sheet";
    document.body.append(printed);
  }
  printed.className = paper;
  printed.innerHTML = html;
}

function mailAddress() {
  const subject = encodeURIComponent(dialog().dataset.title);
  let body = encodeURIComponent(text);
  if (body.length > MOST_MAIL) {
    let kept = "";
    for (const part of text.split("\n\n")) {
      if (encodeURIComponent(`${kept}${part}`).length > MOST_MAIL - 200) break;
      kept += `${part}\n\n`;
    }
    body = encodeURIComponent(kept + dialog().dataset.mailCut);
  }
  return `mailto:?subject=${subject}&body=${body}`;
}

async function redraw() {
  const mine = ++latest;
  text = "";
  within("#handout-copy").hidden = true;
  within("#handout-mail").hidden = true;
  if (request().turns.length === 0) {
    draw("", "");
    return say(dialog().dataset.noneChosen);
  }
  try {
    const [html, plain] = await Promise.all(["html", "txt"].map(async (ending) => (await made(ending)).text()));
    if (mine !== latest) return; // chosen anew meanwhile
    text = plain;
    draw(html, request().paper);
    within("#handout-mail").href = mailAddress();
    within("#handout-mail").hidden = false;
    say("");
  } catch (problem) {
    draw("", "");
    say(problem instanceof TypeError ? dialog().dataset.failed : problem.message);
  }
}

function refresh() {
  drawing = redraw();
}

async function printSheet() {
  await drawing;
  if (text) print();
}

function open() {
  if (!within("[name=paper]:checked")) {
    const american = /-(US|CA|MX|PH|CL|CO)$/i.test(navigator.language);
    within(`[name=paper][value=${american ? "us-letter" : "a4"}]`).checked = true;
  }
  listTurns();
  say("");
  refresh();
}

async function savePdf() {
  await drawing;
  if (!text) return;
  try {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await (await made("pdf")).blob());
    link.download = `myositis-${new Date().toISOString().slice(0, 10)}.pdf`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    say(dialog().dataset.saved);
  } catch {
    say(dialog().dataset.failed);
  }
}

async function copy() {
  await drawing;
  if (!text) return;
  try {
    await navigator.clipboard.writeText(text);
    say(dialog().dataset.copied);
  } catch {
    // No permission, or a page that is not served securely: the reader copies by hand.
    within("#handout-copy").hidden = false;
    const area = within("#handout-copy textarea");
    area.value = text;
    area.focus();
    area.select();
    say(dialog().dataset.copyByHand);
  }
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on('[data-opens="handout-dialog"]')) open();
  else if (on("[data-print]")) printSheet();
  else if (on("[data-pdf]")) savePdf();
  else if (on("[data-copy]")) copy();
});

document.addEventListener("change", (event) => {
  if (event.target.closest("#handout-dialog")) refresh();
});

// Only the sheet is printed while its dialog is open; else the page as it is.
addEventListener("beforeprint", () => document.documentElement.classList.toggle("prints-sheet", Boolean(dialog()?.open)));
