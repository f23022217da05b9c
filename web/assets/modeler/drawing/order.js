// In which order the engine takes the ways out of a gateway: by the height of what they lead to, the higher one first,
// whatever the order of the file is (SpiffWorkflow reads it from the shapes). Of two at one height the file decides.

/** [{id, y}] in the order of the file → ids in the order of the engine. */
export function ordered(targets) {
  return targets
    .map((each, index) => ({ ...each, index }))
    .sort((one, other) => one.y - other.y || one.index - other.index)
    .map(({ id }) => id);
}

/** The ways out of a shape in the engine's order. */
export function ways(element) {
  const file = element.businessObject.$parent.get('flowElements') || [];
  const flows = (element.outgoing || []).filter(({ type }) => type === 'bpmn:SequenceFlow')
    .sort((one, other) => file.indexOf(one.businessObject) - file.indexOf(other.businessObject));
  const sorted = ordered(flows.map((flow) => ({ id: flow.id, y: flow.target.y })));
  return sorted.map((id) => flows.find((flow) => flow.id === id));
}

/** Why two neighbours cannot change places, in words; null when they can. */
export function stuck(one, other) {
  if (one.target === other.target) return '两条线到同一个环节，先后没有区别。';
  if (lane(one.target) !== lane(other.target)) {
    return '两个环节在不同的泳道，先后由泳道的上下决定：请移动泳道，或者把条件写得互不重叠。';
  }
  if (one.target.x !== other.target.x && Math.abs(one.target.y - other.target.y) < 1) {
    return '两个环节画得一样高，先后由文件里的次序决定：请把应当在先的往上移。';
  }
  return null;
}

function lane(shape) {
  const object = shape.businessObject;
  const lanes = object.get('lanes') || [];
  return lanes[lanes.length - 1] || null;
}

/** One step to undo: each target goes to the height of the other. */
export class SwapHandler {
  static $inject = ['modeling'];

  constructor(modeling) {
    this.modeling = modeling;
  }

  preExecute({ one, other }) {
    const [a, b] = [one.target, other.target];
    const [middleA, middleB] = [a.y + a.height / 2, b.y + b.height / 2];
    this.modeling.moveElements([a], { x: 0, y: middleB - middleA });
    this.modeling.moveElements([b], { x: 0, y: middleA - middleB });
  }
}

export class Order {
  static $inject = ['commandStack'];

  constructor(commandStack) {
    this.commands = commandStack;
    commandStack.registerHandler('doudi.swap', SwapHandler);
  }

  swap(one, other) {
    this.commands.execute('doudi.swap', { one, other });
  }
}
