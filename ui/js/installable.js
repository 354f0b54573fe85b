// Registers the service worker, which lets the page be installed and says so when the server cannot be reached.

async function install() {
  // One worker for all languages: each other address would replace the worker.
  await navigator.serviceWorker.register(new URL("sw.js", document.baseURI));
  await navigator.serviceWorker.ready; // else the notice that it keeps at first would take the place of this one
  const notice = await fetch(new URL(`offline.html?lang=${document.documentElement.lang}`, document.baseURI));
  if (notice.ok) await (await caches.open("shell")).put(new URL("offline.html", document.baseURI), notice);
}

if ("serviceWorker" in navigator && isSecureContext) {
  addEventListener("load", () => install().catch(() => {})); // refused in some private windows
}
