// The editor of a decision in a draft: the table as dmn-js draws it, its test rows beside it, what the lint says.
import Modeler from 'dmn-js/lib/Modeler';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import { html, render } from '@bpmn-io/diagram-js-ui';

import { chinese } from '../../decisions/words.js';
import { Group, Text } from '../panel/inputs.js';
import { findings, tabs } from '../shared/findings.js';
import { download } from '../shared/frame.js';
import { start } from '../shared/start.js';
import { read, write } from './tests.js';

const MOMENT = 300;
// Those that decide rights here; the lint refuses the others.
const ALLOWED = ['UNIQUE', 'FIRST', 'ANY', 'COLLECT'];
const kept = HIT_POLICIES.filter(({ value }) => ALLOWED.includes(value.hitPolicy) && !value.aggregation);
HIT_POLICIES.splice(0, HIT_POLICIES.length, ...kept);

export async function open(place) {
  const { path } = place.dataset;
  const views = { additionalModules: [chinese] };
  const modeler = new Modeler({ container: place.querySelector('[data-table]'), drd: views, decisionTable: views, literalExpression: views });
  const side = place.querySelector('[data-first]');
  let rows = { common: '', rows: [] };
  let drawn = null;
  let touched = false;
  tabs(place);
  const marked = findings(place, { path, edit: place.dataset.edit, jump: mark(place) });

  async function show(text) {
    await modeler.importXML(text);
    const view = modeler.getViews().find(({ type }) => type !== 'drd');
    if (!view) throw new Error('文件里没有决策表');
    await modeler.open(view);
    rows = read(text);
    touched = false;
    drawn = { text, written: (await modeler.saveXML({ format: true })).xml };
    const events = modeler.getActiveViewer().get('eventBus');
    events.on(['elements.changed', 'commandStack.changed'], soon);
    draw();
  }

  async function current() {
    const { xml } = await modeler.saveXML({ format: true });
    if (!touched && xml === drawn.written) return drawn.text;
    return touched ? write(xml, rows) : xml;
  }

  let waiting = null;
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(async () => session.changed(await current()), MOMENT);
  }

  function put(next) {
    rows = next;
    touched = true;
    draw();
    soon();
  }

  function draw() {
    render(html`<${Rows} ...${{ rows, put }} />`, side);
  }

  const session = await start(place, { show, marked });
  place.querySelector('[data-do="file"]').addEventListener('click', async () => download(path.split('/').pop(), await current(), 'application/xml'));
  place.dataset.ready = '1';
}

function Rows({ rows, put }) {
  const change = (index, given) => put({ ...rows, rows: rows.rows.map((each, at) => (at === index ? { ...each, ...given } : each)) });
  return html`<div class="dm-panel">
    <p class="dm-help dm-pad">检查和发布时都要通过；决策表的每一行至少要有一个测试行用到。</p>
    <${Group} title="所有测试行的共同输入"><${Text} label="一行一个：名称 = 值" code long=${6} value=${rows.common} onChange=${(common) => put({ ...rows, common })} /><//>
    ${rows.rows.map((each, index) => html`<${Group} key=${index} title=${each.name || `第${index + 1}个测试行`} open=${false}>
      <${Text} label="名称" value=${each.name} onChange=${(name) => change(index, { name })} />
      <${Text} label="与共同输入不同的（名称 = 值）" code long=${3} value=${each.given} onChange=${(given) => change(index, { given })} />
      <${Text} label="应得的结果（名称 = 值）" code long=${2} value=${each.expect} onChange=${(expect) => change(index, { expect })} />
      <button type="button" class="dm-add" onClick=${() => put({ ...rows, rows: rows.rows.filter((_, at) => at !== index) })}>删除这个测试行</button>
    <//>`)}
    <button type="button" class="dm-add dm-pad" onClick=${() => put({ ...rows, rows: [...rows.rows, { name: '', given: '', expect: '' }] })}>＋ 增加一个测试行</button>
  </div>`;
}

/** A row of the table that a sentence speaks of is marked and brought into sight. */
function mark(place) {
  return ({ element }) => {
    const cells = [...place.querySelectorAll(`[data-row-id="${CSS.escape(element)}"]`)];
    place.querySelectorAll('.is-wrong').forEach((cell) => cell.classList.remove('is-wrong'));
    cells.forEach((cell) => cell.classList.add('is-wrong'));
    if (cells.length) cells[0].scrollIntoView({ block: 'center', inline: 'nearest' });
  };
}
