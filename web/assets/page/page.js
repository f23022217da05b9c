// What every page does beyond plain HTML: no second submission, drafts kept by themselves, a warning before losing work.
// Every page works without this script.
import htmx from 'htmx.org';

import { keepDrafts } from './drafts.js';
import { takeFiles } from './files.js';
import './live.js';
import './menus.js';
import { rememberPanels } from './panels.js';
import './walking.js';
import { keepTyping } from './typing.js';
import { readIdentities } from './identity.js';
import { readTables } from './tables.js';

htmx.config.selfRequestsOnly = true;
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
// A refused form comes back drawn with its messages: show it.
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '[23]..', swap: true },
  { code: '422', swap: true },
  { code: '[45]..', swap: false, error: true },
];

document.addEventListener('htmx:configRequest', (event) => {
  const meta = document.querySelector('meta[name="csrf-token"]');
  if (meta) event.detail.headers['X-CSRFToken'] = meta.content;
  if (byItself(event)) event.detail.headers['X-Polling'] = '1';
});

document.addEventListener('htmx:responseError', (event) => {
  const { elt, xhr } = event.detail;
  // The session or the page's token ran out: the form goes as plain HTML, and the server keeps what was typed.
  if ([400, 401].includes(xhr.status) && elt.matches('form[method=post]')) {
    HTMLFormElement.prototype.submit.call(elt);
    return;
  }
  if (!byItself(event)) tell(`没有成功（${event.detail.xhr.status}），请刷新页面后再试。`);
});
document.addEventListener('htmx:sendError', (event) => {
  if (!byItself(event)) tell('网络不通，请检查后再试。您填写的内容还在页面上。');
});

// What the page asks without anybody's doing (the count of unread messages) neither keeps a session alive nor complains.
function byItself(event) {
  return Boolean(event.detail.elt && event.detail.elt.closest('[data-polls]'));
}

function tell(text) {
  const place = document.getElementById('messages');
  if (!place) return;
  const box = document.createElement('div');
  box.className = 'alert alert-danger';
  box.textContent = text;
  place.replaceChildren(box);
}

// One press of a button sends a form once. Coming back with the browser's back button frees it again, and so do ten
// seconds without an answer (a download, a broken line): the server takes a repeated act only once anyhow.
const PATIENCE = 10000;

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.hasAttribute('data-sent')) {
    event.preventDefault();
    return;
  }
  // Attributes, not properties: a field called "method" hides form.method.
  if ((form.getAttribute('method') || '').toLowerCase() !== 'post' || form.hasAttribute('hx-post')) return;
  form.setAttribute('data-sent', '');
  form.setAttribute('aria-busy', 'true');
  // The pressed button must still be part of what is sent, so the buttons are dimmed only afterwards.
  setTimeout(() => buttons(form, ':enabled').forEach((button) => {
    button.disabled = true;
    button.setAttribute('data-dimmed', '');
  }), 0);
  setTimeout(() => free(form), PATIENCE);
});

window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(free));

function buttons(form, state) {
  return [...document.querySelectorAll(`button${state}`)].filter((button) => button.form === form);
}

function free(form) {
  form.removeAttribute('data-sent');
  form.removeAttribute('aria-busy');
  buttons(form, '[data-dimmed]').forEach((button) => {
    button.disabled = false;
    button.removeAttribute('data-dimmed');
  });
}

// A button that cannot be undone asks first.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-confirm]');
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

// Before signing out, what a phone keeps for visits is locked (web/assets/visits/lock.js); signing out never waits long.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-signs-out]')) return;
  event.preventDefault();
  const locked = import('../visits/lock.js').then(({ lock }) => lock()).catch(() => {});
  const patience = new Promise((done) => setTimeout(done, 3000));
  Promise.race([locked, patience]).then(() => HTMLFormElement.prototype.submit.call(form));
});

keepDrafts();
keepTyping();
rememberPanels();
takeFiles();
readIdentities();
readTables();

// An error summary takes the focus, so that a screen reader begins with it.
const summary = document.querySelector('.dd-summary');
if (summary) summary.focus();

// A date opens to why it is that date, in a dialog; without this script the link is a page of its own.
document.addEventListener('htmx:afterSwap', (event) => {
  const dialog = event.detail.target.closest('dialog');
  if (dialog && !dialog.open) dialog.showModal();
});
