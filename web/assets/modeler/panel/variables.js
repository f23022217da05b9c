// The names that an expression may read, as far as the catalogue can know: what forms, operations and decisions give.
import { html, useRef, useState } from '@bpmn-io/diagram-js-ui';

import { Field, Search, useTyped } from './inputs.js';
import { useId } from '@bpmn-io/diagram-js-ui';

const KINDS = { text: '文字', string: '文字', number: '数', boolean: '是否', length: '期限' };
const kept = new WeakMap();

export function variables(catalogue) {
  if (kept.has(catalogue)) return kept.get(catalogue);
  const found = new Map();
  const add = (id, name, kind, from) => {
    const known = found.get(id);
    if (!known || (known.name === id && name !== id)) found.set(id, { id, name, kind, gist: `${id} · ${KINDS[kind] || kind} · ${from}` });
  };
  for (const form of catalogue.forms) for (const each of form.gives) add(each.key, each.label, each.kind, `表单“${form.name || form.id}”`);
  for (const one of catalogue.decisions) for (const each of one.gives) add(each.key, each.label, each.kind, `决策“${one.name}”`);
  for (const one of catalogue.operations) for (const [key, kind] of Object.entries(one.outputs)) add(key, key, kind, `操作“${one.name}”`);
  add('today', '今天的业务日期', 'text', '系统');
  for (const each of catalogue.parameters) {
    add(`parameters.${each.name}`, each.label || each.name, each.unit === 'length' ? 'length' : '', '政策参数');
  }
  kept.set(catalogue, [...found.values()]);
  return kept.get(catalogue);
}

/** A FEEL expression: typed, or put together from names that exist. */
export function Expression({ label, help, problems, value = '', onChange, catalogue, rows = 2, placeholder }) {
  const id = useId();
  const field = useRef(null);
  const [choosing, setChoosing] = useState(false);
  const [shown, listeners] = useTyped(value, onChange);
  const insert = ([name]) => {
    const { selectionStart: at } = field.current;
    const text = field.current.value;
    const before = text.slice(0, at);
    setChoosing(false);
    onChange(`${before}${before && !/[\s(]$/.test(before) ? ' ' : ''}${name}${text.slice(at)}`);
  };
  return html`<${Field} ...${{ label, help, problems, id }}>
    <textarea id=${id} ref=${field} class="dm-input dm-code" rows=${rows} spellcheck="false" placeholder=${placeholder} value=${shown} ...${listeners}></textarea>
    ${choosing
      ? html`<${Search} label="插入名称" options=${variables(catalogue)} chosen=${[]} onChange=${insert} />`
      : html`<button type="button" class="dm-add" onClick=${() => setChoosing(true)}>＋ 插入变量或参数</button>`}
  <//>`;
}
