// Ids as the release wants them: lower case, after the kind. And copies that keep what the library does not know.
import BpmnFactory from 'bpmn-js/lib/features/modeling/BpmnFactory';

import { cloned } from './spiff.js';

const PREFIXES = {
  'bpmn:UserTask': 'task', 'bpmn:ServiceTask': 'service', 'bpmn:BusinessRuleTask': 'decision', 'bpmn:CallActivity': 'call',
  'bpmn:ExclusiveGateway': 'question', 'bpmn:ParallelGateway': 'parallel', 'bpmn:StartEvent': 'started', 'bpmn:EndEvent': 'finished',
  'bpmn:IntermediateCatchEvent': 'wait', 'bpmn:IntermediateThrowEvent': 'passed', 'bpmn:SequenceFlow': 'flow', 'bpmn:Lane': 'lane',
  'bpmn:Process': 'process', 'bpmn:Participant': 'pool', 'bpmn:TextAnnotation': 'note', 'bpmn:Association': 'note_line',
};

export class Factory extends BpmnFactory {
  static $inject = ['moddle'];

  _ensureId(element) {
    const prefix = PREFIXES[element.$type];
    if (element.id || !prefix) super._ensureId(element);
    else element.id = this._model.ids.nextPrefixed(`${prefix}_`, element);
  }
}

export class Copies {
  static $inject = ['eventBus', 'moddle'];

  constructor(eventBus, moddle) {
    eventBus.on('moddleCopy.canCopyProperty', 2000, ({ property, parent }) => {
      if (property && property.$descriptor && property.$descriptor.isGeneric) return cloned(moddle, property, parent);
      return undefined;
    });
    // Attributes of other tools, after the library has made its copies.
    eventBus.on('copyPaste.copyElement', 500, ({ element, descriptor }) => {
      descriptor.foreign = { ...element.businessObject.$attrs };
    });
    eventBus.on('copyPaste.pasteElement', 500, ({ descriptor }) => {
      if (!descriptor.labelTarget) Object.assign(descriptor.businessObject.$attrs, descriptor.foreign);
    });
  }
}
