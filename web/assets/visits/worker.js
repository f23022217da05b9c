// Keeps the page for visits so that it opens without network: these files, this version, nothing else. What people
// typed, whose it is, and every page of the desk never come through here: only addresses on the list are answered.

const { version, files } = self.KEPT;
const NAME = `doudi-visits-${version}`;
const SHELL = files[0];
const listed = new Set(files);

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(files.map((each) => new Request(each, { cache: 'reload', credentials: 'omit' })));
    if (!self.registration.active) await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('doudi-visits-') && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  const address = url.pathname + url.search;
  const wanted = request.mode === 'navigate' && url.pathname === SHELL ? SHELL : address;
  if (!listed.has(wanted)) return;
  event.respondWith((async () => {
    // Not caches.open: it would make the cache again that signing out has just removed.
    const kept = await caches.match(wanted, { cacheName: NAME });
    return kept || fetch(request);
  })());
});
