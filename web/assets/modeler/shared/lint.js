// Asks the server's lint about the text as it is now: the quick rules at every change, those over the whole release when
// it has been quiet for a while. An answer to an older text is dropped.
import { token } from './draft.js';

const QUIET = 2500;

export class Lint {
  constructor(place, hear) {
    Object.assign(this, { url: place.dataset.check, path: place.dataset.path, hear, text: null, waiting: null, found: [], whole: null });
    this.busy = { quick: false, whole: false };
  }

  ask(text) {
    this.text = text;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fetch('whole'), QUIET);
    return this.fetch('quick');
  }

  /** One question of a kind at a time; the text that came meanwhile is asked about afterwards. */
  async fetch(kind) {
    if (this.busy[kind]) return;
    this.busy[kind] = true;
    const { text } = this;
    const begun = performance.now();
    try {
      const answer = await fetch(kind === 'whole' ? `${this.url}?whole=1` : this.url, {
        method: 'POST', credentials: 'same-origin', redirect: 'manual',
        headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/json', 'X-Polling': '1' },
        body: JSON.stringify({ path: this.path, text }),
      });
      const told = answer.ok ? await answer.json() : null;
      if (told && text === this.text) this.take(told, kind === 'whole', performance.now() - begun);
    } catch { /* Without network the last findings stand; saving says that there is none. */ }
    this.busy[kind] = false;
    if (text !== this.text && kind === 'quick') this.fetch(kind);
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
