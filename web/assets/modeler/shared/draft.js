// One file of a draft: loaded, kept in this browser at every change, saved by itself a moment later. Whatever happens –
// no network, an expired sign-in, somebody else's save – what was done stays in the page and in this browser.
const PAUSE = 1200;
const AGAIN = 5000;

export class Draft {
  /** `hear(state, detail)` is told: saved, changed, saving, offline, expired, refused, conflict. */
  constructor(place, hear) {
    Object.assign(this, {
      url: place.dataset.file, key: `modeler:${place.dataset.draft}:${place.dataset.path}`, hear,
      version: null, text: null, saved: null, running: null, waiting: null, held: false,
    });
    window.addEventListener('beforeunload', (event) => { if (this.dirty) event.preventDefault(); });
    window.addEventListener('online', () => this.save());
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.save(); });
  }

  get dirty() {
    return this.text !== this.saved;
  }

  async load() {
    const answer = await fetch(this.url, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(String(answer.status));
    this.version = unquoted(answer.headers.get('ETag'));
    this.saved = await answer.text();
    this.text = this.saved;
    return this.text;
  }

  /** What this browser kept and the draft does not have: { text, at, version }, or null. */
  kept() {
    try {
      const found = JSON.parse(localStorage.getItem(this.key));
      return found && found.text !== this.saved ? found : null;
    } catch {
      return null;
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch { /* A closed store keeps nothing. */ }
  }

  changed(text) {
    if (text === this.text) return;
    this.text = text;
    if (!this.dirty) {
      this.forget();
      this.hear('saved');
      return;
    }
    try {
      localStorage.setItem(this.key, JSON.stringify({ version: this.version, at: Date.now(), text }));
    } catch { /* A full store keeps nothing; the page still does. */ }
    this.hear('changed');
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.save(), pause);
  }

  /** Saves what is not saved; one request at a time. */
  async save() {
    clearTimeout(this.waiting);
    if (this.running) await this.running;
    if (!this.dirty || this.held) return !this.dirty;
    this.running = this.put(this.text);
    try {
      return await this.running;
    } finally {
      this.running = null;
      if (this.dirty && !this.held && !this.stuck) this.later(PAUSE);
    }
  }

  async put(text) {
    this.hear('saving');
    this.stuck = false;
    let answer;
    try {
      answer = await fetch(this.url, {
        method: 'PUT', body: text, credentials: 'same-origin', redirect: 'manual',
        headers: { 'If-Match': `"${this.version}"`, 'X-CSRFToken': token(), 'Content-Type': 'text/plain; charset=utf-8' },
      });
    } catch {
      this.hear('offline');
      this.stuck = true;
      this.later(AGAIN);
      return false;
    }
    return this.answered(answer, text);
  }

  async answered(answer, text) {
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.version = String(told.version);
      this.saved = text;
      if (!this.dirty) this.forget();
      this.hear(this.dirty ? 'changed' : 'saved', told);
      return true;
    }
    this.stuck = true;
    if (answer.status === 412) {
      this.held = true;
      this.hear('conflict', told);
    } else if (answer.type === 'opaqueredirect' || [400, 401].includes(answer.status)) this.hear('expired');
    else this.hear('refused', { message: told.message || `没有保存（${answer.status}），请稍后再试。` });
    return false;
  }

  /** From now on it is their text that changes are made to. */
  async takeTheirs() {
    this.held = false;
    this.forget();
    return this.load();
  }

  /** Ours goes over theirs, which the person has seen. */
  takeMine(version) {
    this.held = false;
    this.version = String(version);
    return this.save();
  }

  /** After signing in elsewhere: a fresh token from the page itself, then saving goes on. */
  async revive() {
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', redirect: 'manual' });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('meta[name="csrf-token"]');
      if (!fresh || !page.querySelector('[data-modeler]')) return false;
      document.querySelector('meta[name="csrf-token"]').content = fresh.content;
      return this.save();
    } catch {
      return false;
    }
  }
}

export function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : '';
}

const unquoted = (tag) => (tag || '"0"').replace(/^W\//, '').replace(/"/g, '');
