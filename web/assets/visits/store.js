// What a phone keeps. Every record is encrypted with AES-GCM; only numbers of rows and the account stand in the clear.
// The key comes from the server at sign-in and is kept as one that no script can read out. See docs/visits.md.

const NAME = 'doudi-visits';

function promise(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

let opened = null;

export function open() {
  opened = opened || new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('phones', { keyPath: 'account' });
      request.result.createObjectStore('packets', { keyPath: 'id' });
      request.result.createObjectStore('photos', { keyPath: 'id' });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opened;
}

/** One transaction; what it wrote is on the disk when it is done, not in some cache. */
async function run(stores, mode, work) {
  const db = await open();
  const transaction = db.transaction(stores, mode, { durability: 'strict' });
  const ended = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error || new Error('aborted'));
  });
  const found = await work((name) => transaction.objectStore(name));
  await ended;
  return found;
}

export const get = (store, key) => run([store], 'readonly', (at) => promise(at(store).get(key)));
export const all = (store) => run([store], 'readonly', (at) => promise(at(store).getAll()));
export const put = (store, record) => run([store], 'readwrite', (at) => promise(at(store).put(record)));
export const drop = (store, key) => run([store], 'readwrite', (at) => promise(at(store).delete(key)));

// The key

export async function keepKey(account, phone, raw, lasts) {
  const bytes = Uint8Array.from(atob(raw), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  bytes.fill(0);
  const since = Date.now();
  await put('phones', { account, phone, key, since, until: since + lasts * 1000 });
  return key;
}

/** The account whose key this browser holds and may still use; a clock that was set back does not make it last. */
export async function holder() {
  const now = Date.now();
  for (const each of await all('phones')) {
    if (each.key && now < each.until && now >= each.since - 300000) return each;
    if (each.key) await put('phones', { account: each.account, phone: each.phone });
  }
  return null;
}

/** From now on nothing can be read until somebody signs in again. What was typed stays, encrypted. */
export async function forgetKeys(but = null) {
  for (const each of await all('phones')) {
    if (each.account !== but) await put('phones', { account: each.account, phone: each.phone });
  }
}

/** The server destroyed this phone's key: what lies here can never be read again. */
export async function forgetAll(account) {
  for (const store of ['packets', 'photos']) {
    for (const each of await all(store)) if (each.account === account) await drop(store, each.id);
  }
  await drop('phones', account);
}

// Records

const bind = (store, id) => new TextEncoder().encode(`${store}:${id}`);

async function sealed(key, store, id, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bind(store, id) }, key, bytes);
  return { iv, data };
}

async function plain(key, store, id, { iv, data }) {
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: bind(store, id) }, key, data));
}

const text = new TextDecoder();

export async function savePacket(mine, packet) {
  const bytes = new TextEncoder().encode(JSON.stringify(packet));
  const { iv, data } = await sealed(mine.key, 'packets', packet.id, bytes);
  await put('packets', { id: packet.id, account: mine.account, iv, data });
}

/** Null when it is not this account's, or cannot be read with its key. */
async function readPacket(mine, record) {
  if (!record || record.account !== mine.account) return null;
  try {
    return JSON.parse(text.decode(await plain(mine.key, 'packets', record.id, record)));
  } catch {
    return null;
  }
}

export const packet = async (mine, id) => readPacket(mine, await get('packets', id));

export async function packets(mine) {
  const found = [];
  for (const each of await all('packets')) {
    const one = await readPacket(mine, each);
    if (one) found.push(one);
  }
  return found;
}

export async function savePhoto(mine, photo, bytes) {
  const about = await sealed(mine.key, 'about', photo.id, new TextEncoder().encode(JSON.stringify(photo)));
  const image = await sealed(mine.key, 'photos', photo.id, bytes);
  await put('photos', { id: photo.id, account: mine.account, packet: photo.packet, about, image });
}

/** The photos of a packet, without their pictures. */
export async function photos(mine, packetId) {
  const found = [];
  for (const each of await all('photos')) {
    if (each.packet !== packetId || each.account !== mine.account) continue;
    try {
      found.push(JSON.parse(text.decode(await plain(mine.key, 'about', each.id, each.about))));
    } catch {
      // Sealed with a key that is gone.
    }
  }
  return found.sort((a, b) => a.acted - b.acted);
}

export async function picture(mine, photo) {
  const record = await get('photos', photo.id);
  return new Blob([await plain(mine.key, 'photos', photo.id, record.image)], { type: photo.type });
}

export async function dropPacket(id) {
  for (const each of await all('photos')) if (each.packet === id) await drop('photos', each.id);
  await drop('packets', id);
}
