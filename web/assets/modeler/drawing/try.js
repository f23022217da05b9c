// Trying a drawing: tokens that one sends along by hand, and scenarios that the server tells on the draft, with the ways
// they took painted on the drawing.
import { html, render, useState } from '@bpmn-io/diagram-js-ui';

import { token } from '../shared/draft.js';
import { Group, Search } from '../panel/inputs.js';

const TAKEN = 'is-taken';
// As many as the server tells at once.
const MOST = 12;

export function trying(place, modeler, { write, path }) {
  const box = place.querySelector('[data-try-box]');
  const paint = painter(modeler);
  const process = () => (modeler.get('elementRegistry').find(({ businessObject }) => businessObject.processRef) || { businessObject: {} }).businessObject.processRef;
  let scenarios = null;
  place.querySelector('[data-tab="try"]').addEventListener('click', async () => {
    if (scenarios) return;
    const key = (process() || {}).id || '';
    scenarios = await fetch(`${place.dataset.scenarios}?process=${encodeURIComponent(key)}`, { credentials: 'same-origin' }).then((answer) => answer.json());
    render(html`<${Trial} ...${{ scenarios, process: key, paint, tell, modeler }} />`, box);
  });

  async function tell(names) {
    const answer = await fetch(place.dataset.try, {
      method: 'POST', credentials: 'same-origin', redirect: 'manual', body: JSON.stringify({ path, text: await write(), scenarios: names }),
      headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/json' },
    });
    const told = await answer.json().catch(() => ({}));
    return answer.ok ? told : { refused: told.message || `没有走成（${answer.status}）`, problems: [], told: [] };
  }
}

/** Marks the flows that were taken; the others become pale. Returns how many of this drawing were taken. */
function painter(modeler) {
  const canvas = modeler.get('canvas');
  const registry = modeler.get('elementRegistry');
  const clear = () => {
    canvas.getContainer().classList.remove('is-covered');
    registry.forEach((element) => canvas.removeMarker(element, TAKEN));
  };
  const show = (told) => {
    clear();
    const flows = new Set(told.flatMap((each) => each.flows.map((flow) => flow.join('\n'))));
    const nodes = new Set(told.flatMap((each) => each.elements.map((one) => one.join('\n'))));
    const drawn = registry.filter(({ type }) => type === 'bpmn:SequenceFlow');
    let taken = 0;
    for (const flow of drawn) {
      const { sourceRef, targetRef, $parent } = flow.businessObject;
      if (!flows.has([$parent.id, sourceRef.id, targetRef.id].join('\n'))) continue;
      taken += 1;
      canvas.addMarker(flow, TAKEN);
    }
    registry.forEach((element) => {
      const { id, $parent } = element.businessObject;
      if (!element.labelTarget && $parent && nodes.has([$parent.id, id].join('\n'))) canvas.addMarker(element, TAKEN);
    });
    canvas.getContainer().classList.add('is-covered');
    return { taken, all: drawn.length };
  };
  return { show, clear };
}

function Trial({ scenarios, process, paint, tell, modeler }) {
  const own = scenarios.filter((each) => each.process === process).map(({ id }) => id);
  const [chosen, choose] = useState(own.slice(0, 1));
  const [state, turn] = useState({});
  const [walking, walk] = useState(false);
  const run = async (names) => {
    turn({ busy: true });
    const told = await tell(names);
    turn({ told, covered: told.told.length ? paint.show(told.told) : null });
  };
  const step = () => {
    modeler.get('toggleMode').toggleMode();
    walk(!walking);
  };
  return html`<div class="dm-panel">
    <${Group} title="手工走一遍">
      <p class="dm-help">在图上点“开始”，令牌沿着连线走；在网关上点选走哪条。不用数据，也不保存。</p>
      <button type="button" class="btn btn-outline-primary btn-sm" aria-pressed=${walking} onClick=${step}>${walking ? '结束，回去修改' : '开始走'}</button>
    <//>
    <${Group} title="按情景走一遍">
      <p class="dm-help">在内存里的一个县里，按写好的故事办一件事，时间是拨快的。办件、数据都是编的。</p>
      <${Search} label="情景" many options=${scenarios.map((each) => ({ id: each.id, name: each.name, gist: each.process }))} chosen=${chosen} onChange=${choose} />
      <div class="dm-row dm-run">
        <button type="button" class="btn btn-primary btn-sm" disabled=${state.busy || !chosen.length} onClick=${() => run(chosen)}>走一遍</button>
        ${own.length > 1 && html`<button type="button" class="btn btn-outline-primary btn-sm" disabled=${state.busy} onClick=${() => choose(own.slice(0, MOST))}>${own.length > MOST ? `选这个流程的前 ${MOST} 个` : `选这个流程的全部（${own.length}）`}</button>`}
        ${state.covered && html`<button type="button" class="btn btn-outline-secondary btn-sm" onClick=${() => { paint.clear(); turn({ ...state, covered: null }); }}>去掉标记</button>`}
      </div>
      <div aria-live="polite">
        ${state.busy && html`<p class="dm-help">正在走，大约要半分钟到一分钟……</p>`}
        ${state.covered && html`<p><strong>这张图走到了 ${state.covered.taken} / ${state.covered.all} 条线</strong>（绿色）</p>`}
        ${state.told && state.told.refused && html`<p class="dm-problem">${state.told.refused}</p>`}
        ${state.told && html`<ul class="dm-faults-plain">${state.told.problems.map((each) => html`<li>${each}</li>`)}</ul>`}
        ${state.told && state.told.told.map((each) => html`<${Told} key=${each.file} ...${each} ended=${named(modeler, each.outcome)} />`)}
      </div>
    <//>
  </div>`;
}

const named = (modeler, id) => ((modeler.get('elementRegistry').get(id) || { businessObject: {} }).businessObject.name || id);

function Told({ name, ended, problems, documents }) {
  return html`<div class="dm-told"><p><strong>${problems.length ? '✗' : '✓'} ${name}</strong></p>
    ${problems.length ? html`<ul class="dm-faults">${problems.map((each) => html`<li>${each}</li>`)}</ul>`
    : html`<p class="dm-help">按情景走完了${ended ? `，结束于“${ended}”` : ''}${documents.length ? `；制发文书 ${documents.length} 份` : ''}。</p>`}</div>`;
}
