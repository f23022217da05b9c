// Deadlines, ladders and clocks: rows of small controls over the texts of the grammar.
import { html, useId } from '@bpmn-io/diagram-js-ui';

import { Field, Text, useTyped } from './inputs.js';
import { readLadder, readLength, readOrders, readPairs, writeLadder, writeOrders, writePairs } from './lengths.js';

/** A number with its unit, or a parameter or expression that gives it. */
export function Length({ label, help, problems, value = '', onChange, catalogue, expression = true }) {
  const id = useId();
  const { amount, unit, text } = readLength(value);
  const mode = amount !== undefined ? 'length' : value.startsWith('parameters.') ? 'parameter' : value ? 'text' : '';
  const [typed, listeners] = useTyped(amount === undefined ? '' : amount, (given) => onChange(given ? `${given}${unit || 'wd'}` : ''));
  const turn = (next) => onChange({
    '': '', length: '3wd', parameter: `parameters.${(lengths(catalogue)[0] || {}).name || ''}`, text: text || 'parameters.',
  }[next]);
  return html`<${Field} ...${{ label, help, problems, id }}>
    <div class="dm-row">
      <select id=${id} class="dm-input" value=${mode} onChange=${({ target }) => turn(target.value)}>
        <option value="">没有</option><option value="length">固定的期限</option>
        ${expression && html`<option value="parameter">按政策参数</option><option value="text">按表达式</option>`}
      </select>
      ${mode === 'length' && html`
        <input class="dm-input dm-number" type="number" min="0" max="3660" aria-label=${`${label}：数量`} value=${typed} ...${listeners} />
        <${Unit} label=${label} value=${unit} units=${catalogue.units} onChange=${(next) => onChange(`${amount}${next}`)} />`}
      ${mode === 'parameter' && html`<select class="dm-input" aria-label=${`${label}：参数`} value=${value}
          onChange=${({ target }) => onChange(target.value)}>
        ${!lengths(catalogue).some((each) => `parameters.${each.name}` === value) && html`<option value=${value}>${value}</option>`}
        ${lengths(catalogue).map((each) => html`<option value=${`parameters.${each.name}`}>${each.label || each.name}</option>`)}
      </select>`}
    </div>
    ${mode === 'text' && html`<${Plain} label=${`${label}：表达式`} value=${value} onChange=${onChange} />`}
  <//>`;
}

const lengths = (catalogue) => catalogue.parameters.filter(({ unit }) => unit === 'length');

function Plain({ label, value, onChange }) {
  const [shown, listeners] = useTyped(value, onChange);
  return html`<input class="dm-input dm-code" type="text" aria-label=${label} spellcheck="false" value=${shown} ...${listeners} />`;
}

function Unit({ label, value, units, onChange }) {
  return html`<select class="dm-input dm-unit" aria-label=${`${label}：单位`} value=${value} onChange=${({ target }) => onChange(target.value)}>
    ${units.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
  </select>`;
}

/** Who is told when: rows of role and time, in the order in which they are due. */
export function Ladder({ label, help, problems, value = '', onChange, catalogue }) {
  const rungs = readLadder(value);
  if (rungs === null) return html`<${Text} ...${{ label, help, problems, value, onChange }} code />`;
  const people = [catalogue.holder, ...catalogue.roles];
  const put = (index, given) => onChange(writeLadder(rungs.map((each, at) => (at === index ? { ...each, ...given } : each))));
  const used = new Set(rungs.map((each) => writeLadder([each])));
  const next = people.map(({ id }) => ({ role: id, sign: '0', amount: '1', unit: 'wd' })).find((each) => !used.has(writeLadder([each])));
  return html`<${Field} ...${{ label, help, problems }} plain>
    ${rungs.map(({ role, sign, amount, unit }, index) => {
      const called = `第${index + 1}级`;
      return html`<div class="dm-rung" key=${index} role="group" aria-label=${`${label}${called}`}>
        <select class="dm-input" aria-label=${`${called}：提醒谁`} value=${role} onChange=${({ target }) => put(index, { role: target.value })}>
          ${!people.some(({ id }) => id === role) && html`<option value=${role}>${role}</option>`}
          ${people.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
        </select>
        <select class="dm-input" aria-label=${`${called}：什么时候`} value=${sign} onChange=${({ target }) => put(index, { sign: target.value })}>
          <option value="-">到期前</option><option value="0">到期当天</option><option value="+">超期后</option>
        </select>
        ${sign !== '0' && html`<${Amount} label=${called} value=${amount} onChange=${(given) => put(index, { amount: given })} />
          <${Unit} label=${called} value=${unit} units=${catalogue.units} onChange=${(given) => put(index, { unit: given })} />`}
        <button type="button" class="dm-icon" aria-label=${`去掉${called}`} onClick=${() => onChange(writeLadder(rungs.filter((_, at) => at !== index)))}>×</button>
      </div>`;
    })}
    <button type="button" class="dm-add" disabled=${!next} onClick=${() => onChange(writeLadder([...rungs, next]))}>＋ 增加一级</button>
  <//>`;
}

function Amount({ label, value, onChange }) {
  const [shown, listeners] = useTyped(value, (given) => { if (/^[1-9][0-9]{0,3}$/.test(given)) onChange(given); });
  return html`<input class="dm-input dm-number" type="number" min="1" max="3660" aria-label=${`${label}：数量`} value=${shown} ...${listeners} />`;
}

/** What the element orders of the clocks of the catalogue. */
export function Clocks({ label, help, problems, value = '', onChange, catalogue }) {
  const orders = readOrders(value);
  const put = (index, given) => onChange(writeOrders(orders.map((each, at) => (at === index ? { ...each, ...given } : each))));
  const add = () => onChange(writeOrders([...orders, { action: 'start', name: (catalogue.clocks[0] || {}).id || 'clock' }]));
  return html`<${Field} ...${{ label, help, problems }} plain>
    ${orders.map((each, index) => html`<${ClockOrder} key=${index} ...${{ each, catalogue }} label=${`第${index + 1}项`}
      put=${(given) => put(index, given)} remove=${() => onChange(writeOrders(orders.filter((_, at) => at !== index)))} />`)}
    <button type="button" class="dm-add" onClick=${add}>＋ 增加一项</button>
  <//>`;
}

function ClockOrder({ each, catalogue, label, put, remove }) {
  const clock = catalogue.clocks.find(({ id }) => id === each.name);
  return html`<div class="dm-part" role="group" aria-label=${`时限${label}`}>
    <div class="dm-row">
      <select class="dm-input dm-unit" aria-label=${`${label}：做什么`} value=${each.action} onChange=${({ target }) => put({ action: target.value })}>
        ${catalogue.actions.map((one) => html`<option value=${one.id}>${one.name}</option>`)}
      </select>
      <select class="dm-input" aria-label=${`${label}：哪个时限`} value=${each.name} onChange=${({ target }) => put({ name: target.value })}>
        ${!clock && html`<option value=${each.name}>${each.name}（目录里没有）</option>`}
        ${catalogue.clocks.map((one) => html`<option value=${one.id}>${one.name}（${one.kind}）</option>`)}
      </select>
      <button type="button" class="dm-icon" aria-label=${`去掉${label}`} onClick=${remove}>×</button>
    </div>
    ${each.action === 'pause' && html`<label class="dm-small">原因
      ${clock && clock.pauses.length ? html`<select class="dm-input" value=${each.cause} onChange=${({ target }) => put({ cause: target.value })}>
        <option value="">— 未选 —</option>${[...new Set([...clock.pauses, each.cause].filter(Boolean))].map((one) => html`<option value=${one}>${one}</option>`)}
      </select>` : html`<${Plain} label="原因" value=${each.cause} onChange=${(cause) => put({ cause })} />`}</label>`}
    ${each.action === 'start' && html`<${Length} label="期限" help=${each.length ? '' : `不写的，用目录里的：${(clock && clock.length) || '目录没有写'}`}
      value=${each.length} onChange=${(length) => put({ length })} ...${{ catalogue }} />
      ${each.length && html`<${Length} label="可以延长到" value=${each.extend} onChange=${(extend) => put({ extend })} ...${{ catalogue }} />`}`}
    <${Text} label="只在这种情况下" code value=${each.when} placeholder="不写就总是" onChange=${(when) => put({ when })} />
  </div>`;
}

/** Names with their kinds, as a process begins with them. */
export function Pairs({ label, help, problems, value = '', onChange, names }) {
  const id = useId();
  const pairs = readPairs(value);
  const put = (index, given) => onChange(writePairs(pairs.map((each, at) => (at === index ? { ...each, ...given } : each))));
  const fresh = names.find(({ id: each }) => !pairs.some(({ name }) => name === each));
  return html`<${Field} ...${{ label, help, problems }} plain>
    <datalist id=${id}>${names.map((each) => html`<option value=${each.id}>${each.name}</option>`)}</datalist>
    ${pairs.map(({ name, kind }, index) => html`<div class="dm-row" key=${index}>
      <${Listed} list=${id} label=${`第${index + 1}个变量`} value=${name} onChange=${(given) => put(index, { name: given })} />
      <select class="dm-input dm-unit" aria-label=${`第${index + 1}个变量：类型`} value=${kind} onChange=${({ target }) => put(index, { kind: target.value })}>
        <option value="text">文字</option><option value="number">数</option><option value="boolean">是否</option>
      </select>
      <button type="button" class="dm-icon" aria-label=${`去掉第${index + 1}个变量`} onClick=${() => onChange(writePairs(pairs.filter((_, at) => at !== index)))}>×</button>
    </div>`)}
    <button type="button" class="dm-add" onClick=${() => onChange(writePairs([...pairs, { name: fresh ? fresh.id : 'name', kind: fresh ? fresh.kind : 'text' }]))}>＋ 增加一个</button>
  <//>`;
}

function Listed({ list, label, value, onChange }) {
  const [shown, listeners] = useTyped(value, onChange);
  return html`<input class="dm-input dm-code" list=${list} type="text" aria-label=${label} autocomplete="off" value=${shown} ...${listeners} />`;
}
