// What the lint found, where it is: a mark at the shape with the sentence, and an outline.
import { is } from 'bpmn-js/lib/util/ModelUtil';

const MARK = 'lint';

export class Badges {
  static $inject = ['eventBus', 'overlays', 'elementRegistry', 'canvas', 'selection'];

  constructor(eventBus, overlays, registry, canvas, selection) {
    Object.assign(this, { overlays, registry, canvas, selection, marked: [], shown: '' });
    eventBus.on('import.done', () => { this.shown = ''; this.marked = []; });
  }

  /** `found`: the problems and hints of this file. */
  show(found) {
    const key = JSON.stringify(found.map(({ element, message, level }) => [element, message, level]));
    if (key === this.shown) return;
    this.shown = key;
    this.overlays.remove({ type: MARK });
    this.marked.forEach(([id, marker]) => { if (this.registry.get(id)) this.canvas.removeMarker(id, marker); });
    this.marked = [];
    for (const [id, problems] of grouped(found, (each) => this.shape(each.element))) this.mark(id, problems);
  }

  mark(id, problems) {
    const wrong = problems.filter(({ level }) => level !== 'hint');
    const marker = wrong.length ? 'has-problem' : 'has-hint';
    const shape = this.registry.get(id);
    this.canvas.addMarker(id, marker);
    this.marked.push([id, marker]);
    const badge = document.createElement('button');
    badge.type = 'button';
    badge.className = `dm-badge ${marker}`;
    badge.textContent = wrong.length ? String(wrong.length) : 'i';
    badge.title = problems.map(({ message }) => message).join('\n');
    badge.setAttribute('aria-label', `${shape.businessObject.name || id}：${badge.title}`);
    badge.addEventListener('click', () => this.jump(id));
    this.overlays.add(id, MARK, { position: shape.waypoints ? { bottom: 8, left: -8 } : { top: -10, right: 10 }, html: badge, show: { minZoom: 0.2 } });
  }

  /** The id of the shape that stands for an element; of a process its pool. */
  shape(id) {
    const found = this.registry.get(id) || this.registry.find(({ businessObject }) => (businessObject.processRef || {}).id === id);
    return found && !is(found, 'bpmn:Collaboration') && found !== this.canvas.getRootElement() ? found.id : null;
  }

  /** Chooses the element and brings it into sight. */
  jump(id) {
    const found = this.registry.get(this.shape(id));
    if (!found) return false;
    this.selection.select(found);
    this.canvas.scrollToElement(found, { top: 120, bottom: 120, left: 160, right: 160 });
    return true;
  }
}

function grouped(found, key) {
  const groups = new Map();
  for (const each of found) {
    const name = key(each);
    if (name) groups.set(name, [...(groups.get(name) || []), each]);
  }
  return groups;
}
