// The groups of fields of each kind of element.
import { html } from '@bpmn-io/diagram-js-ui';

import { decision, operation, property } from '../drawing/spiff.js';
import { Group, Search } from './inputs.js';
import { PropertyField, placed } from './properties.js';
import { Expression } from './variables.js';

const KINDS = { text: '文字', number: '数', boolean: '是否' };
const count = (faults, names) => names.reduce((sum, name) => sum + (faults[name] || []).length, 0);
const fields = (context, names) => names.map((name) => html`<${PropertyField} key=${name} name=${name} ...${context} />`);

function Several({ title, names, context, open }) {
  return html`<${Group} title=${title} open=${open} count=${count(context.faults, names)}>${fields(context, names)}<//>`;
}

export function TaskFields(context) {
  const { object, catalogue } = context;
  const said = (names) => names.some((name) => property(object, name));
  const rest = placed(catalogue, object.$type, object.$type)
    .filter((name) => !['role', 'area', 'form', 'due', 'warn', 'ladder', 'people', 'separate', 'clock', 'clause'].includes(name));
  return html`
    <${Several} title="谁来办" names=${['role', 'area', 'people', 'separate']} context=${context} open />
    <${Several} title="填什么" names=${['form']} context=${context} open />
    <${Several} title="期限和催办" names=${['due', 'warn', 'ladder']} context=${context} open />
    <${Several} title="怎样办" names=${rest} context=${context} open=${said(rest)} />`;
}

export const LaneFields = (context) => html`<${Several} title="泳道里的环节由谁办" names=${['role', 'area']} context=${context} open />`;

export function OperationFields(context) {
  const { element, object, catalogue, writer, faults } = context;
  const { id, inputs } = operation(object);
  const known = catalogue.operations.find((each) => each.id === id);
  const declared = Object.entries((known && known.inputs) || {});
  const given = new Map(inputs);
  const names = [...declared.map(([name]) => name), ...inputs.map(([name]) => name).filter((name) => !known || !(name in known.inputs))];
  const put = (name, value) => writer.setOperation(element, id, names.map((each) => [each, each === name ? value : given.get(each) || '']));
  return html`<${Group} title="做什么" count=${count(faults, ['operation', 'inputs', 'notice'])}>
    <${Search} label="操作" options=${catalogue.operations.map((each) => ({ id: each.id, name: each.name, gist: each.id }))} chosen=${id ? [id] : []}
      problems=${faults.operation} onChange=${([next]) => writer.setOperation(element, next || '', [])} />
    ${known && html`<${Declared} operation=${known} tasks=${catalogue.tasks} />`}
    ${(faults.inputs || []).map((each) => html`<p class="dm-problem">${each.message}</p>`)}
    ${names.map((name) => html`<${Expression} key=${name} rows=${1} label=${`输入 ${name}${known && known.inputs[name] ? `（${KINDS[known.inputs[name]]}）` : '（操作没有这个输入）'}`}
      value=${given.get(name) || ''} onChange=${(value) => put(name, value)} ...${{ catalogue }} />`)}
    ${(id === 'notices.issue' || property(object, 'notice')) && fields(context, ['notice'])}
  <//>`;
}

function Declared({ operation: known, tasks }) {
  const reads = known.reads.map((id) => (tasks.find((each) => each.id === id) || { name: id }).name);
  const gives = Object.entries(known.outputs).map(([name, kind]) => `${name}（${KINDS[kind] || kind}）`);
  return html`<dl class="dm-declared">
    ${reads.length > 0 && html`<div><dt>读取</dt><dd>${reads.join('、')} 的表单</dd></div>`}
    ${gives.length > 0 && html`<div><dt>给出</dt><dd>${gives.join('、')}</dd></div>`}
    ${known.once && html`<div><dt>注意</dt><dd>做了就不能退回重来（例如已经送达、已经付款）</dd></div>`}
  </dl>`;
}

export function DecisionFields({ element, object, catalogue, writer, faults }) {
  const id = decision(object);
  const known = catalogue.decisions.find((each) => each.id === id);
  return html`<${Group} title="判断什么" count=${count(faults, ['decision'])}>
    <${Search} label="决策" options=${catalogue.decisions.map((each) => ({ id: each.id, name: each.name, gist: each.id }))} chosen=${id ? [id] : []}
      problems=${faults.decision} onChange=${([next]) => writer.setDecision(element, next || '')} />
    ${known && html`<dl class="dm-declared"><div><dt>给出</dt><dd>${known.gives.map((each) => `${each.label}（${each.key}）`).join('、')}</dd></div></dl>`}
    ${known && html`<p class="dm-help"><a href=${`${location.pathname.split('/edit/')[0]}/edit/${known.path}`}>打开这个决策</a></p>`}
  <//>`;
}

export function CallFields({ element, object, catalogue, writer, faults }) {
  const known = catalogue.processes.find((each) => each.id === object.calledElement);
  return html`<${Group} title="调用哪个流程" count=${count(faults, ['calledElement'])}>
    <${Search} label="流程" options=${catalogue.processes.filter((each) => each.start !== 'system').map((each) => ({ id: each.id, name: each.name, gist: each.id }))}
      chosen=${object.calledElement ? [object.calledElement] : []} problems=${faults.calledElement}
      onChange=${([next]) => writer.set(element, { calledElement: next })} />
    ${known && html`<p class="dm-help"><a href=${`${location.pathname.split('/edit/')[0]}/edit/${known.path}`}>打开“${known.name}”的图</a></p>`}
  <//>`;
}

export function TimerFields(context) {
  const { object, panel, element } = context;
  const timer = (object.get('eventDefinitions') || []).find(({ $type }) => $type === 'bpmn:TimerEventDefinition');
  if (!timer) return null;
  const own = ['timeDuration', 'timeDate', 'timeCycle'].filter((name) => timer[name]);
  const clear = () => panel.modeling.updateModdleProperties(element, timer, Object.fromEntries(own.map((name) => [name, undefined])));
  return html`<${Several} title="等待" names=${['wait']} context=${context} open />
    ${own.length > 0 && html`<p class="dm-faults">定时器里直接写了时间（${timer[own[0]].body}），系统不用它。
      <button type="button" class="dm-add" onClick=${clear}>删除这个时间</button></p>`}`;
}

export function ProcessFields(context) {
  const { element, object, writer } = context;
  const begins = property(object, 'start');
  const names = ['start', ...(begins ? ['starters', 'group', 'opens_with', 'seen_by'] : ['seen_by']),
    ...(begins === 'linked' ? ['parents', 'with_parent'] : []), 'scheme'];
  const kept = placed(context.catalogue, object.$type, object.$type).filter((name) => !names.includes(name) && property(object, name) && name !== 'clause');
  return html`<${Several} title="办件怎样开始" names=${[...names, ...kept]} context=${context} open />
    ${!object.isExecutable && html`<p class="dm-problem">流程没有标为可执行。
      <button type="button" class="dm-add" onClick=${() => writer.set(element, { isExecutable: true })}>标为可执行</button></p>`}`;
}
