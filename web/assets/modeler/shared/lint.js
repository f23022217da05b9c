// Asks the server's lint about the text as it is now: the quick rules at every change, those over the whole release when
// it has been quiet for a while. An answer to an older text is dropped.
import { token } from './draft.js';

const QUIET = 2500;

export class Lint {
  constructor(place, hear) {
    Object.assign(this, { url: place.dataset.check, path: place.dataset.path, hear, asked: 0, waiting: null, stop: null, found: [], whole: null });
  }

  ask(text) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fetch(text, true), QUIET);
    return this.fetch(text, false);
  }

  async fetch(text, whole) {
    const number = whole ? this.asked : (this.asked += 1);
    if (!whole && this.stop) this.stop.abort();
    const stop = new AbortController();
    if (!whole) this.stop = stop;
    const begun = performance.now();
    try {
      const answer = await fetch(whole ? `${this.url}?whole=1` : this.url, {
        method: 'POST', credentials: 'same-origin', redirect: 'manual', signal: stop.signal,
        headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/json', 'X-Polling': '1' },
        body: JSON.stringify({ path: this.path, text }),
      });
      if (!answer.ok || number !== this.asked) return;
      this.take(await answer.json(), whole, performance.now() - begun);
    } catch { /* Without network the last findings stand; saving says that there is none. */ }
  }

  take(told, whole, took) {
    const said = [...told.problems, ...(told.hints || []).map((each) => ({ ...each, level: 'hint' }))];
    if (whole) this.whole = said;
    // What only the rules over the whole release find stays until they are asked again.
    const quick = whole ? said : [...said, ...(this.whole || []).filter((each) => each.file !== this.path)];
    const seen = new Set();
    this.found = quick.filter((each) => {
      const key = JSON.stringify([each.file, each.element, each.rule, each.message]);
      return seen.has(key) ? false : seen.add(key);
    });
    this.hear(this.found, { whole, took });
  }
}
