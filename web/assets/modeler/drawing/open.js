// The editor of a drawing: the modeler, its panel, what the lint says, saving.
import { findings, tabs } from '../shared/findings.js';
import { start } from '../shared/start.js';
import { importing } from './import.js';
import { makeModeler } from './modeler.js';
import { begin, tools } from './tools.js';
import { trying } from './try.js';
import { missing } from './words.js';

/** Acts of one moment (a move, its new waypoints) are one text. */
const MOMENT = 40;

export async function open(place) {
  const catalogue = fetch(place.dataset.catalogue, { credentials: 'same-origin' }).then((answer) => answer.json());
  const modeler = makeModeler(place.querySelector('[data-canvas]'));
  const panel = modeler.get('panel');
  const badges = modeler.get('badges');
  const turn = tabs(place);
  const { path } = place.dataset;
  let session = null;
  let drawn = null;

  const list = findings(place, { path, edit: place.dataset.edit, jump: (each) => { if (badges.jump(each.element)) turn('panel'); } });
  const marked = (found, state) => {
    const own = found.filter(({ file }) => file === path);
    badges.show(own);
    panel.tell(own);
    list(found, state);
  };
  panel.say = (words) => session && session.frame.bar('said', words, [['知道了', () => session.frame.drop('said')]]);

  async function show(text, anew = false) {
    const kept = drawn && !anew ? modeler.get('canvas').viewbox() : null;
    const { warnings } = await modeler.importXML(text);
    if (warnings.length) console.info(`${warnings.length} remarks of the importer`, warnings.map(({ message }) => message));
    const canvas = modeler.get('canvas');
    if (kept) canvas.viewbox(kept);
    else begin(place, canvas);
    // What the library writes of an untouched file is what changes are measured against: its layout of the text differs.
    drawn = { text, written: (await modeler.saveXML({ format: true })).xml };
  }

  async function write() {
    const { xml } = await modeler.saveXML({ format: true });
    return xml === drawn.written ? drawn.text : xml;
  }

  session = await start(place, { show, marked });
  panel.attach(place.querySelector('[data-panel]'), await catalogue);
  tools(place, modeler, { name: path.split('/').pop(), text: write });
  let waiting = null;
  modeler.on('commandStack.changed', () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => session.changed(await write()), MOMENT);
  });
  importing(place, { session, show, write, jump: (id) => { if (badges.jump(id)) turn('panel'); }, turn });
  trying(place, modeler, { write, path });
  // An address may name an element: lists elsewhere lead to it.
  const go = () => { if (location.hash) badges.jump(decodeURIComponent(location.hash.slice(1))); };
  window.addEventListener('hashchange', go);
  go();
  place.dataset.ready = '1';
  place.addEventListener('focusin', () => { place.dataset.missing = [...missing].join('\n'); });
  return { modeler, session, show, turn };
}
