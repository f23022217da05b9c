// What the palette, the pad of an element and its menu offer: what a release may hold, nothing else. Elements of other
// kinds that a file brings along are shown and reported, and can be changed into one of these.
const MENU = {
  'replace-with-user-task': 'bpmn:UserTask', 'replace-with-service-task': 'bpmn:ServiceTask', 'replace-with-rule-task': 'bpmn:BusinessRuleTask',
  'replace-with-call-activity': 'bpmn:CallActivity', 'replace-with-exclusive-gateway': 'bpmn:ExclusiveGateway',
  'replace-with-parallel-gateway': 'bpmn:ParallelGateway', 'replace-with-none-start': 'bpmn:StartEvent',
  'replace-with-none-end': 'bpmn:EndEvent', 'replace-with-none-intermediate-throwing': 'bpmn:IntermediateThrowEvent',
  'replace-with-timer-intermediate-catch': 'bpmn:IntermediateCatchEvent',
  'replace-with-conditional-flow': '', 'replace-with-default-flow': '', 'replace-with-sequence-flow': '',
};
const TIMER = { type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: 'bpmn:TimerEventDefinition' };
const TASKS = [
  ['user-task', 'bpmn:UserTask', 'bpmn-icon-user-task', '人工环节'],
  ['service-task', 'bpmn:ServiceTask', 'bpmn-icon-service-task', '系统操作'],
  ['rule-task', 'bpmn:BusinessRuleTask', 'bpmn-icon-business-rule-task', '决策'],
  ['call-activity', { type: 'bpmn:CallActivity', isExpanded: false }, 'bpmn-icon-call-activity', '调用流程'],
];
const GATEWAYS = [
  ['exclusive-gateway', 'bpmn:ExclusiveGateway', 'bpmn-icon-gateway-xor', '排他网关（只走一条）'],
  ['parallel-gateway', 'bpmn:ParallelGateway', 'bpmn-icon-gateway-parallel', '并行网关（都走）'],
];
const EVENTS = [
  ['start', 'bpmn:StartEvent', 'bpmn-icon-start-event-none', '开始'],
  ['timer', TIMER, 'bpmn-icon-intermediate-event-catch-timer', '等待（定时）'],
  ['end', 'bpmn:EndEvent', 'bpmn-icon-end-event-none', '结束'],
];
const NOTE = [['annotation', 'bpmn:TextAnnotation', 'bpmn-icon-text-annotation', '注释']];

const attributes = (type) => (typeof type === 'string' ? { type } : type);

export class Offer {
  static $inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'injector'];

  constructor(palette, contextPad, popupMenu, create, factory, injector) {
    Object.assign(this, { create, factory, popupMenu, autoPlace: injector.get('autoPlace', false) });
    palette.registerProvider(500, this);
    contextPad.registerProvider(500, this);
    popupMenu.registerProvider('bpmn-replace', 500, { getPopupMenuEntries: () => allowed, getPopupMenuHeaderEntries: () => () => ({}) });
  }

  getPaletteEntries() {
    return (theirs) => {
      const kept = Object.fromEntries(Object.entries(theirs).filter(([, each]) => each.group === 'tools'));
      for (const [group, list] of [['event', EVENTS], ['activity', TASKS], ['gateway', GATEWAYS], ['note', NOTE]]) {
        for (const [id, type, className, title] of list) {
          const start = (event) => this.create.start(event, this.factory.createShape(attributes(type)));
          kept[`create.${id}`] = { group, className, title, action: { dragstart: start, click: start } };
        }
      }
      return kept;
    };
  }

  getContextPadEntries(element) {
    return (theirs) => {
      const kept = { ...theirs };
      const mayAppend = 'append.append-task' in theirs || 'append.end-event' in theirs;
      for (const key of Object.keys(kept)) if (key.startsWith('append.') && key !== 'append.text-annotation') delete kept[key];
      if (mayAppend) {
        for (const [id, type, className, title] of [TASKS[0], TASKS[1], ...GATEWAYS.slice(0, 1), EVENTS[2]]) {
          kept[`append.${id}`] = this.append(element, attributes(type), className, `接着：${title}`);
        }
      }
      if (kept.replace) kept.replace = { ...kept.replace, action: { click: (event, target) => this.menu(event, target) } };
      return kept;
    };
  }

  /** The library's own way to open it asks for something that it calls deprecated, in the console. */
  menu(event, target) {
    const cursor = { x: event.clientX || event.x, y: event.clientY || event.y };
    this.popupMenu.open(target, 'bpmn-replace', { ...cursor, cursor }, { title: '更换类型', width: 280, search: false });
  }

  append(source, given, className, title) {
    const make = () => this.factory.createShape(given);
    const drag = (event) => this.create.start(event, make(), { source });
    const click = this.autoPlace ? () => this.autoPlace.append(source, make()) : drag;
    return { group: 'model', className, title, action: { dragstart: drag, click } };
  }
}

function allowed(theirs) {
  return Object.fromEntries(Object.entries(theirs).filter(([key]) => key in MENU));
}
