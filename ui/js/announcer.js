// What a screen reader is told without the focus going there.

const announcer = document.createElement("div");
announcer.className = "unseen";
announcer.setAttribute("role", "status");
announcer.setAttribute("aria-live", "polite");

export function placeAnnouncer() {
  document.querySelector(".gradio-container main").append(announcer);
}

// Emptied first: the same words twice in a row would not be read out again.
export function announce(words) {
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = words), 100);
}

