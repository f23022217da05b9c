// The controls of the panel. What is typed is taken a moment after the last key and when the field is left: each pause
// is one step to undo, and no re-drawing of the panel takes a letter away.
import { html, useEffect, useId, useMemo, useRef, useState } from '@bpmn-io/diagram-js-ui';

const PAUSE = 900;

export function Field({ label, help, problems = [], id, children, plain }) {
  const wrong = problems.length > 0;
  return html`<div class=${`dm-field${wrong ? ' is-wrong' : ''}`}>
    ${plain ? html`<span class="dm-label" id=${id}>${label}</span>` : html`<label class="dm-label" for=${id}>${label}</label>`}
    ${children}
    ${problems.map((each) => html`<p class="dm-problem" role="note">${each.message}</p>`)}
    ${help && html`<p class="dm-help">${help}</p>`}
  </div>`;
}

/** Text while it is typed: [what the field shows, its listeners]. */
export function useTyped(value, commit) {
  const [typed, setTyped] = useState(null);
  const waiting = useRef(null);
  const latest = useRef({});
  latest.current = { value, commit };
  useEffect(() => () => clearTimeout(waiting.current), []);
  const take = (text) => {
    clearTimeout(waiting.current);
    if (text !== latest.current.value) latest.current.commit(text);
  };
  return [typed === null ? value : typed, {
    onInput: ({ target }) => {
      setTyped(target.value);
      clearTimeout(waiting.current);
      waiting.current = setTimeout(() => take(target.value.trim()), PAUSE);
    },
    onBlur: ({ target }) => {
      take(target.value.trim());
      setTyped(null);
    },
    onKeyDown: (event) => {
      if (event.key === 'Enter' && event.target.tagName === 'INPUT') take(event.target.value.trim());
    },
  }];
}

export function Text({ label, help, problems, value = '', onChange, code, long, list, placeholder }) {
  const id = useId();
  const [shown, listeners] = useTyped(value, onChange);
  const kind = code ? 'dm-code' : '';
  return html`<${Field} ...${{ label, help, problems, id }}>
    ${long
      ? html`<textarea id=${id} class=${`dm-input ${kind}`} rows=${long} placeholder=${placeholder} spellcheck=${!code}
          value=${shown} ...${listeners}></textarea>`
      : html`<input id=${id} class=${`dm-input ${kind}`} type="text" list=${list} placeholder=${placeholder}
          autocomplete="off" spellcheck="false" value=${shown} ...${listeners} />`}
  <//>`;
}

/** One of a list. What the file says and the list does not know stays and is shown as such. */
export function Choice({ label, help, problems, value = '', options, empty = '— 未选 —', onChange }) {
  const id = useId();
  const known = options.some((each) => each.id === value);
  return html`<${Field} ...${{ label, help, problems, id }}>
    <select id=${id} class="dm-input" value=${value} onChange=${({ target }) => onChange(target.value)}>
      ${empty !== null && html`<option value="">${empty}</option>`}
      ${value && !known && html`<option value=${value}>${value}（清单里没有）</option>`}
      ${options.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
    </select>
  <//>`;
}

/** A search in a long list: arrows, Enter, Escape, as people know it. `many` keeps what was chosen as labels. */
export function Search({ label, help, problems, options, chosen, many, onChange, placeholder = '输入几个字查找' }) {
  const id = useId();
  const [text, setText] = useState(null);
  const [at, setAt] = useState(0);
  const names = useMemo(() => new Map(options.map((each) => [each.id, each])), [options]);
  const open = text !== null;
  const found = useMemo(() => (open ? matching(options, text, many ? chosen : []) : []), [options, text, chosen.join()]);
  const take = (each) => {
    setText(null);
    if (each) onChange(many ? [...chosen, each.id] : [each.id]);
  };
  const keys = (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      event.preventDefault();
      if (!open) setText('');
      setAt(Math.max(0, Math.min(found.length - 1, at + move)));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      take(found[at]);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setText(null);
    }
  };
  const single = many ? '' : name(names, chosen[0]);
  return html`<${Field} ...${{ label, help, problems, id }}>
    ${many && chosen.length > 0 && html`<ul class="dm-chips" aria-label=${`${label}：已选`}>
      ${chosen.map((each) => html`<li key=${each} title=${(names.get(each) || {}).gist || each}>
        <span>${name(names, each)}</span>
        <button type="button" aria-label=${`去掉${name(names, each)}`}
          onClick=${() => onChange(chosen.filter((other) => other !== each))}>×</button></li>`)}
    </ul>`}
    <div class="dm-search">
      <input id=${id} class="dm-input" type="text" role="combobox" aria-expanded=${open} aria-controls=${`${id}-list`}
        aria-autocomplete="list" aria-activedescendant=${open && found[at] ? `${id}-${at}` : undefined} autocomplete="off"
        placeholder=${single ? '' : placeholder} value=${open ? text : single}
        onFocus=${({ target }) => { if (!many) target.select(); }}
        onClick=${() => { if (!open) { setText(''); setAt(0); } }}
        onInput=${({ target }) => { setText(target.value); setAt(0); }}
        onKeyDown=${keys} onBlur=${() => setText(null)} />
      ${!many && chosen[0] && html`<button type="button" class="dm-clear" aria-label=${`清除${label}`} onClick=${() => onChange([])}>×</button>`}
      ${open && html`<ul class="dm-options" id=${`${id}-list`} role="listbox" aria-label=${label}>
        ${found.map((each, index) => html`<li key=${each.id} id=${`${id}-${index}`} role="option" aria-selected=${index === at}
          ref=${(node) => { if (node && index === at) node.scrollIntoView({ block: 'nearest' }); }}
          onMouseDown=${(event) => { event.preventDefault(); take(each); }}>
          <span>${each.name || each.id}</span><small>${each.gist || each.id}</small></li>`)}
        ${!found.length && html`<li class="dm-none" role="option" aria-disabled="true" aria-selected="false">没有找到</li>`}
      </ul>`}
    </div>
  <//>`;
}

const name = (names, id) => (id ? (names.get(id) || {}).name || `${id}${names.has(id) ? '' : '（清单里没有）'}` : '');

/** Every word must be found; what begins with it comes first. */
export function matching(options, text, without = []) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ id, name: title = '', gist = '' }) => {
    const all = `${id} ${title} ${gist}`.toLowerCase();
    return words.every((word) => all.includes(word));
  };
  return options.filter((each) => !without.includes(each.id) && fits(each)).slice(0, 60);
}

export function Toggle({ label, help, problems, checked, onChange }) {
  const id = useId();
  return html`<div class="dm-field dm-toggle">
    <input id=${id} type="checkbox" checked=${checked} onChange=${({ target }) => onChange(target.checked)} />
    <label for=${id}>${label}</label>
    ${(problems || []).map((each) => html`<p class="dm-problem" role="note">${each.message}</p>`)}
    ${help && html`<p class="dm-help">${help}</p>`}
  </div>`;
}

export function Group({ title, count, open = true, children }) {
  return html`<details class="dm-group" open=${open}>
    <summary><h3>${title}</h3>${count ? html`<span class="dm-count">${count} 处问题</span>` : null}</summary>
    <div class="dm-group-body">${children}</div>
  </details>`;
}
