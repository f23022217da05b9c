// The editor of a catalogue (JSON): a text with what the lint says of it.
import { findings, tabs } from '../shared/findings.js';
import { download } from '../shared/frame.js';
import { start } from '../shared/start.js';

const MOMENT = 300;

export async function open(place) {
  const { path } = place.dataset;
  const field = place.querySelector('[data-text]');
  tabs(place);
  const marked = findings(place, { path, edit: place.dataset.edit, jump: (each) => find(field, each.element) });
  const session = await start(place, { show: async (text) => { field.value = text; }, marked });
  let waiting = null;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => session.changed(field.value), MOMENT);
  });
  place.querySelector('[data-do="file"]').addEventListener('click', () => download(path.split('/').pop(), field.value, 'text/plain'));
  place.dataset.ready = '1';
  return { field, session };
}

/** Chooses the first place where a name stands. */
export function find(field, name) {
  const at = field.value.indexOf(name);
  if (at < 0) return;
  field.focus();
  field.setSelectionRange(at, at + name.length);
  const line = field.value.slice(0, at).split('\n').length;
  field.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(field).lineHeight));
}
