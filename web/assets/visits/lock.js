// Signing out: the key goes, the kept page goes, its worker goes. Called by every page before it signs out.
import { forgetKeys } from './store.js';

const CACHES = 'doudi-visits-';

export async function lock() {
  const registered = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
  const work = registered.filter((each) => each.scope.endsWith('/visits/')).map((each) => each.unregister());
  if (window.caches) {
    for (const name of await caches.keys()) if (name.startsWith(CACHES)) work.push(caches.delete(name));
  }
  const known = indexedDB.databases ? await indexedDB.databases() : [{ name: 'doudi-visits' }];
  if (known.some((each) => each.name === 'doudi-visits')) work.push(forgetKeys());
  await Promise.all(work);
}
