// To read, not to draw: on a phone, and for whoever may see drafts and not change them.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export async function open(place) {
  place.classList.add('is-reading');
  const answer = await fetch(place.dataset.file, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  const text = await answer.text();
  const stage = place.querySelector('[data-reading]');
  if (place.dataset.kind === 'bpmn') await draw(stage, text);
  else {
    const box = Object.assign(document.createElement('pre'), { className: 'dm-source', textContent: text, tabIndex: 0 });
    stage.replaceChildren(box);
  }
  place.dataset.ready = '1';
}

async function draw(stage, text) {
  const viewer = new NavigatedViewer({ container: stage, textRenderer: { defaultStyle: { fontFamily: FONT } } });
  await viewer.importXML(text);
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() < 0.5) {
    canvas.zoom(0.6);
    const first = viewer.get('elementRegistry').find(({ type }) => type === 'bpmn:StartEvent');
    if (first) canvas.scrollToElement(first, 60);
  }
  const drawing = stage.querySelector('svg');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', '流程图');
}
