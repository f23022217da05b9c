// The panel beside the drawing: what design and lint ask of the chosen element, in groups, chosen from what exists.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { html, render } from '@bpmn-io/diagram-js-ui';

import { holder, properties } from '../drawing/spiff.js';
import { byField } from './faults.js';
import { Group, Text } from './inputs.js';
import { Flows, FlowCondition } from './flows.js';
import { CallFields, DecisionFields, LaneFields, OperationFields, ProcessFields, TaskFields, TimerFields } from './kinds.js';
import { PropertyField, placed } from './properties.js';

const KINDS = {
  'bpmn:Participant': '流程', 'bpmn:Process': '流程', 'bpmn:Collaboration': '图', 'bpmn:Lane': '泳道',
  'bpmn:UserTask': '人工环节', 'bpmn:ServiceTask': '系统操作', 'bpmn:BusinessRuleTask': '决策', 'bpmn:CallActivity': '调用流程',
  'bpmn:StartEvent': '开始', 'bpmn:EndEvent': '结束', 'bpmn:IntermediateThrowEvent': '中间事件',
  'bpmn:IntermediateCatchEvent': '等待', 'bpmn:ExclusiveGateway': '排他网关（只走一条）', 'bpmn:ParallelGateway': '并行网关（都走）',
  'bpmn:SequenceFlow': '连线', 'bpmn:TextAnnotation': '注释', 'bpmn:Association': '注释的连线',
};

export class Panel {
  static $inject = ['eventBus', 'selection', 'canvas', 'elementRegistry', 'modeling', 'spiffWriter', 'flowOrder'];

  constructor(eventBus, selection, canvas, registry, modeling, writer, order) {
    Object.assign(this, { selection, canvas, registry, modeling, writer, order, problems: [], place: null, waiting: false });
    eventBus.on(['selection.changed', 'elements.changed', 'commandStack.changed', 'root.set'], () => this.soon());
  }

  attach(place, catalogue) {
    Object.assign(this, { place, catalogue });
    this.draw();
  }

  tell(problems) {
    this.problems = problems;
    this.soon();
  }

  /** Several events of one act draw it once. */
  soon() {
    if (!this.place || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  chosen() {
    const found = this.selection.get();
    if (found.length > 1) return null;
    const one = found[0] || this.canvas.getRootElement();
    if (one && one.labelTarget) return one.labelTarget;
    if (one && one.type === 'bpmn:Collaboration') return one.children.find(({ type }) => type === 'bpmn:Participant') || one;
    return one;
  }

  draw() {
    const element = this.chosen();
    render(html`<${Inside} key=${element ? element.id : '-'} panel=${this} element=${element} />`, this.place);
  }
}

function Inside({ panel, element }) {
  if (!element) return html`<p class="dm-empty">选中了几个元素。选中一个，可以在这里填写它的属性。</p>`;
  const object = holder(element);
  const kind = object.$type;
  const shown = ['id', 'name', 'documentation', 'condition', 'flows', 'operation', 'inputs', 'decision', 'calledElement',
    ...Object.keys(panel.catalogue.places)];
  const mine = panel.problems.filter((each) => [object.id, getBusinessObject(element).id].includes(each.element));
  const faults = byField(mine, shown);
  const context = { panel, element, object, faults, catalogue: panel.catalogue, writer: panel.writer };
  return html`<div class="dm-panel" data-element=${element.id}>
    <header class="dm-panel-head"><p class="dm-kind">${KINDS[element.type] || '不能使用的元素'}</p>
      <h2>${object.name || getBusinessObject(element).name || '（没有名称）'}</h2></header>
    ${faults[''].length > 0 && html`<ul class="dm-faults">${faults[''].map((each) => html`<li>${each.message}</li>`)}</ul>`}
    ${is(object, 'bpmn:FlowNode') || is(object, 'bpmn:Process') || is(object, 'bpmn:Lane') || is(object, 'bpmn:SequenceFlow')
      ? html`<${Basics} ...${context} />` : null}
    ${kind === 'bpmn:UserTask' && html`<${TaskFields} ...${context} />`}
    ${kind === 'bpmn:Lane' && html`<${LaneFields} ...${context} />`}
    ${kind === 'bpmn:ServiceTask' && html`<${OperationFields} ...${context} />`}
    ${kind === 'bpmn:BusinessRuleTask' && html`<${DecisionFields} ...${context} />`}
    ${kind === 'bpmn:CallActivity' && html`<${CallFields} ...${context} />`}
    ${kind === 'bpmn:IntermediateCatchEvent' && html`<${TimerFields} ...${context} />`}
    ${kind === 'bpmn:Process' && html`<${ProcessFields} ...${context} />`}
    ${is(object, 'bpmn:Gateway') && html`<${Flows} ...${context} />`}
    ${kind === 'bpmn:SequenceFlow' && html`<${FlowCondition} ...${context} />`}
    <${Further} ...${context} />
    <${Strange} ...${context} />
  </div>`;
}

function Basics({ element, object, faults, writer }) {
  const said = (object.get('documentation') || [])[0];
  const tell = (text) => writer.set(element, {
    documentation: text ? [writer.factory.create('bpmn:Documentation', { text })] : [],
  });
  return html`<${Group} title="基本">
    <${Text} label="名称" value=${object.name || ''} problems=${faults.name} onChange=${(name) => rename(element, object, writer, name)} />
    ${object.$type !== 'bpmn:SequenceFlow' && html`<${Text} label="标识" code value=${object.id} problems=${faults.id}
      help="小写字母、数字和下划线，例如 home_visit。表单、操作、回避用它认出这一步。"
      onChange=${(id) => { if (fits(id, writer.moddle)) writer.set(element, { id }); }} />`}
    ${object.$type === 'bpmn:UserTask' && html`<${Text} label="怎么办（办理人看到的说明）" long=${5} value=${said ? said.text : ''}
      problems=${faults.documentation} help="写给办理的人：带什么、问什么、容易错在哪里。" onChange=${tell} />`}
  <//>`;
}

function rename(element, object, writer, name) {
  // The name of a pool is its process's on every page, so both say the same.
  if (is(getBusinessObject(element), 'bpmn:Participant')) writer.modeling.updateProperties(element, { name });
  if (object.$type === 'bpmn:SequenceFlow' || is(object, 'bpmn:FlowNode')) writer.modeling.updateLabel(element, name);
  else writer.set(element, { name });
}

const fits = (id, moddle) => /^[A-Za-z_][\w.-]*$/.test(id) && !moddle.ids.assigned(id);

/** The properties that any element of the kind may have and no group above has shown. */
function Further(context) {
  const { object, catalogue } = context;
  const names = placed(catalogue, object.$type, context.element.type).filter((name) => ['clock', 'clause'].includes(name));
  if (!names.length) return null;
  return html`<${Group} title="时限和依据">${names.map((name) => html`<${PropertyField} key=${name} name=${name} ...${context} />`)}<//>`;
}

/** What stands in the file and does not belong here: shown, so that it can be taken away; never lost by itself. */
function Strange({ element, object, catalogue, writer }) {
  const known = placed(catalogue, object.$type, element.type);
  const found = properties(object).filter(([name]) => !known.includes(name));
  if (!found.length) return null;
  return html`<${Group} title="其他属性">
    <p class="dm-help">文件里有、但这种元素用不到的属性。保存时原样保留。</p>
    ${found.map(([name, value]) => html`<div class="dm-row dm-strange" key=${name}><code>${name}</code><span>${value}</span>
      <button type="button" class="dm-icon" aria-label=${`去掉属性${name}`} onClick=${() => writer.setProperty(element, name, '')}>×</button></div>`)}
  <//>`;
}
