// An open list of items keeps itself true: what is new appears in its place, what somebody else took greys out where it
// stood and says why. Nothing moves under the person's hands: ticks, the focus and greyed rows stay until the page is
// loaded anew. The server answers 304 while nothing has changed; a hidden page does not ask at all.

const EVERY = 20000;
const SLOWEST = 120000;

let lists = document.getElementById('lists');
let mark = lists ? lists.dataset.mark : '';
let wait = EVERY;
let timer = 0;

function later() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, wait);
}

async function ask() {
  const seen = [...lists.querySelectorAll('tr[data-item]:not(.dd-gone)')].map((row) => row.dataset.item);
  const address = new URL(lists.dataset.live, window.location.href);
  address.searchParams.set('seen', seen.join('.'));
  try {
    const answer = await fetch(address, {
      headers: { 'If-None-Match': `W/"${mark}"`, 'X-Polling': '1' },
      cache: 'no-store',
      redirect: 'error'
    });
    if (answer.status === 200) {
      merge(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      wait = EVERY;
    } else if (answer.status === 304) {
      wait = Math.min(wait * 1.2, SLOWEST);
    } else {
      wait = SLOWEST;
    }
  } catch {
    wait = SLOWEST;
  }
  later();
}

function merge(fresh) {
  const now = fresh.getElementById('lists');
  if (!now) return;
  const words = new Map([...fresh.querySelectorAll('[data-gone]')].map((one) => [one.dataset.gone, one.textContent]));
  const fading = [...words].filter(([key, text]) => grey(key, text)).length;
  let coming = 0;
  for (const section of now.querySelectorAll('[data-list]')) coming += bring(section);
  mark = now.dataset.mark;
  const said = [coming ? `新到 ${coming} 件` : '', fading ? `${fading} 件已不能办理` : ''].filter(Boolean);
  const news = document.getElementById('live-news');
  if (news && said.length) news.textContent = `清单有变化：${said.join('，')}。`;
}

// What is gone stays where it was, grey, and says what became of it.
function grey(key, text) {
  const row = lists.querySelector(`tr[data-item="${key}"]:not(.dd-gone)`);
  if (!row) return false;
  row.classList.add('dd-gone');
  row.querySelectorAll('input[type=checkbox]').forEach((box) => {
    box.checked = false;
    box.disabled = true;
  });
  const place = row.querySelector('.dd-row-do');
  const said = document.createElement('span');
  said.className = 'dd-light dd-idle';
  said.textContent = text;
  if (place) place.replaceChildren(said);
  return true;
}

// A section as it is now: counts are taken over, rows that are not there yet are put where they belong.
function bring(section) {
  const name = section.dataset.list;
  const old = lists.querySelector(`[data-list="${name}"]`);
  if (!old) return 0;
  const rows = [...section.querySelectorAll('tr[data-item]')];
  old.querySelector('.dd-badge').textContent = section.querySelector('.dd-badge').textContent;
  const body = old.querySelector('tbody');
  const isNew = (row) => !old.querySelector(`tr[data-item="${row.dataset.item}"]`);
  const fresh = rows.filter(isNew);
  if (!fresh.length) return 0;
  // One's own claim in another window: the row goes from one list to the other.
  for (const row of fresh) lists.querySelector(`tr[data-item="${row.dataset.item}"]:not(.dd-gone)`)?.remove();
  fresh.forEach((row) => row.classList.add('dd-arrived'));
  if (!body) {
    old.replaceWith(section);
    return fresh.length;
  }
  rows.forEach((row, at) => {
    if (!fresh.includes(row)) return;
    const before = rows.slice(0, at).reverse().map((one) => body.querySelector(`tr[data-item="${one.dataset.item}"]`)).find(Boolean);
    if (before) before.after(row);
    else body.prepend(row);
  });
  return fresh.length;
}

if (lists && lists.dataset.live) {
  later();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      clearTimeout(timer);
    } else {
      wait = EVERY;
      ask();
    }
  });
}
