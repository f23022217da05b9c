// One form on the phone. Every input is written to the encrypted store before anything else happens with it.
import { el, fill, idOf } from './dom.js';
import { drawForm, words } from './draw.js';
import { photoBox } from './photos.js';
import { missing, settle, walk } from './settle.js';
import * as store from './store.js';
import { pending, sync } from './sync.js';

/** Draws the packet into `page`; gives what must be waited for before leaving it. */
export async function showPacket(page, here, packet, { tell, back }) {
  const saver = new Saver(here.mine, packet, tell);
  const body = el('form', { class: 'dd-form', autocomplete: 'off', novalidate: true, onsubmit: (event) => event.preventDefault() });
  const side = el('p', { class: 'dd-hint', role: 'status' });
  let nodes = [];

  const state = () => {
    side.textContent = saver.failed || (pending(packet) ? '已存在手机上，待同步' : packet.synced ? '已同步' : '还没有改动');
  };
  saver.said = state;

  async function settled(draw) {
    nodes = await settle(packet, today(packet.skew));
    if (draw) body.replaceChildren(...drawForm(nodes, packet.answers, hands));
    walk(nodes, (node) => {
      const box = body.querySelector(`[data-box="${CSS.escape(node.name)}"]`);
      if (box) box.hidden = node.hidden;
      const sum = body.querySelector(`[data-sum="${CSS.escape(node.name)}"]`);
      if (sum) sum.textContent = words(node);
    });
  }

  const hands = {
    async typed(node, texts) {
      packet.answers = { ...packet.answers, [node.name]: texts };
      const kept = saver.save();
      if (packet.reads.includes(node.field.key)) await settled(false);
      await kept;
    },
    async add(node) {
      const last = node.rows.length ? node.rows[node.rows.length - 1].index : -1;
      const marks = [...node.rows.map((row) => row.index), last + 1].map(String);
      packet.answers = { ...packet.answers, [`_row.${node.name}`]: marks };
      await saver.save();
      await settled(true);
      const into = body.querySelector(`[id^="${idOf(`${node.name}[${last + 1}]`)}-"]`);
      if (into) into.focus();
    },
    async remove(node, row) {
      const answers = Object.fromEntries(Object.entries(packet.answers).filter(([name]) => !name.startsWith(`${row.name}.`)));
      answers[`_row.${node.name}`] = node.rows.filter((each) => each !== row).map((each) => String(each.index));
      packet.answers = answers;
      await saver.save();
      await settled(true);
    },
    photos: (node) => photoBox(here.mine, packet, node, tell),
  };

  async function bring() {
    await saver.idle();
    const came = await sync(here, packet, tell);
    if (came === 'saved') await settled(true);
    if (came === 'clash' || came === 'closed') await showPacket(page, here, packet, { tell, back });
    state();
  }

  const lack = el('div', {});
  const look = () => {
    const found = missing(nodes);
    lack.replaceChildren(el('div', { class: `alert alert-${found.length ? 'warning' : 'success'}` },
      found.length ? [el('p', { class: 'dd-summary-title' }, `还有 ${found.length} 项必填没有填：`),
        el('ul', {}, found.slice(0, 20).map((each) => el('li', {}, el('a', { href: '#', onclick: (event) => {
          event.preventDefault();
          const field = document.getElementById(idOf(each.name)) || document.getElementById(`box-${idOf(each.name)}`);
          field.scrollIntoView({ block: 'center' });
          field.focus();
        } }, each.label))))] : '必填项都填了。提交时服务器还会再核对一遍。'));
  };

  const { item } = packet;
  fill(page, 
    el('div', { class: 'dd-title' }, el('h1', {}, item.name),
      el('p', { class: 'dd-counts' }, [item.case.applicant, item.case.number, item.due && `${item.due} 前`].filter(Boolean).map((each) => el('span', {}, each)))),
    Math.abs(packet.skew) > 120 && el('div', { class: 'alert alert-warning' },
      `这部手机的时间比服务器${packet.skew > 0 ? '快' : '慢'}约 ${Math.round(Math.abs(packet.skew) / 60)} 分钟，请校准。填写时间按服务器时间记录。`),
    packet.closed && el('div', { class: 'alert alert-danger', role: 'alert' }, packet.closed),
    packet.clash && clashes(packet, saver, bring),
    guide(item),
    el('section', { class: 'card dd-card-page' }, body),
    lack,
    el('div', { class: 'dd-actions dv-bar' },
      !packet.closed && el('button', { type: 'button', class: 'btn btn-primary', onclick: bring }, '同步'),
      el('button', { type: 'button', class: 'btn btn-outline-primary', onclick: look }, '看看还缺什么'),
      side),
    el('section', { class: 'card dd-card-page' }, el('div', { class: 'dd-actions' },
      el('button', { type: 'button', class: 'btn btn-outline-secondary', onclick: () => save(packet, nodes) }, '导出文字'),
      el('button', { type: 'button', class: 'btn btn-outline-danger', onclick: () => remove(packet, back) }, '从手机上删除'),
      el('button', { type: 'button', class: 'btn btn-outline-primary', onclick: back }, '返回')),
    el('p', { class: 'dd-hint' }, `${packet.taken_at} 带走。同步后成为您在电脑上的草稿，签字提交要联网办理。`)),
  );
  await settled(true);
  state();
  return () => saver.idle();
}

/** Writes come one after another, each the newest; none is lost and none overtakes another. */
class Saver {
  constructor(mine, packet, tell) {
    Object.assign(this, { mine, packet, tell, running: null, again: false, failed: '', said: () => {} });
  }

  save() {
    this.packet.dirty = true;
    this.packet.typed = Date.now();
    this.again = true;
    this.running = this.running || this.work();
    return this.running;
  }

  async work() {
    while (this.again) {
      this.again = false;
      try {
        await store.savePacket(this.mine, this.packet);
        this.failed = '';
      } catch {
        this.failed = '没有存上，手机空间可能满了';
        this.tell('刚才的内容没有存到手机上，手机空间可能满了。请先不要关闭页面，腾出空间后再改一个字试试。', 'danger');
      }
    }
    this.running = null;
    this.said();
  }

  async idle() {
    if (this.running) await this.running;
  }
}

function today(skew) {
  return new Date(Date.now() - skew * 1000 + 8 * 3600000).toISOString().slice(0, 10);
}

function guide({ help, clauses }) {
  if (!help && !clauses.length) return null;
  return el('details', { class: 'card dd-help' }, el('summary', {}, '这一步怎么办'),
    el('div', { class: 'dd-help-body' }, help.split('\n').filter(Boolean).map((each) => el('p', {}, each)),
      clauses.map((each) => el('div', { class: 'dd-clause' }, el('span', { class: 'dd-clause-title' }, each.title),
        each.gist && el('span', { class: 'dd-clause-gist' }, each.gist)))));
}

/** Both sides of every field in which they differ; nothing is kept before each has been chosen. */
function clashes(packet, saver, bring) {
  const chosen = {};
  const go = el('button', { type: 'button', class: 'btn btn-primary', disabled: true, onclick: async () => {
    packet.chosen = { ...(packet.chosen || {}), ...chosen };
    await saver.save();
    await bring();
  } }, '按选择的合并');
  const option = (field, side, name, text) => {
    const id = `clash-${idOf(field.name)}-${side}`;
    return el('div', { class: 'form-check' }, el('input', { class: 'form-check-input', type: 'radio', id, name: `clash-${field.name}`, onchange: () => {
      chosen[field.name] = side;
      go.disabled = Object.keys(chosen).length < packet.clash.fields.length;
    } }), el('label', { class: 'form-check-label', for: id }, el('strong', {}, `${name}：`), text || '（没有填）'));
  };
  return el('section', { class: 'card dd-card-page dd-form dv-clash', 'aria-labelledby': 'clash-title' },
    el('h2', { class: 'h5', id: 'clash-title' }, '两处填写不一样'),
    el('p', {}, `您带走之后，${packet.clash.other || '服务器上的内容'}和手机上的不同。请逐项选择保留哪一个；选完以前什么也不会改。`),
    packet.clash.fields.map((field) => el('fieldset', { class: 'dd-choices' }, el('legend', { class: 'form-label' }, field.label),
      option(field, 'mine', '手机上的', field.mine), option(field, 'theirs', '服务器上的', field.theirs))),
    el('p', { class: 'dd-actions' }, go));
}

function save(packet, nodes) {
  const lines = [`${packet.item.name}　${packet.item.case.applicant || ''}　${packet.item.case.number || ''}`, ''];
  walk(nodes, ({ field, name }) => {
    const texts = (packet.answers[name] || []).filter(Boolean);
    if (!texts.length || field.type === 'filepicker') return;
    const known = Object.fromEntries(field.options || []);
    lines.push(`${field.label || field.key}：${field.type === 'checkbox' ? '是' : texts.map((each) => known[each] || each).join('、')}`);
  });
  const link = el('a', { href: URL.createObjectURL(new Blob([lines.join('\r\n')], { type: 'text/plain' })), download: `${packet.item.name}.txt` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function remove(packet, back) {
  const text = pending(packet) ? '这张表还没有同步，删除后找不回来。确定删除吗？' : '从手机上删除这张表？电脑上的草稿还在。';
  if (!window.confirm(text)) return;
  await store.dropPacket(packet.id);
  back();
}
