// Two states of one drawing side by side: what changed is marked in both, with a word beside the colour; both are moved
// and zoomed together, by mouse, by touch and by keys; a sentence leads to its element.
const WORDS = { added: '新', removed: '删', changed: '改', moved: '移' };

export function marks(viewer, place) {
  const found = JSON.parse(place.dataset.marks || '{}');
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  for (const [id, kind] of Object.entries(found)) {
    const element = registry.get(id);
    if (!element || !WORDS[kind]) continue;
    canvas.addMarker(id, `is-${kind}`);
    const badge = document.createElement('span');
    badge.className = `dd-badge-mark is-${kind}`;
    badge.textContent = WORDS[kind];
    const middle = element.waypoints ? element.waypoints[Math.floor(element.waypoints.length / 2)] : null;
    const position = middle
      ? { left: middle.x - Math.min(...element.waypoints.map(({ x }) => x)) - 10, top: middle.y - Math.min(...element.waypoints.map(({ y }) => y)) - 10 }
      : { top: -12, right: 12 };
    overlays.add(id, 'difference', { position, html: badge });
  }
}

export function pair(both) {
  const pairs = both.filter(({ place }) => place.closest('[data-diagram-pair]'));
  let following = false;
  for (const { viewer, place } of pairs) {
    const others = pairs.filter((each) => each.viewer !== viewer && same(each.place, place));
    viewer.on('canvas.viewbox.changed', ({ viewbox }) => {
      if (following) return;
      following = true;
      const { x, y, scale } = viewbox;
      for (const other of others) {
        const outer = other.viewer.get('canvas').getSize();
        other.viewer.get('canvas').viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
      }
      following = false;
    });
    keys(viewer, place);
  }
  // Each was fitted to its own place: the first one leads from the beginning.
  for (const { viewer, place } of pairs) {
    if (pairs.find((each) => same(each.place, place)).viewer === viewer) viewer.get('canvas').scroll({ dx: 1, dy: 0 });
  }
  document.querySelectorAll('[data-diagram-words] [data-element]').forEach((link) => {
    link.addEventListener('click', (event) => {
      const seen = pairs.filter(({ viewer }) => viewer.get('elementRegistry').get(link.dataset.element));
      if (!seen.length) return;
      event.preventDefault();
      show(seen[0].viewer, link.dataset.element, pairs);
    });
  });
}

function same(one, other) {
  return one.closest('[data-diagram-pair]') === other.closest('[data-diagram-pair]');
}

function show(viewer, id, pairs) {
  const canvas = viewer.get('canvas');
  if (canvas.zoom() < 0.6) canvas.zoom(0.8);
  canvas.scrollToElement(id, 150);
  for (const each of pairs) {
    const registry = each.viewer.get('elementRegistry');
    registry.forEach((element) => each.viewer.get('canvas').removeMarker(element, 'is-chosen'));
    if (registry.get(id)) each.viewer.get('canvas').addMarker(id, 'is-chosen');
  }
  const near = pairs.find((each) => each.viewer === viewer).place;
  near.scrollIntoView({ block: 'center' });
}

const STEPS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

function keys(viewer, place) {
  place.tabIndex = 0;
  place.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) viewer.get('canvas').scroll({ dx: step[0], dy: step[1] });
    else if (event.key === '+' || event.key === '=') viewer.get('zoomScroll').stepZoom(1);
    else if (event.key === '-') viewer.get('zoomScroll').stepZoom(-1);
    else return;
    event.preventDefault();
  });
}
