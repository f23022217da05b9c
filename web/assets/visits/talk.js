// What the page asks the server. No answer is kept anywhere but in the encrypted store.

export class NoLine extends Error {}

const PATIENCE = 15000;
let token = '';

async function send(address, given = {}, patience = PATIENCE) {
  const ends = new AbortController();
  const timer = setTimeout(() => ends.abort(), patience);
  try {
    return await fetch(address, {
      credentials: 'same-origin', redirect: 'manual', cache: 'no-store', signal: ends.signal, ...given,
      headers: { 'X-Requested-With': 'fetch', ...(given.headers || {}) },
    });
  } catch {
    throw new NoLine();
  } finally {
    clearTimeout(timer);
  }
}

/** {signed_in, …}; NoLine when the server cannot be reached. `skew` is by how much this clock is ahead, in milliseconds. */
export async function state() {
  const answer = await send('/visits/state', { headers: { 'X-Polling': '1' } }, 6000);
  if (!answer.ok) throw new NoLine();
  const found = await answer.json();
  if (found.signed_in) {
    token = found.csrf;
    found.skew = Date.now() - found.now;
  }
  return found;
}

/** {status, …answer}: refusals come back with their `message`. */
async function post(address, body, headers, patience) {
  const answer = await send(address, { method: 'POST', body, headers: { 'X-CSRFToken': token, ...headers } }, patience);
  if (answer.status >= 500) throw new NoLine();
  let found;
  try {
    found = await answer.json();
  } catch {
    found = { message: answer.status === 413 ? '照片太大，服务器不收。' : '登录已过期，请重新登录后再同步。' };
  }
  return { status: answer.status, ...found };
}

export const ask = (address, given = {}) => post(address, JSON.stringify(given), { 'Content-Type': 'application/json' });

export const upload = (address, form) => post(address, form, {}, 120000);

export async function signOut() {
  await send('/sign-out', { method: 'POST', body: new URLSearchParams({ csrf_token: token }) });
}
