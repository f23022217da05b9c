// The editor of a form in a draft: drawn in form-js, limited to what the server draws, shown beside it as the server
// draws it.
import { FormEditor } from '@bpmn-io/form-js-editor';
import { html, render } from '@bpmn-io/diagram-js-ui';

import { findings, tabs } from '../shared/findings.js';
import { token } from '../shared/draft.js';
import { download } from '../shared/frame.js';
import { start } from '../shared/start.js';
import { Settings } from './settings.js';

const MOMENT = 300;
const AFTER = 600;

export async function open(place) {
  const { path } = place.dataset;
  const catalogue = await fetch(place.dataset.catalogue, { credentials: 'same-origin' }).then((answer) => answer.json());
  const editor = new FormEditor({ container: place.querySelector('[data-form]'), additionalModules: [limited(catalogue.form_types)] });
  const turn = tabs(place);
  let found = [];
  const list = findings(place, { path, edit: place.dataset.edit, jump: (each) => { choose(editor, each.element); turn('second'); } });
  const marked = (given, state) => {
    found = given.filter(({ file }) => file === path);
    list(given, state);
    settings();
  };
  let drawn = null;

  function settings() {
    const field = editor.get('selection').get();
    const problems = field ? found.filter(({ element }) => [field.id, field.key, field.path].includes(element)) : [];
    render(html`<${Settings} key=${field ? field.id : '-'} ...${{ field, editor, catalogue, problems }} />`, place.querySelector('[data-second]'));
  }
  // A listener that returned something would keep the event from the others.
  editor.on(['selection.changed', 'changed'], () => { requestAnimationFrame(settings); });

  async function show(text) {
    await editor.importSchema(JSON.parse(text));
    drawn = { text, written: written(editor) };
    preview(place, text);
  }

  const session = await start(place, { show, marked });
  let waiting = null;
  let looking = null;
  editor.on('changed', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const now = written(editor);
      const text = now === drawn.written ? drawn.text : now;
      session.changed(text);
      clearTimeout(looking);
      looking = setTimeout(() => preview(place, text), AFTER);
    }, MOMENT);
  });
  const stack = editor.get('commandStack');
  place.querySelectorAll('[data-do]').forEach((button) => {
    const does = { undo: () => stack.undo(), redo: () => stack.redo(), file: () => download(path.split('/').pop(), session.draft.text, 'application/json') };
    if (does[button.dataset.do]) button.addEventListener('click', does[button.dataset.do]);
  });
  const refresh = () => {
    place.querySelector('[data-do="undo"]').disabled = !stack.canUndo();
    place.querySelector('[data-do="redo"]').disabled = !stack.canRedo();
  };
  editor.on(['changed', 'commandStack.changed'], refresh);
  refresh();
  place.dataset.ready = '1';
}

/** As the files of a release are written: two spaces, characters as they are, no mark of who wrote it. */
function written(editor) {
  const { exporter, ...schema } = editor.getSchema();
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The palette offers what the server draws; what a file brings beside that is shown, and the lint says so. */
function limited(types) {
  class Limits {
    static $inject = ['formFields'];

    constructor(formFields) {
      for (const type of Object.keys(formFields._formFields)) {
        if (type !== 'default' && !types.includes(type)) delete formFields._formFields[type];
      }
    }
  }
  return { __init__: ['limits'], limits: ['type', Limits] };
}

function choose(editor, key) {
  const found = editor.get('formFieldRegistry').getAll().find((each) => [each.id, each.key, each.path].includes(key));
  if (found) editor.get('selection').set(found);
}

async function preview(place, text) {
  const box = place.querySelector('[data-first]');
  try {
    const answer = await fetch(place.dataset.preview, {
      method: 'POST', credentials: 'same-origin', redirect: 'manual', body: JSON.stringify({ text, path: place.dataset.path }),
      headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/json', 'X-Polling': '1' },
    });
    const told = await answer.json();
    box.innerHTML = told.html || '';
    if (told.message) box.replaceChildren(Object.assign(document.createElement('p'), { className: 'dm-empty', textContent: told.message }));
  } catch { /* Without network the last preview stands. */ }
}
