// The bar above the drawing: undo, search, zoom, export. Every button is also a key; the keys are the library's.
import { download } from '../shared/frame.js';
import { bitmap } from './picture.js';

export function tools(place, modeler, { name, text }) {
  const stack = modeler.get('commandStack');
  const canvas = modeler.get('canvas');
  const actions = modeler.get('editorActions');
  const stem = name.replace(/\.[^.]+$/, '');
  const does = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    // Not before this press is over: a press beside the search closes it.
    find: () => setTimeout(() => actions.trigger('find')),
    copy: () => actions.trigger('copy'),
    paste: () => actions.trigger('paste'),
    in: () => modeler.get('zoomScroll').stepZoom(1),
    out: () => modeler.get('zoomScroll').stepZoom(-1),
    fit: () => fit(place, canvas),
    map: () => modeler.get('minimap').toggle(),
    svg: async () => download(`${stem}.svg`, (await modeler.saveSVG()).svg, 'image/svg+xml'),
    png: async () => download(`${stem}.png`, await bitmap((await modeler.saveSVG()).svg), 'image/png'),
    file: async () => download(name, await text(), 'application/xml'),
  };
  place.querySelectorAll('[data-do]').forEach((button) => {
    if (!does[button.dataset.do]) return;
    button.addEventListener('click', () => {
      const menu = button.closest('details');
      if (menu) menu.open = false;
      does[button.dataset.do]();
    });
  });
  const refresh = () => {
    place.querySelector('[data-do="undo"]').disabled = !stack.canUndo();
    place.querySelector('[data-do="redo"]').disabled = !stack.canRedo();
  };
  modeler.on(['commandStack.changed', 'import.done'], refresh);
  refresh();
  keys(modeler, does);
}

/** Ctrl+S is done by itself; the habit should not open the browser's own dialog. F fits the drawing. */
function keys(modeler, does) {
  modeler.get('keyboard').addListener(2000, ({ keyEvent: event }) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      return true;
    }
    if (event.key === 'f' && !event.ctrlKey && !event.metaKey) {
      does.fit();
      return true;
    }
    return undefined;
  });
}

const PALETTE = 116;
const MARGIN = 24;
const READABLE = 0.62;

/** The whole drawing beside the palette, which would lie over it. */
export function fit(place, canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min((outer.width - PALETTE - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
  show(canvas, inner, outer, scale);
}

/** As it is opened: the whole of it when that can be read, else its beginning. */
export function begin(place, canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min((outer.width - PALETTE - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
  show(canvas, inner, outer, Math.max(scale, READABLE));
}

function show(canvas, inner, outer, scale) {
  const spare = { x: outer.width - PALETTE - inner.width * scale, y: outer.height - inner.height * scale };
  canvas.viewbox({
    x: inner.x - (PALETTE + Math.max(MARGIN, spare.x) / 2) / scale,
    y: inner.y - Math.max(MARGIN, spare.y / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}
