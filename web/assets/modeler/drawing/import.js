// A file from another program takes the place of the drawing; what it says in attributes of its own was put into ours by
// the server, which reports what could not be. One press brings the drawing back that was there.
import { token } from '../shared/draft.js';

export function importing(place, { session, show, write, jump, turn }) {
  const input = place.querySelector('[data-import-file]');
  const report = place.querySelector('[data-report]');
  place.querySelector('[data-do="import"]').addEventListener('click', (event) => {
    event.target.closest('details').open = false;
    input.value = '';
    input.click();
  });
  input.addEventListener('change', async () => {
    const [file] = input.files;
    if (file) await take(file.name, decoded(await file.arrayBuffer()));
  });

  async function take(name, text) {
    const before = await write();
    try {
      const told = await ask(text);
      await show(told.text, true);
      session.changed(told.text);
      remarks(name, told.remarks);
      session.frame.bar('imported', `已导入“${name}”。`, [
        ['不要了，换回原来的', async () => {
          session.frame.drop('imported');
          report.replaceChildren();
          await show(before, true);
          session.changed(before);
        }],
        ['知道了', () => session.frame.drop('imported')],
      ]);
    } catch (error) {
      session.frame.bar('imported', `“${name}”没有导入：${words(error)}`, [['知道了', () => session.frame.drop('imported')]]);
      await show(before, true);
    }
  }

  async function ask(text) {
    const answer = await fetch(place.dataset.import, {
      method: 'POST', credentials: 'same-origin', redirect: 'manual', body: JSON.stringify({ text }),
      headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/json' },
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.message || `服务器没有回答（${answer.status}）`);
    return told;
  }

  function remarks(name, found) {
    report.replaceChildren();
    if (!found.length) return;
    const open = found.filter(({ taken }) => !taken).length;
    report.append(titled(`导入“${name}”：${open} 处要自己处理，${found.length - open} 处已改写`));
    const list = Object.assign(document.createElement('ul'), { className: 'dm-findings' });
    for (const each of [...found].sort((one, other) => one.taken - other.taken)) {
      const row = document.createElement('button');
      row.type = 'button';
      row.append(Object.assign(document.createElement('strong'), { textContent: `${each.taken ? '✓ ' : ''}${each.name || each.element}` }), each.message);
      row.addEventListener('click', () => jump(each.element));
      const item = document.createElement('li');
      item.append(row);
      list.append(item);
    }
    report.append(list);
    turn('check');
  }
}

const titled = (text) => Object.assign(document.createElement('h3'), { className: 'dm-findings-title', textContent: text });

/** Older programs on Windows write GBK. */
function decoded(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes).replace(/(<\?xml[^>]*encoding=)["'][^"']*["']/, '$1"UTF-8"');
  }
}

const words = ({ message }) => (/no diagram to display/.test(message) ? '文件里没有画出来的图形（BPMN DI）。' : message);
