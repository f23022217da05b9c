// The editor of one decision. The form around it works without this script (the file as text); with it the table is
// drawn by dmn-js, the file is written from the drawing before anything is asked, and what was done is kept in this
// browser until it is deployed.
import Modeler from 'dmn-js/lib/Modeler';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';

import { chinese } from './words.js';

// Those that decide rights here; the lint refuses the others.
const ALLOWED = ['UNIQUE', 'FIRST', 'ANY', 'COLLECT'];
const kept = HIT_POLICIES.filter(({ value }) => ALLOWED.includes(value.hitPolicy) && !value.aggregation);
HIT_POLICIES.splice(0, HIT_POLICIES.length, ...kept);

const form = document.querySelector('[data-decision-editor]');
if (form) start(form);

async function start(form) {
  const text = form.elements.xml;
  const place = form.querySelector('[data-editor-place]');
  const findings = document.getElementById('findings');
  const store = memory(form);
  // Without a delay: what was typed a moment before a press of “检查” or “发布” must be in what is sent.
  const views = { additionalModules: [chinese], debounceInput: false };
  const modeler = new Modeler({ container: place, drd: views, decisionTable: views, literalExpression: views });
  let dirty = false;

  form.classList.add('is-drawn');
  offer(form, store, text, (saved) => show(saved, true));
  rows(form, () => changed());
  await show(text.value, form.hasAttribute('data-returned'));

  async function show(xml, touched) {
    try {
      await modeler.importXML(xml);
      const view = modeler.getViews().find(({ type }) => type !== 'drd');
      if (!view) throw new Error('no table');
      await modeler.open(view);
      text.value = xml;
      dirty = touched;
      listen();
    } catch (error) {
      form.classList.remove('is-drawn');
      tell(findings, `这个决策画不出来，请直接修改文件内容（${error.message}）。`);
    }
  }

  function listen() {
    const events = modeler.getActiveViewer().get('eventBus');
    events.on('elements.changed', changed);
    events.on('commandStack.changed', changed);
  }

  let waiting = null;
  function changed() {
    dirty = true;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      await write();
      store.keep(form);
    }, 800);
  }

  // The file as the drawing has it now. What stands in the form stays when the drawing cannot be written.
  async function write() {
    if (!form.classList.contains('is-drawn')) return;
    if (document.activeElement && place.contains(document.activeElement)) document.activeElement.blur();
    const { xml } = await modeler.saveXML({ format: true });
    text.value = xml;
  }

  form.querySelectorAll('[data-ask]').forEach((button) => button.addEventListener('click', async (event) => {
    event.preventDefault();
    await write();
    await ask(form, button, findings);
    mark(findings, place);
  }));

  let written = false;
  form.addEventListener('submit', async (event) => {
    if (written) return;
    event.preventDefault();
    const button = event.submitter;
    await write();
    store.keep(form);
    written = true;
    dirty = false;
    // Not before this event is over: until then a form ignores being sent.
    setTimeout(() => form.requestSubmit(button || undefined));
  });
  window.addEventListener('pageshow', () => { written = false; });

  window.addEventListener('beforeunload', (event) => {
    if (dirty) event.preventDefault();
  });
}

// Check and try: the answer is a part of the page, or a sentence that says what went wrong. Nothing in the form changes.
async function ask(form, button, findings) {
  findings.setAttribute('aria-busy', 'true');
  button.disabled = true;
  try {
    const answer = await fetch(button.formAction, {
      method: 'POST',
      body: new FormData(form),
      credentials: 'same-origin',
      headers: { 'X-Part': '1' },
      redirect: 'manual',
    });
    if (answer.ok || answer.status === 422) findings.innerHTML = await answer.text();
    else if (answer.type === 'opaqueredirect' || [400, 401].includes(answer.status)) {
      tell(findings, '登录或页面已经过期。您的修改还在这个页面和这个浏览器里：请在另一个窗口登录，再回来刷新，选择“恢复”。');
    } else tell(findings, `没有成功（${answer.status}），请稍后再试。您的修改还在页面上。`);
  } catch {
    tell(findings, '网络不通，请检查后再试。您的修改还在页面上。');
  }
  // A disabled button has no focus: whoever writes in the table or a field by now is left where they are.
  const waited = [null, document.body, button].includes(document.activeElement);
  button.disabled = false;
  findings.removeAttribute('aria-busy');
  if (!waited) return;
  findings.scrollIntoView({ block: 'nearest' });
  findings.focus();
}

function tell(place, words) {
  const box = document.createElement('div');
  box.className = 'alert alert-danger';
  box.textContent = words;
  place.replaceChildren(box);
}

// A row that matched or has a problem is marked in the table; a link of a finding leads there.
function mark(findings, place) {
  place.querySelectorAll('.is-hit, .is-wrong').forEach((cell) => cell.classList.remove('is-hit', 'is-wrong'));
  findings.querySelectorAll('[data-row]').forEach((link) => {
    const cells = [...place.querySelectorAll(`[data-row-id="${CSS.escape(link.dataset.row)}"]`)];
    if (!cells.length) return;
    cells.forEach((cell) => cell.classList.add(link.dataset.hit ? 'is-hit' : 'is-wrong'));
    link.addEventListener('click', (event) => {
      event.preventDefault();
      cells[0].scrollIntoView({ block: 'center', inline: 'nearest' });
    });
  });
}

// The rows of tests: one more from the template, or one less.
function rows(form, changed) {
  const list = form.querySelector('[data-test-rows]');
  const template = document.getElementById('test-row');
  form.querySelector('[data-add-test]').addEventListener('click', (event) => {
    event.preventDefault();
    const number = list.querySelectorAll('[data-test-row]').length;
    const holder = document.createElement('div');
    holder.innerHTML = template.innerHTML.replaceAll('NUMBER', String(number));
    const row = holder.firstElementChild;
    list.append(row);
    row.querySelector('textarea').focus();
    changed();
  });
  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-remove-test]');
    if (!button) return;
    event.preventDefault();
    const row = button.closest('[data-test-row]');
    row.querySelectorAll('input, textarea').forEach((field) => { field.value = ''; });
    row.hidden = true;
    changed();
  });
  form.addEventListener('input', changed);
}

// What was not deployed is kept in this browser, under the decision and the file that it began from.
function memory(form) {
  const key = `decision:${form.dataset.decisionEditor}`;
  const fields = () => [...form.elements].filter(({ name, type }) => name && type !== 'hidden' && type !== 'submit');
  return {
    keep() {
      const values = fields().map(({ name, value }) => [name, value]);
      try {
        localStorage.setItem(key, JSON.stringify({ base: form.elements.base.value, at: Date.now(), values }));
      } catch { /* A full or closed store keeps nothing; the page still does. */ }
    },
    read() {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    forget() {
      try {
        localStorage.removeItem(key);
      } catch { /* As above. */ }
    },
  };
}

function offer(form, store, text, restore) {
  const saved = store.read();
  const box = form.querySelector('[data-offer]');
  if (!saved || !saved.values || form.hasAttribute('data-returned')) return;
  const xml = (saved.values.find(([name]) => name === 'xml') || [])[1];
  if (!xml || xml === text.value) return;
  box.hidden = false;
  box.querySelector('time').textContent = new Date(saved.at).toLocaleString('zh-CN');
  box.querySelector('[data-other-base]').hidden = saved.base === form.elements.base.value;
  box.querySelector('[data-restore]').addEventListener('click', () => {
    const list = form.querySelector('[data-add-test]');
    for (const [name, value] of saved.values) {
      while (/^test-\d+-/.test(name) && !form.elements[name]) list.click();
      if (form.elements[name]) form.elements[name].value = value;
    }
    box.hidden = true;
    restore(xml);
  });
  box.querySelector('[data-forget]').addEventListener('click', () => {
    store.forget();
    box.hidden = true;
  });
}
