// The service worker of the installed page. It keeps the page's own shell, and nothing else: no question, no answer, no
// source passes through it into a cache. Where the server cannot be reached it shows a page that says so.
//
// It stays until no page is open any more, however new a worker the server has: one that steps in while a page is on its way
// leaves that page without an answer in Chromium, for minutes.

const CACHE = "shell"; // js/installable.js puts the notice here in the reader's language
const SHELL = ["offline.html", "style.css", "icon.svg", "js/appearance.js"].map((path) => new URL(path, self.location).href);

self.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL))));

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
