// The settings of our own that a field may have, chosen instead of typed. What fits which type the server says in the end.
import { html } from '@bpmn-io/diagram-js-ui';

import { Choice, Group, Search, Text, Toggle } from '../panel/inputs.js';
import { Expression } from '../panel/variables.js';

const TO_FLOW = ['textfield', 'textarea', 'number', 'datetime', 'select', 'radio', 'checkbox', 'expression'];
const RESULTS = [{ id: 'text', name: '文字' }, { id: 'number', name: '数' }, { id: 'boolean', name: '是否' }];
const PARTS = [['birth', '出生日期', ['datetime']], ['sex', '性别', ['textfield', 'select', 'radio']], ['home', '户籍地', ['textfield']]];

export function Settings({ field, editor, catalogue, problems }) {
  if (!field || field.type === 'default') return html`<p class="dm-empty">点选表单里的一项，在这里填写它的设置。</p>`;
  const given = field.properties || {};
  const put = (name, value) => {
    const { [name]: _, ...rest } = given;
    editor.get('modeling').editFormField(field, 'properties', value ? { ...rest, [name]: value } : rest);
  };
  const is = (...types) => types.includes(field.type);
  const common = (name) => ({ value: given[name] || '', onChange: (value) => put(name, value), catalogue });
  const numbers = editor.get('formFieldRegistry').getAll().filter((each) => (each.properties || {}).kind === 'id_number' && each.key !== field.key);
  return html`<div class="dm-panel">
    <header class="dm-panel-head"><h2>${field.label || field.key || field.id}</h2></header>
    ${problems.length > 0 && html`<ul class="dm-faults">${problems.map((each) => html`<li>${each.message}</li>`)}</ul>`}
    <${Group} title="去哪里">
      ${is(...TO_FLOW) && html`<${Toggle} label="送进流程，供网关和决策用" help="变量的名称就是这一项的名称。" checked=${given.flow === 'true'} onChange=${(on) => put('flow', on ? 'true' : '')} />`}
      ${is('number', 'expression') && html`<${Toggle} label="是金额：填元，存分" checked=${given.money === 'yuan'} onChange=${(on) => put('money', on ? 'yuan' : '')} />`}
      ${is('radio', 'select') && html`<${Toggle} label="结果是“是”或“否”" help="选项的值要正好是 true 和 false。" checked=${given.type === 'boolean'} onChange=${(on) => put('type', on ? 'boolean' : '')} />`}
      ${is('expression') && html`<${Choice} label="算出的是" ...${common('type')} options=${RESULTS} empty="文字" />`}
      ${is('textfield') && html`<${Choice} label="是个人信息" help="核对格式和校验码，加密保存，显示时遮挡。" ...${common('kind')} options=${catalogue.form_kinds} empty="不是" />`}
    <//>
    <${Group} title="从哪里来">
      <${Search} label="带出以前填的" help="从这个环节最近一次提交里带出。" options=${sources(catalogue)} chosen=${given.from ? [given.from] : []} onChange=${([from]) => put('from', from || '')} />
      <${Expression} label="先算出一个值" rows=${1} ...${common('prefill')} />
      ${PARTS.filter(([, , types]) => types.includes(field.type)).length > 0 && numbers.length > 0 && html`<${Choice} label="由身份证号得出" ...${common('by_id')} empty="不由"
        options=${numbers.flatMap((each) => PARTS.filter(([, , types]) => types.includes(field.type)).map(([part, name]) => ({ id: `${each.key}.${part}`, name: `${each.label || each.key}：${name}` })))} />`}
    <//>
    <${Group} title="核对">
      <${Expression} label="必须成立的条件" rows=${2} ...${common('check')} placeholder="例如 income >= 0" />
      <${Text} label="不成立时对填写的人说" ...${common('message')} />
      ${is('textfield', 'textarea') && html`<${Text} label="格式不对时说" ...${common('pattern_message')} />`}
      ${is('dynamiclist') && html`<${Text} label="最少几行" ...${common('min_rows')} /><${Text} label="最多几行" ...${common('max_rows')} />`}
      ${is('table', 'text') && html`<${Text} label="显示办件的事实" code help="例如 household、income、relatives。" ...${common('show')} />`}
    <//>
  </div>`;
}

const kept = new WeakMap();

/** Every field of every form that a task uses: task.field. */
function sources(catalogue) {
  if (!kept.has(catalogue)) {
    const fields = new Map(catalogue.forms.map(({ id, fields: all = [] }) => [id, all]));
    kept.set(catalogue, catalogue.tasks.flatMap(({ id, name, form }) => (fields.get(form) || [])
      .map((each) => ({ id: `${id}.${each.key}`, name: `${name}：${each.label}`, gist: `${id}.${each.key}` }))));
  }
  return kept.get(catalogue);
}
