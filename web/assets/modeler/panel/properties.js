// One property of the conventions: its label, its line of help, its control. Where each may stand is said by the server.
import { html } from '@bpmn-io/diagram-js-ui';

import { property } from '../drawing/spiff.js';
import { Choice, Search, Text, Toggle } from './inputs.js';
import { readNames } from './lengths.js';
import { Clocks, Ladder, Length, Pairs } from './parts.js';
import { variables } from './variables.js';

const LABELS = {
  role: ['谁办（角色）', '空着就用所在泳道的。'],
  area: ['在哪一级办', '空着就用所在泳道的。'],
  form: ['表单', '办理时填写的表单。'],
  due: ['办理期限', '从到手时起算；超过就是超期。'],
  warn: ['提前多久变黄', '到期前这么久开始预警。'],
  ladder: ['催办梯次', '到期前后依次提醒谁。只提醒，不自动通过。'],
  clock: ['法定和内部时限', '走到这里时，哪个时限开始、暂停、恢复或了结。'],
  separate: ['回避：这些环节的签字人不能办', '例如调查的人不提意见，提意见的人不决定。'],
  people: ['签字人数', '几个不同的人都签字才算办完。'],
  waits_for: ['在等谁', '办理人自己办不了、只能等的时候选。'],
  offline: ['可以带到手机上、没有网络也能填', '需要有表单。'],
  bulk: ['几件可以合在一起交', '只用于各件内容都一样的环节，例如张贴结果。'],
  wait: ['等多久', '到期那天结束时继续，由工作日历推算。'],
  clause: ['依据', '这一步根据哪一条；办理的人能看到。'],
  notice: ['文书模板', '按这个模板制作、编号、送达。'],
  start: ['怎样发起', '没有选的，只能由其他流程调用。'],
  starters: ['谁可以发起', '不选的，是窗口受理员。'],
  parents: ['在哪些办件上发起', ''],
  group: ['登记页面上的分类', '不选的，归救助申请。'],
  seen_by: ['只有这些角色能看到', '不选的，辖区内有职责的人都能看到。'],
  opens_with: ['发起时必须给出的变量', '例如 household_id（数）、ground（文字）。'],
  with_parent: ['原办件提前结束时', '没有选的，只告知正在办的人。'],
  scheme: ['救助类别（编号和参数用）', '不写的，用流程的标识。'],
};
const COUNTS = Array.from({ length: 9 }, (_, index) => ({ id: String(index + 1), name: `${index + 1} 人` }));
const WITH_PARENT = [{ id: 'tell', name: '告知正在办的人，继续办' }, { id: 'end', name: '一起结束' }];

/** The names of the properties that may stand on an element of this type. */
export function placed(catalogue, type, shape) {
  const kinds = [type, shape].map((each) => each[5].toLowerCase() + each.slice(6));
  return Object.keys(catalogue.places).filter((name) => kinds.some((kind) => catalogue.places[name].includes(kind)));
}

export function PropertyField(context) {
  const { name, element, object, catalogue, writer, faults } = context;
  const [label, help] = LABELS[name] || [name, ''];
  const value = property(object, name) || '';
  const onChange = (next) => writer.setProperty(element, name, next);
  const common = { label, help, value, onChange, problems: faults[name], catalogue };
  const draw = CONTROLS[name];
  return draw ? draw(common, context) : html`<${Text} ...${common} />`;
}

const one = (options, empty) => (common, context) => html`<${Choice} ...${common} options=${options(common.catalogue, context)} empty=${empty} />`;
const look = (options, many) => (common, context) => html`<${Search} ...${common} many=${many}
  options=${options(common.catalogue, context)} chosen=${readNames(common.value)} onChange=${(ids) => common.onChange(ids.join(','))} />`;
const yes = (word) => (common) => html`<${Toggle} ...${common} checked=${common.value === word} onChange=${(on) => common.onChange(on ? word : '')} />`;

const CONTROLS = {
  role: (common, context) => html`<${Choice} ...${common} options=${common.catalogue.roles} empty=${inherited(context, 'role', common.catalogue.roles)} />`,
  area: (common, context) => html`<${Choice} ...${common} options=${common.catalogue.levels} empty=${inherited(context, 'area', common.catalogue.levels)} />`,
  form: look((all) => all.forms.map(({ id, name }) => ({ id, name: name || id, gist: id })), false),
  due: (common) => html`<${Length} ...${common} />`,
  warn: (common) => html`<${Length} ...${common} expression=${false} />`,
  wait: (common) => html`<${Length} ...${common} />`,
  ladder: (common) => html`<${Ladder} ...${common} />`,
  clock: (common) => html`<${Clocks} ...${common} />`,
  separate: look((all, { object }) => all.tasks.filter(({ id }) => id !== object.id).map(({ id, name, process }) => ({ id, name, gist: `${called(all, process)} · ${id}` })), true),
  people: one(() => COUNTS, '1 人'),
  waits_for: one((all) => all.waiting, '不等谁'),
  offline: yes('true'),
  bulk: yes('yes'),
  clause: look((all) => all.clauses, true),
  notice: look((all) => all.notices.filter(({ kind }) => kind !== 'record').map(({ id, name }) => ({ id, name, gist: id })), false),
  start: one((all) => all.begins, '由其他流程调用'),
  group: one((all) => all.groups, '救助申请（默认）'),
  starters: look((all) => all.roles, true),
  seen_by: look((all) => all.roles, true),
  parents: look((all) => [{ id: '*', name: '所有流程的办件' }, ...all.processes.map(({ id, name }) => ({ id, name, gist: id }))], true),
  with_parent: one(() => WITH_PARENT, '— 未选 —'),
  opens_with: (common) => html`<${Pairs} ...${common} names=${variables(common.catalogue)} />`,
};

const called = (catalogue, id) => (catalogue.processes.find((each) => each.id === id) || { name: id }).name;

/** What the lane gives when the task says nothing itself. */
function inherited({ object }, name, options) {
  for (const lane of [...(object.get('lanes') || [])].reverse()) {
    const value = property(lane, name);
    if (value) return `随泳道：${(options.find(({ id }) => id === value) || { name: value }).name}`;
  }
  return '— 未选 —';
}
