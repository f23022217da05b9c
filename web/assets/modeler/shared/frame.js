// The frame of every editor: state of saving, bars with a question, the dialog of two savers, downloads.
const STATES = {
  saved: '已保存到草稿', changed: '有修改，马上保存……', saving: '正在保存……', offline: '网络不通，修改留在这个浏览器里，连上后自动保存',
  expired: '登录已过期，修改留在这个浏览器里', refused: '没有保存', conflict: '别人刚保存了同一个文件',
};

export class Frame {
  constructor(place) {
    this.place = place;
    this.state = place.querySelector('[data-state]');
    this.bars = place.querySelector('[data-bars]');
    this.dialog = place.querySelector('[data-conflict]');
  }

  hear(state, detail = {}) {
    this.state.dataset.state = state;
    const at = state === 'saved' && detail.saved_at ? ` ${clock(detail.saved_at)}` : '';
    this.state.textContent = (state === 'refused' && detail.message) || `${STATES[state]}${at}`;
    if (state === 'saved') this.drop('expired');
  }

  /** A line above the drawing with something to press. One of a name at a time. */
  bar(name, text, buttons = []) {
    this.drop(name);
    const box = document.createElement('div');
    box.className = 'dm-bar-line';
    box.dataset.bar = name;
    box.setAttribute('role', 'status');
    const words = document.createElement('span');
    words.textContent = text;
    box.append(words);
    for (const [label, act, href] of buttons) box.append(href ? link(label, href) : button(label, act));
    this.bars.append(box);
  }

  drop(name) {
    this.bars.querySelectorAll(`[data-bar="${name}"]`).forEach((each) => each.remove());
  }

  /** Asks what becomes of two texts; resolves with theirs, mine, copy or later. */
  ask(told, differences) {
    const { dialog } = this;
    dialog.querySelector('[data-who]').textContent = told.message || `${told.by || '别人'}刚保存了这个文件。`;
    const list = dialog.querySelector('[data-differences]');
    list.replaceChildren(...differences.map((each) => Object.assign(document.createElement('li'), { textContent: each })));
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener('close', () => resolve(dialog.returnValue || 'later'), { once: true });
    });
  }
}

function button(label, act) {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-sm btn-outline-primary', textContent: label });
  made.addEventListener('click', act);
  return made;
}

function link(label, href) {
  return Object.assign(document.createElement('a'), { href, target: '_blank', rel: 'noopener', className: 'btn btn-sm btn-outline-primary', textContent: label });
}

const clock = (text) => new Date(text).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' });

export function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const made = Object.assign(document.createElement('a'), { href: address, download: name });
  document.body.append(made);
  made.click();
  made.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
