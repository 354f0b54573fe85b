// What a screen reader is told, and where the view and the focus go.

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

// A fragment moves the view and the place where Tab goes on, without a focus that would be read out as well;
// replace() keeps the Back button leading out of the page.
export function goTo(id) {
  location.replace(`${location.href.split("#")[0]}#${id}`);
}
