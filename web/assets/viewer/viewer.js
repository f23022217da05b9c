// Draws the diagram of every [data-bpmn-url] and marks where the case stands and what it passed.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import { marks, pair } from './pair.js';

Promise.all([...document.querySelectorAll('[data-bpmn-url]')].map(draw)).then((drawn) => pair(drawn.filter(Boolean)));

async function draw(place) {
  const viewer = new NavigatedViewer({
    container: place,
    textRenderer: { defaultStyle: { fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif' } },
  });
  try {
    const answer = await fetch(place.dataset.bpmnUrl, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
  } catch {
    place.insertAdjacentHTML('beforeend', '<p class="dd-diagram-failed">流程图没有显示出来，请刷新页面再试。</p>');
    return null;
  }
  place.querySelectorAll('[data-until-drawn]').forEach((hint) => hint.remove());
  name(place);
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  mark(canvas, registry, place.dataset.done, 'is-done');
  mark(canvas, registry, place.dataset.active, 'is-active');
  mark(canvas, registry, place.dataset.incident, 'is-incident');
  marks(viewer, place);
  fit(canvas, registry, place);
  place.append(buttons(viewer, canvas, registry, place));
  viewer.on('canvas.resized', () => fit(canvas, registry, place));
  return { viewer, place };
}

// The page names the place as an image; but an image holds no buttons, so the name goes to the drawing inside.
function name(place) {
  const drawing = place.querySelector('.djs-container svg');
  const label = place.getAttribute('aria-label') || '流程图';
  place.setAttribute('role', 'group');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', label);
}

function mark(canvas, registry, list, marker) {
  for (const id of JSON.parse(list || '[]')) if (registry.get(id)) canvas.addMarker(id, marker);
}

// The whole drawing when it is legible like that, else the part where the case stands.
function fit(canvas, registry, place) {
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= 0.55) return;
  const places = [...JSON.parse(place.dataset.active || '[]'), ...Object.keys(JSON.parse(place.dataset.marks || '{}'))];
  const active = places.find((id) => registry.get(id));
  const first = active || (registry.find((element) => element.type === 'bpmn:StartEvent') || {}).id;
  canvas.zoom(0.75);
  if (first) canvas.scrollToElement(first, 120);
}

function buttons(viewer, canvas, registry, place) {
  const box = document.createElement('div');
  box.className = 'dd-zoom';
  const offer = [
    ['＋', '放大', () => viewer.get('zoomScroll').stepZoom(1)],
    ['－', '缩小', () => viewer.get('zoomScroll').stepZoom(-1)],
    ['全', '显示全图', () => canvas.zoom('fit-viewport', 'auto')],
    place.dataset.marks ? ['改', '回到第一处改动', () => fit(canvas, registry, place)] : ['现', '回到当前环节', () => fit(canvas, registry, place)],
  ];
  for (const [sign, label, act] of offer) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = sign;
    button.title = label;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', act);
    box.append(button);
  }
  return box;
}
