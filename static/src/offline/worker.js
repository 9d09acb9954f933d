// The service worker of "Get help now". Its scope is that page and what lies below it, so no page
// of a record, and none for people who are signed in, ever passes through it. It keeps the files
// named in KEPT (the server puts them before this text) and nothing else.
/* global KEPT */
const CACHE = `help-now-files-${KEPT.version}`;
const PATIENCE = 5_000;

async function keepFiles() {
  const cache = await caches.open(CACHE);
  for (const path of KEPT.files) {
    const response = await fetch(path, { credentials: "omit", cache: "reload" });
    const refused = /no-store/.test(response.headers.get("Cache-Control") ?? "");
    if (!response.ok || refused) throw new Error(`cannot keep ${path}`);
    await cache.put(path, response);
  }
  await self.skipWaiting();
}

async function dropOldFiles() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("help-now-files-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

const kept = async (path) => (await caches.open(CACHE)).match(path);

const tooLate = () => new Promise((_, reject) => setTimeout(reject, PATIENCE));

// The server's page while the server answers; else the copy that computes for itself.
async function page(request) {
  let answer;
  try {
    answer = await Promise.race([fetch(request), tooLate()]);
  } catch {
    answer = Response.error();
  }
  const failed = answer.type === "error" || answer.status >= 500;
  return failed ? ((await kept(KEPT.page)) ?? answer) : answer;
}

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(dropOldFiles()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (KEPT.pages.includes(url.pathname)) event.respondWith(page(request));
  } else if (KEPT.files.includes(url.pathname)) {
    event.respondWith(kept(url.pathname).then((copy) => copy ?? fetch(request)));
  }
});
