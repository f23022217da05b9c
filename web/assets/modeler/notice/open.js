// The editor of a template: its text, and beside it the page as it will be printed, with what a case gives by its name.
import { html, render } from '@bpmn-io/diagram-js-ui';

import { token } from '../shared/draft.js';
import { open as openText } from '../text/open.js';

const AFTER = 700;

export async function open(place) {
  const told = await fetch(place.dataset.catalogue, { credentials: 'same-origin' }).then((answer) => answer.json());
  const paper = new Paper(place);
  const { field } = await openText(place);
  render(html`<${Names} ...${{ told, put: (text) => insert(field, text) }} />`, place.querySelector('[data-first]'));
  let waiting = null;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => paper.show(field.value), AFTER);
  });
  paper.show(field.value);
}

function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.focus();
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

class Paper {
  constructor(place) {
    Object.assign(this, { place, box: place.querySelector('[data-paper]'), asked: 0 });
  }

  /** An answer to an older text is dropped; what is wrong is said above the last page that could be laid out. */
  async show(text) {
    this.asked += 1;
    const number = this.asked;
    try {
      const answer = await fetch(this.place.dataset.preview, {
        method: 'POST', credentials: 'same-origin', redirect: 'manual', body: JSON.stringify({ text, path: this.place.dataset.path }),
        headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/json', 'X-Polling': '1' },
      });
      const told = await answer.json();
      if (number === this.asked) this.draw(told);
    } catch { /* Without network the last page stands. */ }
  }

  draw({ pages, message }) {
    this.box.querySelectorAll('.dm-faults, .dm-empty').forEach((each) => each.remove());
    if (message) this.box.prepend(Object.assign(document.createElement('p'), { className: 'dm-faults', textContent: message }));
    if (!pages) return;
    this.box.replaceChildren(...pages.map((page, index) => Object.assign(document.createElement('img'), { src: `data:image/png;base64,${page}`, alt: `第${index + 1}页` })));
  }
}

function Names({ told, put }) {
  const line = (text, words) => html`<li><button type="button" onClick=${() => put(`{{ ${text} }}`)}><strong>${text}</strong><span>${words}</span></button></li>`;
  return html`<div><p class="dm-findings-title">点一下，插到光标处。</p>
    <ul class="dm-findings">${told.document_names.filter(({ id }) => !['facts', 'form', 'source'].includes(id)).map(({ id, name }) => line(id, name))}</ul>
    <p class="dm-findings-title">办件的事实</p>
    <ul class="dm-findings">${told.facts.map(({ id, name }) => line(`facts.${id}`, name))}</ul></div>`;
}
