// The list of what the lint found: this file first, each line leads to its element or its file.
const BOX = 'dm-findings';

/** `jump(element)` shows an element of this file; `edit` is the address before the path of another file. */
export function findings(place, { path, edit, jump }) {
  const list = place.querySelector('[data-findings]');
  const counts = place.querySelectorAll('[data-count]');
  return (found, state = {}) => {
    const wrong = found.filter(({ level }) => level !== 'hint');
    counts.forEach((each) => {
      each.textContent = wrong.length;
      each.hidden = !wrong.length;
    });
    const own = found.filter(({ file }) => file === path);
    const other = found.filter(({ file }) => file !== path);
    list.replaceChildren(
      ...part(wrong.length ? '' : '没有发现问题，可以发布。', []),
      ...part('这个文件', own.filter(({ level }) => level !== 'hint'), jump),
      ...part('其他文件', other.filter(({ level }) => level !== 'hint'), null, edit),
      ...part('提醒（不影响发布）', own.filter(({ level }) => level === 'hint'), jump),
    );
    if (state.took) list.dataset.took = String(Math.round(state.took));
  };
}

function part(title, problems, jump, edit) {
  if (!problems.length && !title.includes('没有')) return [];
  const heading = Object.assign(document.createElement(problems.length ? 'h3' : 'p'), { className: `${BOX}-title`, textContent: title });
  if (!problems.length) return [heading];
  const list = Object.assign(document.createElement('ul'), { className: BOX });
  list.append(...problems.map((each) => line(each, jump, edit)));
  return [heading, list];
}

function line(each, jump, edit) {
  const row = document.createElement('li');
  const lead = jump ? document.createElement('button') : Object.assign(document.createElement('a'), { href: `${edit}${each.file}#${encodeURIComponent(each.element)}` });
  if (jump) {
    lead.type = 'button';
    lead.addEventListener('click', () => jump(each));
  }
  const where = Object.assign(document.createElement('strong'), { textContent: each.name || each.element || each.file });
  const words = Object.assign(document.createElement('span'), { textContent: each.message });
  lead.append(where, words);
  row.append(lead);
  return row;
}

/** Tabs of the side: arrows go from one to the next. */
export function tabs(place) {
  const all = [...place.querySelectorAll('[role="tab"]')];
  const turn = (tab, focus) => {
    all.forEach((each) => {
      const on = each === tab;
      each.setAttribute('aria-selected', String(on));
      each.tabIndex = on ? 0 : -1;
      document.getElementById(each.getAttribute('aria-controls')).hidden = !on;
    });
    if (focus) tab.focus();
  };
  all.forEach((tab, index) => {
    tab.addEventListener('click', () => turn(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) turn(all[(index + step + all.length) % all.length], true);
    });
  });
  return (name) => turn(all.find((each) => each.dataset.tab === name));
}
