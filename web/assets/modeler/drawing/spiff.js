// The extension elements of the engine. They are read as elements that the library does not know, like those of any
// other tool: so nothing of a file is lost, whatever else stands there. Every change makes new elements and one command.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

export const SPIFF = 'http://spiffworkflow.org/bpmn/schema/1.0/core';
const PREFIX = 'spiffworkflow';

/** What carries the properties of a shape: of a pool it is its process. */
export function holder(element) {
  const object = getBusinessObject(element);
  return is(object, 'bpmn:Participant') ? object.processRef || object : object;
}

function isOurs(node, name) {
  const { ns } = node.$descriptor || {};
  return Boolean(ns) && ns.uri === SPIFF && ns.localName === name;
}

function values(object) {
  const extensions = object.get('extensionElements');
  return extensions ? extensions.get('values') || [] : [];
}

function first(object, name) {
  return values(object).find((each) => isOurs(each, name));
}

function children(node, name) {
  return ((node && node.$children) || []).filter((each) => isOurs(each, name));
}

/** Its properties in the order of the file: [[name, value], …]. */
export function properties(object) {
  return children(first(object, 'properties'), 'property').map((each) => [each.name || '', each.value || '']);
}

/** The value of a property; undefined when it is not there. */
export function property(object, name) {
  const found = properties(object).filter(([each]) => each === name);
  return found.length ? found[found.length - 1][1] : undefined;
}

/** The operation of a service task and its inputs: { id, inputs: [[name, value], …] }. */
export function operation(object) {
  const found = first(object, 'serviceTaskOperator');
  const inputs = children(found, 'parameters').flatMap((each) => children(each, 'parameter'));
  return { id: (found && found.id) || '', inputs: inputs.map((each) => [each.id || '', each.value || '']) };
}

/** The decision of a business rule task. */
export function decision(object) {
  const found = first(object, 'calledDecisionId');
  return ((found && found.$body) || '').trim();
}

/** A copy of an element that the library does not know, with all that is in it. */
export function cloned(moddle, node, parent) {
  const { ns } = node.$descriptor;
  const given = {};
  for (const [key, value] of Object.entries(node)) {
    if (!['$type', '$children', '$parent', '$instanceOf', '$descriptor', '$body'].includes(key)) given[key] = value;
  }
  const copy = moddle.createAny(node.$type, ns.uri, given);
  if (node.$body !== undefined) copy.$body = node.$body;
  copy.$children = (node.$children || []).map((each) => cloned(moddle, each, copy));
  copy.$parent = parent;
  return copy;
}

export class Writer {
  static $inject = ['moddle', 'bpmnFactory', 'modeling'];

  constructor(moddle, factory, modeling) {
    Object.assign(this, { moddle, factory, modeling });
  }

  make(name, attributes = {}, inside = []) {
    const made = this.moddle.createAny(`${PREFIX}:${name}`, SPIFF, attributes);
    made.$children = inside;
    inside.forEach((each) => { each.$parent = made; });
    return made;
  }

  /** Puts one property in its place, or takes it away (value empty). */
  setProperty(element, name, value) {
    this.setProperties(element, { [name]: value });
  }

  /** Several at once are one step to undo. */
  setProperties(element, given) {
    const object = holder(element);
    const old = first(object, 'properties');
    const rest = { ...given };
    const kept = [];
    for (const each of (old && old.$children) || []) {
      const name = isOurs(each, 'property') ? each.name : null;
      if (name === null || !(name in given)) kept.push(cloned(this.moddle, each));
      else if (given[name] && name in rest) {
        kept.push(this.make('property', { name, value: given[name] }));
        delete rest[name];
      }
    }
    for (const [name, value] of Object.entries(rest)) if (value) kept.push(this.make('property', { name, value }));
    this.replace(element, 'properties', kept.length ? this.make('properties', {}, kept) : null);
  }

  setOperation(element, id, inputs) {
    const given = inputs.filter(([, value]) => value)
      .map(([name, value, type]) => this.make('parameter', { id: name, type: type || 'str', value }));
    const inside = given.length ? [this.make('parameters', {}, given)] : [];
    this.replace(element, 'serviceTaskOperator', id ? this.make('serviceTaskOperator', { id }, inside) : null);
  }

  setDecision(element, id) {
    const made = id ? this.make('calledDecisionId') : null;
    if (made) made.$body = id;
    this.replace(element, 'calledDecisionId', made);
  }

  /** All other extension elements stay as they are and where they are. */
  replace(element, name, made) {
    const object = holder(element);
    const before = values(object);
    const at = before.findIndex((each) => isOurs(each, name));
    const after = before.filter((each) => !isOurs(each, name));
    if (made) after.splice(at < 0 ? after.length : at, 0, made);
    const extensions = after.length ? this.factory.create('bpmn:ExtensionElements', { values: after }) : undefined;
    if (extensions) extensions.$parent = object;
    after.forEach((each) => { each.$parent = extensions; });
    this.set(element, { extensionElements: extensions });
  }

  /** Attributes of the element itself, of a pool those of its process. */
  set(element, given) {
    const object = holder(element);
    if (object === getBusinessObject(element)) this.modeling.updateProperties(element, given);
    else this.modeling.updateModdleProperties(element, object, given);
  }
}
