// Keeps what somebody types in form[data-draft]: two seconds after the last key it is posted to that address.

const PAUSE = 2000;

export function keepDrafts() {
  document.querySelectorAll('form[data-draft]').forEach((form) => new Keeper(form));
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.timer = null;
    this.dirty = false;
    this.said = form.querySelector('[data-draft-state]') || this.place();
    form.addEventListener('input', () => this.typed());
    form.addEventListener('change', () => this.typed());
    form.addEventListener('submit', () => { this.dirty = false; clearTimeout(this.timer); });
    window.addEventListener('beforeunload', (event) => {
      if (this.dirty) event.preventDefault();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && this.dirty) this.keep();
    });
  }

  place() {
    const said = document.createElement('p');
    said.className = 'dd-draft';
    said.setAttribute('role', 'status');
    this.form.append(said);
    return said;
  }

  typed() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  async keep() {
    clearTimeout(this.timer);
    const body = new FormData(this.form);
    for (const name of [...body.keys()]) if (body.get(name) instanceof File) body.delete(name);
    const token = document.querySelector('meta[name="csrf-token"]');
    try {
      const answer = await fetch(this.form.dataset.draft, {
        method: 'POST',
        body: new URLSearchParams(body),
        headers: { 'X-CSRFToken': token ? token.content : '', 'X-Requested-With': 'fetch' },
        keepalive: true,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      this.dirty = false;
      this.say(`草稿已保存 ${new Date().toTimeString().slice(0, 5)}`, false);
    } catch {
      this.say('草稿未保存，请不要关闭页面，稍后会再试', true);
      this.timer = setTimeout(() => this.keep(), PAUSE * 5);
    }
  }

  say(text, failed) {
    this.said.textContent = text;
    this.said.classList.toggle('is-unsaved', failed);
  }
}
