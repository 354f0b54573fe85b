// "Show me where": the library's copy beside the card, opened in place. It goes on Escape or "Back to the answer", and the
// focus returns to the button that opened it. Without this script that button is a link to the copy.

import { announce } from "./announcer.js";
import { whenChanged } from "./moments.js";

const steps = [1, 1.25, 1.5, 2, 3];

let viewer = null;
let opener = null;
let step = 0;
let asPicture = false;

function address(part) {
  const found = new URL(opener.href);
  found.pathname += "/part";
  found.hash = "";
  found.searchParams.set("lang", document.documentElement.lang);
  if (part) found.searchParams.set("part", part);
  return found;
}

async function fetched(part) {
  const response = await fetch(address(part));
  if (!response.ok) throw new Error(response.status);
  return response.text();
}

function resize() {
  viewer.style.setProperty("--zoom", steps[step]);
  viewer.querySelector('[data-viewer="smaller"]').ariaDisabled = step === 0;
  viewer.querySelector('[data-viewer="larger"]').ariaDisabled = step === steps.length - 1;
}

// Text or picture, whichever was chosen last, for documents that have both.
function showForm() {
  const picture = viewer.querySelector(".picture");
  if (!picture) return;
  const image = picture.querySelector("img");
  if (asPicture && !image.src) image.src = image.dataset.address;
  picture.hidden = !asPicture;
  viewer.querySelector(".copy").hidden = asPicture;
  const button = viewer.querySelector('[data-viewer="picture"]');
  button.dataset.forth ??= button.textContent;
  button.textContent = asPicture ? button.dataset.back : button.dataset.forth;
}

function fill(content) {
  viewer.innerHTML = content;
  viewer.querySelector(".picture img")?.addEventListener("error", () => {
    asPicture = false;
    showForm();
    announce(document.getElementById("copy-failed").textContent);
  });
  viewer.setAttribute("aria-label", viewer.querySelector("h4").textContent);
  resize();
  showForm();
}

function close() {
  viewer?.remove();
  opener?.setAttribute("aria-expanded", "false");
  viewer = opener = null;
}

function back() {
  const returnTo = opener;
  close();
  returnTo?.focus({ preventScroll: true });
  returnTo?.closest(".card").scrollIntoView({ block: "nearest" });
}

// Said beside the card, where the eyes are; the link itself still leads to the copy in a tab of its own.
function failed() {
  const told = document.createElement("p");
  told.className = "problem";
  told.setAttribute("role", "alert");
  told.textContent = document.getElementById("copy-failed").textContent;
  opener.closest(".pair").append(told);
  opener = null;
}

async function open(link) {
  close();
  link.closest(".pair").querySelector(".problem")?.remove();
  opener = link;
  let content;
  try {
    content = await fetched();
  } catch {
    failed();
    return;
  }
  if (opener !== link) return;
  viewer = document.createElement("section");
  viewer.className = "viewer";
  link.closest(".pair").append(viewer);
  link.setAttribute("aria-expanded", "true");
  fill(content);
  const mark = viewer.querySelector("mark");
  const target = mark ?? viewer.querySelector("h4");
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: mark ? "center" : "start" });
}

// The upper of the two buttons of that name gets the focus, at the top of the new page.
async function turn(button) {
  const link = opener;
  let content;
  try {
    content = await fetched(button.dataset.part);
  } catch {
    announce(document.getElementById("copy-failed").textContent);
    return;
  }
  if (opener !== link) return;
  fill(content);
  announce(viewer.querySelector(".place").textContent);
  viewer.scrollIntoView({ block: "start" });
  viewer.querySelector(`[data-viewer="${button.dataset.viewer}"]`).focus({ preventScroll: true });
}

// An answer draws the whole conversation anew. The copy goes back to its card, if that is still there.
whenChanged(() => {
  if (!viewer || viewer.isConnected) return;
  const card = document.getElementById(opener.closest(".card").id);
  if (!card) {
    close();
    return;
  }
  opener = card.querySelector(".show-me");
  opener.setAttribute("aria-expanded", "true");
  card.closest(".pair").append(viewer);
});

const actions = {
  previous: turn,
  next: turn,
  back,
  smaller: () => resize(step--),
  larger: () => resize(step++),
  picture: () => showForm((asPicture = !asPicture)),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.show-me");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (link === opener) back();
    else open(link);
  }
  const button = event.target.closest(".viewer [data-viewer]");
  if (button && button.ariaDisabled !== "true") actions[button.dataset.viewer](button);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && viewer && !document.querySelector("dialog[open]")) back();
});
