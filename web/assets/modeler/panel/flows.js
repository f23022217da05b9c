// The ways out of a gateway, in the order in which the engine takes them, and the condition of one.
import { html } from '@bpmn-io/diagram-js-ui';

import { ordered, stuck, ways } from '../drawing/order.js';
import { Group } from './inputs.js';
import { Expression } from './variables.js';

const condition = (flow) => (flow.businessObject.conditionExpression || {}).body || '';
const label = (flow) => flow.businessObject.name || `到“${flow.target.businessObject.name || flow.target.id}”`;

export function setCondition({ panel, writer }, flow, text) {
  const made = text ? writer.factory.create('bpmn:FormalExpression', { body: text }) : undefined;
  panel.modeling.updateProperties(flow, { conditionExpression: made });
}

export function Flows(context) {
  const { panel, element, object, faults, catalogue } = context;
  const out = ways(element);
  if (out.length < 2) return null;
  const exclusive = object.$type === 'bpmn:ExclusiveGateway';
  const problems = (flow) => panel.problems.filter((each) => each.element === flow.id);
  return html`<${Group} title=${exclusive ? '出线：从上到下，先符合的先走' : '出线：次序'} count=${(faults.flows || []).length}>
    ${(faults.flows || []).map((each) => html`<p class="dm-problem">${each.message}</p>`)}
    <p class="dm-help">次序就是图上的高低：画得高的在先。上移、下移会把两个环节在图上对调。</p>
    <ol class="dm-flows">${out.map((flow, index) => html`<li key=${flow.id} data-target=${flow.target.id}>
      <div class="dm-row"><strong>${label(flow)}</strong>
        <button type="button" class="dm-icon" aria-label=${`上移：${label(flow)}`} disabled=${index === 0}
          onClick=${() => swap(context, out[index - 1], flow)}>↑</button>
        <button type="button" class="dm-icon" aria-label=${`下移：${label(flow)}`} disabled=${index === out.length - 1}
          onClick=${() => swap(context, flow, out[index + 1])}>↓</button></div>
      ${exclusive && html`<label class="dm-default"><input type="radio" name="default-flow" checked=${object.default === flow.businessObject}
          onChange=${() => makeDefault(context, flow)} /> 其他条件都不符合时走这条（默认）</label>
        ${object.default !== flow.businessObject && html`<${Expression} label="条件" value=${condition(flow)} ...${{ catalogue }}
          problems=${problems(flow)} placeholder="例如 accepted = true" onChange=${(text) => setCondition(context, flow, text)} />`}`}
    </li>`)}</ol>
  <//>`;
}

function swap({ panel }, one, other) {
  const why = stuck(one, other);
  if (why) panel.say(why);
  else panel.order.swap(one, other);
}

/** The default has no condition: what stood there would never be asked. */
function makeDefault({ panel, writer, element }, flow) {
  writer.set(element, { default: flow.businessObject });
  if (condition(flow)) setCondition({ panel, writer }, flow, '');
}

export function FlowCondition(context) {
  const { panel, element, faults, catalogue } = context;
  const source = element.source && element.source.businessObject;
  if (!source || source.$type !== 'bpmn:ExclusiveGateway' || source.get('outgoing').length < 2) return null;
  if (source.default === element.businessObject) {
    return html`<${Group} title="条件"><p class="dm-help">这是默认出线：其他条件都不符合时走这条，不写条件。</p><//>`;
  }
  const place = ordered(ways(element.source).map((flow) => ({ id: flow.id, y: flow.target.y }))).indexOf(element.id) + 1;
  return html`<${Group} title="条件">
    <${Expression} label=${`第${place}条：什么时候走这条`} rows=${3} value=${condition(element)} problems=${faults.condition} ...${{ catalogue }}
      help="FEEL 表达式，结果是“是”或“否”；几条出线的条件不要重叠。" onChange=${(text) => setCondition(context, element, text)} />
    <button type="button" class="dm-add" onClick=${() => makeDefault({ panel, writer: context.writer, element: element.source }, element)}>改为默认出线</button>
  <//>`;
}
