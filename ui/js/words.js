// A hard word in a quote: a press shows its meaning below the quote, another press or Escape takes it away.

import { announce } from "./announcer.js";

let pressed = null;

function place(term) {
  return term.closest(".card").querySelector(".meaning");
}

function hide() {
  if (!pressed) return;
  pressed.setAttribute("aria-expanded", "false");
  place(pressed).hidden = true;
  place(pressed).replaceChildren();
  pressed = null;
}

function show(term) {
  hide();
  const line = document.getElementById(term.getAttribute("href").slice(1));
  if (!line) return;
  const meaning = document.createElement("dl");
  meaning.append(...[...line.children].map((part) => part.cloneNode(true)));
  place(term).replaceChildren(meaning);
  place(term).hidden = false;
  place(term).scrollIntoView({ block: "nearest" });
  term.setAttribute("aria-expanded", "true");
  pressed = term;
  announce([...line.children].map((part) => part.textContent).join(": "));
}

document.addEventListener("click", (event) => {
  const term = event.target.closest("a.term");
  if (!term) return;
  event.preventDefault();
  if (term === pressed) hide();
  else show(term);
});

// What was opened last goes first: the same Escape does not close the library's copy as well.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !pressed?.isConnected || document.querySelector("dialog[open]")) return;
    event.stopPropagation();
    hide();
  },
  true,
);
