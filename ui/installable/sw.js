// The service worker of the installed page. It keeps the page's own shell, and nothing else: no question, no answer, no
// source passes through it into a cache. Where the server cannot be reached it shows a page that says so.

const CACHE = "shell";
const OFFLINE = `offline.html${self.location.search}`;
const SHELL = [OFFLINE, "style.css", "icon.svg", "js/appearance.js"].map((path) => new URL(path, self.location).href);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The newest from the server, else what was kept.
async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch {
    return cache.match(request);
  }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(async () => (await caches.open(CACHE)).match(SHELL[0])));
  } else if (SHELL.includes(request.url)) {
    event.respondWith(fresh(request));
  }
});
