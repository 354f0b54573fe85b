// Registers the service worker, which lets the page be installed and says so when the server cannot be reached.

if ("serviceWorker" in navigator && isSecureContext) {
  const worker = new URL(`sw.js?lang=${document.documentElement.lang}`, document.baseURI);
  addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => {})); // refused in some private windows
}
