// What the page needs beyond Gradio: it says when it is looking, announces the newest answer once and scrolls to its
// start, and opens dialogs.
"use strict";

(() => {
  const announcer = document.createElement("div");
  announcer.className = "unseen";
  announcer.setAttribute("role", "status");
  announcer.setAttribute("aria-live", "polite");

  let newest = 0;

  // A fragment moves the view and the place where Tab goes on, without a focus that would be read out as well;
  // replace() keeps the Back button leading out of the page.
  function goTo(id) {
    location.replace(`${location.href.split("#")[0]}#${id}`);
  }

  // Emptied first: the same words twice in a row would not be read out again.
  function announce(words) {
    announcer.textContent = "";
    setTimeout(() => (announcer.textContent = words), 100);
  }

  function questionBox() {
    return document.querySelector("#question textarea");
  }

  function showLooking(shown) {
    document.getElementById("looking").hidden = !shown;
  }

  // Called when the conversation, the line for problems or Gradio's own messages have changed.
  function look() {
    showLooking(false);
    const last = [...document.querySelectorAll("#conversation .turn")].at(-1);
    const number = last ? Number(last.dataset.turn) : 0;
    if (number === newest) return;
    newest = number;
    announce(last ? last.dataset.announce : "");
    if (last) goTo(last.id);
    else questionBox().focus();
  }

  // Gradio builds the page after this script has run and does not say when an answer stands in it.
  function watch() {
    document.querySelector(".gradio-container main").append(announcer);
    document.getElementById("loading")?.remove();
    const changes = new MutationObserver(look);
    for (const place of document.querySelectorAll("#conversation .html-container, #status .html-container, .toast-wrap")) {
      changes.observe(place, { attributes: true, childList: true, subtree: true });
    }
  }

  const arrival = new MutationObserver(() => {
    if (!document.getElementById("conversation") || !document.getElementById("looking") || !questionBox()) return;
    arrival.disconnect();
    watch();
  });
  arrival.observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    if (event.target.closest("#ask, [data-ask]")) showLooking(true);
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
  });

  document.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (sends && event.target === questionBox()) showLooking(true);
  });
})();
