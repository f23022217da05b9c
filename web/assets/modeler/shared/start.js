// What the editors of all kinds do alike: load, offer what this browser kept, save, lint, settle two savers.
import { differences } from './compare.js';
import { Draft } from './draft.js';
import { Frame, download } from './frame.js';
import { Lint } from './lint.js';

/** `show(text)` puts a text into the editor; `marked(found)` shows what the lint found. */
export async function start(place, { show, marked }) {
  const frame = new Frame(place);
  const draft = new Draft(place, (state, detail) => {
    frame.hear(state, detail);
    if (state === 'conflict') settle(detail);
    if (state === 'expired') sign();
  });
  const lint = new Lint(place, marked);

  async function settle(told) {
    const theirs = await fetch(draft.url, { credentials: 'same-origin' }).then((answer) => answer.text());
    const choice = await frame.ask(told, differences(draft.text, theirs));
    if (choice === 'mine') {
      download(named(place, '对方的'), theirs, 'text/xml');
      await draft.takeMine(told.version);
    } else if (choice === 'theirs' || choice === 'copy') {
      if (choice === 'copy') download(named(place, '我的'), draft.text, 'text/xml');
      await show(await draft.takeTheirs());
      frame.hear('saved');
      lint.ask(draft.text);
    } else frame.bar('conflict', '别人刚保存了同一个文件，您的修改还没有保存。', [['处理', () => { frame.drop('conflict'); settle(told); }]]);
  }

  function sign() {
    frame.bar('expired', '登录已过期。您的修改在这个页面和这个浏览器里，没有丢。', [
      ['在新窗口登录', null, '/sign-in'], ['已经登录，继续保存', () => draft.revive()],
    ]);
    window.addEventListener('focus', () => draft.revive(), { once: true });
  }

  const text = await draft.load();
  const kept = draft.kept();
  await show(text);
  frame.hear('saved');
  lint.ask(text);
  if (kept) {
    const when = new Date(kept.at).toLocaleString('zh-CN');
    const since = kept.version === draft.version ? '' : '此后别人保存过这个文件。';
    frame.bar('kept', `这个浏览器里有没有保存的修改（${when}）。${since}`, [
      ['恢复', async () => {
        frame.drop('kept');
        await show(kept.text);
        draft.version = kept.version;
        draft.changed(kept.text);
        lint.ask(kept.text);
      }],
      ['丢弃', () => { frame.drop('kept'); draft.forget(); }],
    ]);
  }
  return {
    draft, lint, frame,
    changed(next) {
      draft.changed(next);
      lint.ask(next);
    },
  };
}

const named = (place, whose) => {
  const file = place.dataset.path.split('/').pop();
  return file.replace(/(\.[^.]+)$/, `-${whose}$1`);
};
