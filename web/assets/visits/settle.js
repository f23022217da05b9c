// What of a form is hidden and what its sums are, from what stands in it (engine/forms/tree.py does the same at the
// server, which judges again whatever comes from here).

const ROUNDS = 4;
let thread = null;
let asked = 0;
const waiting = new Map();

export function start(address) {
  thread = new Worker(address);
  thread.onmessage = ({ data: { id, answers } }) => {
    waiting.get(id)(answers);
    waiting.delete(id);
  };
}

function ask(jobs, context) {
  if (!jobs.length) return Promise.resolve([]);
  return new Promise((done) => {
    asked += 1;
    waiting.set(asked, done);
    thread.postMessage({ id: asked, jobs, context });
  });
}

const bare = (text) => text.trim().replace(/^=/, '').trim();

/** The rows of a list that stand in the answers. */
export function rowsOf(answers, name) {
  const found = new Set((answers[`_row.${name}`] || []).map(Number));
  for (const each of Object.keys(answers)) {
    if (!each.startsWith(`${name}[`)) continue;
    const index = Number(each.slice(name.length + 1).split(']')[0]);
    if (Number.isInteger(index)) found.add(index);
  }
  return [...found].sort((a, b) => a - b);
}

function narrow(text) {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\s/g, '');
}

/** The typed value of a field, null when nothing readable stands there. */
function value(field, texts) {
  const given = (texts || []).filter((each) => each.trim());
  if (field.type === 'checkbox') return given[0] === 'true' || given[0] === 'on';
  if (['checklist', 'taglist', 'filepicker'].includes(field.type)) return given;
  if (!given.length) return null;
  if (field.type === 'number') {
    const number = Number(narrow(given[0]).replace(/[,，、¥￥元]/g, ''));
    if (!Number.isFinite(number)) return null;
    return field.money ? Math.round(number * 100) : number;
  }
  if (field.boolean) return given[0] === 'true';
  return given[0];
}

const INPUTS = ['textfield', 'textarea', 'number', 'datetime', 'checkbox', 'select', 'radio', 'checklist', 'taglist',
  'filepicker'];

/** A tree of nodes over the fields: each with its name, value, rows. */
export function grow(fields, answers, prefix = '') {
  return fields.map((field) => {
    const node = { field, name: prefix + (field.key || `#${field.id}`), hidden: false, children: [], rows: [] };
    if (field.type === 'group') node.children = grow(field.children || [], answers, field.key ? `${node.name}.` : prefix);
    else if (field.type === 'dynamiclist') {
      node.rows = rowsOf(answers, node.name).map((index, at) => ({
        index, number: at + 1, name: `${node.name}[${index}]`, nodes: grow(field.children || [], answers, `${node.name}[${index}].`),
      }));
    } else if (INPUTS.includes(field.type)) node.value = value(field, answers[node.name]);
    else node.value = null;
    return node;
  });
}

function data(nodes) {
  const found = {};
  for (const { field, hidden, value: own, children, rows } of nodes) {
    if (field.type === 'group') {
      const inner = data(hidden ? children.map((each) => ({ ...each, hidden: true })) : children);
      Object.assign(found, field.key ? { [field.key]: inner } : inner);
    } else if (field.type === 'dynamiclist') found[field.key] = hidden ? [] : rows.map((row) => data(row.nodes));
    else if (field.key) found[field.key] = hidden ? null : own;
  }
  return found;
}

async function level(nodes, scope, hidden) {
  const jobs = [];
  const set = [];
  for (const node of nodes) {
    if (node.field.hide) {
      jobs.push({ kind: 'value', text: bare(node.field.hide) });
      set.push((answer) => { node.hidden = hidden || answer.value === true; });
    } else node.hidden = hidden;
    if (node.field.type === 'expression') {
      jobs.push({ kind: 'value', text: bare(node.field.expression) });
      set.push((answer) => { node.value = answer.error ? null : answer.value; });
    }
  }
  (await ask(jobs, scope)).forEach((answer, at) => set[at](answer));
  for (const node of nodes) {
    if (node.field.type === 'group') {
      await level(node.children, node.field.key ? { ...scope, ...data(node.children) } : scope, node.hidden);
    }
    for (const row of node.rows) {
      const own = data(row.nodes);
      await level(row.nodes, { ...scope, ...own, this: own, parent: scope, i: row.number }, node.hidden);
    }
  }
}

export function walk(nodes, see) {
  for (const node of nodes) {
    see(node);
    walk(node.children, see);
    node.rows.forEach((row) => walk(row.nodes, see));
  }
}

/** The settled tree of a packet's form. */
export async function settle(packet, today) {
  const nodes = grow(packet.form, packet.answers);
  let before = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    await level(nodes, { ...packet.context, today, ...data(nodes) }, false);
    const after = [];
    walk(nodes, (node) => after.push([node.hidden, node.value]));
    const said = JSON.stringify(after);
    if (said === before) break;
    before = said;
  }
  return nodes;
}

/** The fields that must be filled and are empty: a hint only, the server judges. */
export function missing(nodes) {
  const found = [];
  walk(nodes, ({ field, name, hidden, value: own }) => {
    if (!field.required || hidden || field.type === 'group' || field.type === 'dynamiclist') return;
    if (own === null || own === false || (Array.isArray(own) && !own.length)) found.push({ name, label: field.label });
  });
  return found;
}
