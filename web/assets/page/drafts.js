// Keeps what somebody types in form[data-draft]: two seconds after the last key it is posted to that address.
// A field may be called "method" or "action" and then hides the form's property of that name: only attributes are read.

const PAUSE = 2000;

export function keepDrafts() {
  document.querySelectorAll('form[data-draft]').forEach((form) => new Keeper(form));
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.url = form.getAttribute('data-draft');
    this.timer = null;
    this.typedAt = 0; // counts changes, so that what is typed during a save is not taken for saved
    this.keptAt = 0;
    this.running = null;
    this.said = form.querySelector('[data-draft-status]') || this.place();
    form.addEventListener('input', () => this.typed());
    form.addEventListener('change', () => this.typed());
    form.addEventListener('submit', (event) => { if (!event.defaultPrevented) this.leave(); });
    window.addEventListener('beforeunload', (event) => {
      if (!this.dirty()) return;
      event.preventDefault();
      event.returnValue = ''; // Chrome before 119 asks only with this
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && this.dirty()) this.keep(true);
    });
  }

  place() {
    const said = document.createElement('p');
    said.className = 'dd-draft';
    said.setAttribute('role', 'status');
    this.form.append(said);
    return said;
  }

  dirty() {
    return this.typedAt !== this.keptAt;
  }

  typed() {
    this.typedAt += 1;
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(false), pause);
  }

  /** The form itself is on its way: no question on leaving, and no draft that arrives after it. */
  leave() {
    clearTimeout(this.timer);
    this.keptAt = this.typedAt;
    if (this.running) this.running.abort();
  }

  async keep(leaving) {
    clearTimeout(this.timer);
    if (this.running && !leaving) {
      this.later(PAUSE);
      return;
    }
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === 'string') body.append(name, value);
    const token = document.querySelector('meta[name="csrf-token"]');
    const typedAt = this.typedAt;
    const running = new AbortController();
    this.running = running;
    try {
      const answer = await fetch(this.url, {
        method: 'POST',
        body,
        headers: { 'X-CSRFToken': token ? token.content : '', 'X-Requested-With': 'fetch' },
        redirect: 'manual', // the sign-in page is not a saved draft
        signal: running.signal,
        keepalive: leaving, // a browser keeps at most 64 KB alive
      });
      if (!answer.ok) throw Object.assign(new Error('refused'), { final: answer.status < 500 });
      this.keptAt = typedAt;
      this.say(`草稿已保存 ${new Date().toTimeString().slice(0, 5)}`, false);
    } catch (error) {
      if (running.signal.aborted) return;
      this.say('草稿未保存', true);
      if (!error.final) this.later(PAUSE * 5);
    } finally {
      if (this.running === running) this.running = null;
    }
  }

  say(text, failed) {
    this.said.textContent = text;
    this.said.classList.toggle('is-unsaved', failed);
  }
}
