// Draws a packet's form with the same marks as the desk's (web/forms/templates/forms/fields.html).
import { el, idOf, prose } from './dom.js';

const MANY_OPTIONS = 6;

/** `hands` are what a control does: typed(name, texts, field), row(name, +1 or row name), photos(field, name). */
export function drawForm(nodes, answers, hands) {
  return nodes.map((node) => box(node, answers, hands));
}

function box(node, answers, hands) {
  return el('div', { class: 'dd-box', id: `box-${idOf(node.name)}`, 'data-box': node.name, hidden: node.hidden, tabindex: -1 },
    widget(node, answers, hands));
}

function widget(node, answers, hands) {
  const { field } = node;
  switch (field.type) {
    case 'textfield': case 'number': case 'datetime': return line(node, answers, hands);
    case 'textarea': return area(node, answers, hands);
    case 'select': return select(node, answers, hands);
    case 'radio':
      return field.options.length > MANY_OPTIONS ? select(node, answers, hands) : choices(node, answers, hands);
    case 'checklist': case 'taglist': return choices(node, answers, hands);
    case 'checkbox': return tick(node, answers, hands);
    case 'group': return el('fieldset', { class: 'dd-group' },
      field.label && el('legend', { class: 'dd-legend' }, field.label), hint(node), drawForm(node.children, answers, hands));
    case 'dynamiclist': return list(node, answers, hands);
    case 'table': return table(node);
    case 'text': return el('div', { class: 'dd-prose' }, prose(field.text || ''));
    case 'plain': return [el('div', { class: 'form-label' }, field.label), el('output', { class: 'dd-output' }, field.text)];
    case 'expression': return [el('div', { class: 'form-label', id: `${idOf(node.name)}-name` }, field.label),
      el('output', { class: 'dd-output', id: idOf(node.name), 'data-sum': node.name, 'aria-labelledby': `${idOf(node.name)}-name` },
        words(node))];
    case 'filepicker': return hands.photos(node);
    case 'separator': return el('hr', { class: 'dd-separator' });
    default: return [];
  }
}

export function words({ field, value }) {
  if (value === null || value === undefined) return '—';
  if (field.money) return `${(value / 100).toLocaleString('zh-CN')} 元`;
  return value === true ? '是' : value === false ? '否' : String(value);
}

const mark = (field) => field.required && el('span', { class: 'dd-required' }, '必填');
const label = (node) => el('label', { class: 'form-label', for: idOf(node.name) }, node.field.label, ' ', mark(node.field));
const hint = (node) => node.field.description
  && el('div', { class: 'form-text', id: `${idOf(node.name)}-hint` }, node.field.description);
const first = (answers, name) => (answers[name] || [''])[0];

function common(node) {
  return {
    id: idOf(node.name), name: node.name, autocomplete: 'off',
    'aria-required': node.field.required ? 'true' : undefined,
    'aria-describedby': node.field.description ? `${idOf(node.name)}-hint` : undefined,
  };
}

function line(node, answers, hands) {
  const { field } = node;
  const suffix = field.money ? '元' : field.suffix;
  const kinds = { date: 'date', time: 'time', datetime: 'datetime-local' };
  const mode = field.type === 'number' ? (field.decimals === 0 && !field.money ? 'numeric' : 'decimal')
    : { phone: 'tel', bank_account: 'numeric' }[field.kind];
  const input = el('input', {
    ...common(node), class: 'form-control', inputmode: mode,
    type: field.type === 'datetime' ? kinds[field.subtype || 'date'] : 'text',
    oninput: (event) => hands.typed(node, [event.target.value]),
  });
  input.value = first(answers, node.name);
  return [label(node), suffix || field.prefix
    ? el('div', { class: 'input-group dd-short' }, field.prefix && el('span', { class: 'input-group-text' }, field.prefix), input,
      suffix && el('span', { class: 'input-group-text' }, suffix))
    : input, hint(node)];
}

function area(node, answers, hands) {
  const made = el('textarea', {
    ...common(node), class: 'form-control', rows: 4, oninput: (event) => hands.typed(node, [event.target.value]),
  });
  made.value = first(answers, node.name);
  return [label(node), hint(node), made];
}

function select(node, answers, hands) {
  const made = el('select', {
    ...common(node), class: 'form-select', onchange: (event) => hands.typed(node, [event.target.value]),
  }, el('option', { value: '' }, '请选择'), node.field.options.map(([value, text]) => el('option', { value }, text)));
  made.value = first(answers, node.name);
  return [label(node), made, hint(node)];
}

function choices(node, answers, hands) {
  const { field } = node;
  const one = field.type === 'radio';
  const chosen = answers[node.name] || [];
  const options = one && !field.required ? [...field.options, ['', '不填']] : field.options;
  const set = el('fieldset', { class: 'dd-choices', role: one ? 'radiogroup' : undefined,
    'aria-required': one && field.required ? 'true' : undefined },
  el('legend', { class: 'form-label' }, field.label, ' ', mark(field)), hint(node),
  el('div', { class: 'dd-answers' }, options.map(([value, text], at) => {
    const id = `${idOf(node.name)}-${at}`;
    const input = el('input', {
      class: 'form-check-input', type: one ? 'radio' : 'checkbox', id, name: node.name, value, autocomplete: 'off',
      onchange: () => hands.typed(node, [...set.querySelectorAll('input:checked')].map((each) => each.value)),
    });
    input.checked = value === '' ? !chosen.length || chosen[0] === '' : chosen.includes(value);
    return el('div', { class: 'form-check' }, input, el('label', { class: 'form-check-label', for: id }, text));
  })));
  return set;
}

function tick(node, answers, hands) {
  const input = el('input', {
    ...common(node), class: 'form-check-input', type: 'checkbox', value: 'true',
    onchange: (event) => hands.typed(node, event.target.checked ? ['true'] : []),
  });
  input.checked = ['true', 'on'].includes(first(answers, node.name));
  return [el('div', { class: 'form-check dd-single' }, input,
    el('label', { class: 'form-check-label', for: idOf(node.name) }, node.field.label, ' ', mark(node.field))), hint(node)];
}

function list(node, answers, hands) {
  const { field } = node;
  return el('fieldset', { class: 'dd-group dd-list' }, el('legend', { class: 'dd-legend' }, field.label), hint(node),
    node.rows.map((row) => el('fieldset', { class: 'dd-card' },
      el('legend', { class: 'dd-card-title' }, `第 ${row.number} 行`),
      el('button', { type: 'button', class: 'btn btn-sm btn-outline-danger dd-remove',
        'aria-label': `删除此行：${field.label}第 ${row.number} 行`, onclick: () => hands.remove(node, row) }, '删除此行'),
      drawForm(row.nodes, answers, hands))),
    !node.rows.length && el('p', { class: 'dd-none' }, '还没有填写任何一行。'),
    node.rows.length < (field.max_rows || 50) && el('button', { type: 'button', class: 'btn btn-outline-primary dd-add',
      'aria-label': `添加一行：${field.label}`, onclick: () => hands.add(node) }, '添加一行'));
}

function table({ field }) {
  const found = field.table;
  return [field.label && el('p', { class: 'dd-caption' }, field.label), found
    ? el('div', { class: 'dd-scroll', tabindex: 0, role: 'region', 'aria-label': field.label || '相关信息' },
      el('table', { class: 'table table-sm dd-table' },
        el('thead', {}, el('tr', {}, found.heads.map((each) => el('th', { scope: 'col' }, each)))),
        el('tbody', {}, found.rows.map((cells) => el('tr', {},
          cells.map((each, at) => el('td', { 'data-label': found.heads[at] }, each)))))))
    : el('p', { class: 'dd-none' }, '暂无内容')];
}
