// The page for visits: what lies on this phone, one form at a time, and bringing it to the desk. It knows three states
// of the line (reachable and signed in, reachable and not, not reachable) and works in the first and the last.
import { el, fill } from './dom.js';
import { lock } from './lock.js';
import { showPacket } from './packet.js';
import * as settling from './settle.js';
import * as store from './store.js';
import { pending, sync } from './sync.js';
import * as talk from './talk.js';

const page = document.getElementById('page');
const line = document.getElementById('line');
const told = document.getElementById('told');

/** `mine`: whose key this browser holds; `server`: what the server said last, null when it cannot be reached. */
const here = { mine: null, server: null, skew: 0, leave: null };

export function tell(text, kind = 'info') {
  told.replaceChildren(...(text ? [el('div', { class: `alert alert-${kind}` }, text)] : []));
}

/** Asks the server who is there, and puts the key where it belongs. */
async function reach() {
  try {
    here.server = await talk.state();
  } catch (error) {
    if (!(error instanceof talk.NoLine)) throw error;
    here.server = null;
  }
  const { server } = here;
  if (server && server.signed_in) {
    here.skew = server.skew;
    await store.forgetKeys(server.account);
    await unlock(server.account);
  } else if (server && server.ended) await store.forgetKeys();
  here.mine = await store.holder();
  line.textContent = !server ? '没有网络' : server.signed_in ? `已联网 · ${server.name}` : '未登录';
  line.classList.toggle('is-off', !server);
}

async function unlock(account) {
  const known = (await store.all('phones')).find((each) => each.account === account);
  let given = known && await talk.ask(`/visits/phones/${known.phone}/key`);
  if (given && given.status === 403) {
    await store.forgetAll(account);
    tell(given.message, 'danger');
    given = null;
  } else if (given && given.status === 404) given = null;
  if (!given) given = await talk.ask('/visits/phones');
  if (given.status !== 200) tell(given.message, 'danger');
  else await store.keepKey(account, given.phone, given.key, given.lasts);
}

async function show() {
  if (here.leave) await here.leave();
  here.leave = null;
  const take = /^#take-(\d{1,10})$/.exec(location.hash);
  const packet = /^#packet-(\d{1,10})$/.exec(location.hash);
  if (!here.mine) return fill(page, locked());
  if (take && await take_(Number(take[1]))) return null;
  if (packet) {
    const found = await store.packet(here.mine, Number(packet[1]));
    if (found) {
      here.leave = await showPacket(page, here, found, { tell, back });
      return null;
    }
  }
  return list();
}

function back() {
  location.hash = '';
}

function locked() {
  const signed = here.server && here.server.signed_in;
  return el('section', { class: 'card dd-card-page' }, el('h1', { class: 'h4' }, '手机上的内容已锁上'),
    el('p', { class: 'dd-lead' }, here.server
      ? '请登录。手机上的内容是加密保存的，登录后才能打开。'
      : '现在没有网络，也没有有效的登录。请到有网络的地方登录一次，之后 12 小时内没有网络也能填写。'),
    here.server && !signed && el('p', { class: 'dd-actions' },
      el('a', { class: 'btn btn-primary', href: '/sign-in?next=%2Fvisits%2F' }, '登录')),
    !here.server && el('p', { class: 'dd-actions' },
      el('button', { type: 'button', class: 'btn btn-outline-primary', onclick: again }, '再试一次')));
}

async function again() {
  await reach();
  await show();
}

async function take_(itemId) {
  history.replaceState(null, '', location.pathname);
  const known = (await store.packets(here.mine)).find((each) => each.item.id === itemId && !each.closed);
  if (known) {
    location.hash = `packet-${known.id}`;
    return true;
  }
  if (!here.server || !here.server.signed_in) {
    tell('领取入户表需要联网并登录。', 'warning');
    return false;
  }
  const answer = await talk.ask(`/visits/items/${itemId}/take`, { phone: here.mine.phone }).catch(() => null);
  if (!answer || answer.status !== 200) {
    tell(answer ? answer.message : '网络断了，没有领到。请稍后再试。', 'danger');
    return false;
  }
  const { status, ...packet } = answer;
  await store.savePacket(here.mine, { ...packet, dirty: false, skew: Math.round(here.skew / 1000) });
  location.hash = `packet-${packet.id}`;
  return true;
}

async function list() {
  const packets = await store.packets(here.mine);
  const cards = await Promise.all(packets.map(async (each) => {
    const waits = (await store.photos(here.mine, each.id)).filter((photo) => !photo.sent).length;
    const state = each.closed ? '不能并入，请导出' : each.clash ? '两处填写不一样，请选择' : pending(each) ? '待同步' : '已同步';
    return el('li', {}, el('a', { class: 'dv-card', href: `#packet-${each.id}` },
      el('strong', {}, `${each.item.case.applicant || ''} · ${each.item.name}`),
      el('span', { class: 'dd-hint' }, `${each.item.case.number || ''}${each.item.due ? ` · ${each.item.due} 前` : ''}`),
      el('span', { class: `dv-state${pending(each) || each.closed ? ' is-open' : ''}` }, state, waits ? ` · 照片待上传 ${waits}` : '')));
  }));
  const online = here.server && here.server.signed_in;
  const there = online ? here.server.items.filter((item) => !packets.some((each) => each.item.id === item.id && !each.closed)) : [];
  fill(page, 
    el('div', { class: 'dd-title' }, el('h1', {}, '入户手机')),
    el('section', { class: 'card dd-card-page' }, el('h2', { class: 'h5' }, '已带在手机上'),
      cards.length ? el('ul', { class: 'dv-list' }, cards) : el('p', { class: 'dd-none' }, '还没有带入户表。'),
      cards.length && online && el('p', { class: 'dd-actions' },
        el('button', { type: 'button', class: 'btn btn-primary', onclick: syncAll }, '全部同步'))),
    el('section', { class: 'card dd-card-page' }, el('h2', { class: 'h5' }, '可以带走的待办'),
      !online && el('p', { class: 'dd-hint' }, here.server ? '登录后才能领取。' : '没有网络，联网后才能领取。'),
      there.length ? el('ul', { class: 'dv-list' }, there.map((item) => el('li', { class: 'dv-card' },
        el('strong', {}, `${item.who} · ${item.name}`),
        el('span', { class: 'dd-hint' }, `${item.number}${item.due ? ` · ${item.due} 前` : ''}`),
        el('button', { type: 'button', class: 'btn btn-outline-primary', 'aria-label': `带走：${item.who} ${item.name}`,
          onclick: async () => { if (!await take_(item.id)) await list(); } }, '带走'))))
        : online && el('p', { class: 'dd-none' }, '您手里没有可以带走的待办。先在“待办”里认领入户调查等事项。')),
    el('section', { class: 'card dd-card-page' }, el('p', { class: 'dd-actions' }, here.server && !online && el('a', { class: 'btn btn-primary', href: '/sign-in?next=%2Fvisits%2F' }, '登录后同步'),
      here.server && el('a', { class: 'btn btn-outline-secondary', href: '/desk/' }, '回到待办'),
      here.server && el('a', { class: 'btn btn-outline-secondary', href: '/visits/phones' }, '管理手机'),
      el('button', { type: 'button', class: 'btn btn-outline-danger', onclick: leave }, '锁上并退出')),
    el('p', { class: 'dd-hint' }, '内容加密保存在这部手机上，只有登录期间能打开；手机丢了请马上在电脑上“管理手机”里注销。')),
  );
}

async function syncAll() {
  for (const each of await store.packets(here.mine)) if (!each.closed) await sync(here, each, tell);
  await list();
}

async function leave() {
  if (here.server && here.server.signed_in) await talk.signOut().catch(() => {});
  await lock();
  location.assign('/visits/');
}

async function begin() {
  settling.start(document.body.dataset.feel);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(document.body.dataset.worker, { scope: '/visits/' }).catch(() => {});
  }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  await reach();
  window.addEventListener('hashchange', () => { tell(''); show(); });
  window.addEventListener('online', reach);
  window.addEventListener('offline', reach);
  await show();
}

begin().catch(() => tell('页面没有打开，请刷新后再试。手机上的内容没有丢。', 'danger'));
