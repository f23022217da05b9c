// Files of a form: what is chosen goes to the server at once, with progress, and stands in the list from then on. Without
// this script the button beside the field sends it with the form.

const WRONG = {
  0: '网络不通，没有传上去。请检查网络后重新选择。',
  400: '页面打开太久。请先保存草稿，刷新页面后重新选择。',
  401: '登录已过期。请保留此页，在新窗口重新登录后再选择。',
  413: '文件太大，没有传上去。照片请用普通画质，视频不能上传。',
};

const part = (box, name) => box.querySelector(`.dd-file-${name}`);

export function takeFiles() {
  hideButtons();
  document.addEventListener('htmx:afterSettle', hideButtons);
  document.addEventListener('htmx:oobAfterSwap', hideButtons);
  document.addEventListener('change', (event) => {
    const input = event.target;
    if (input.type !== 'file' || !input.files.length || !input.closest('[data-files]')) return;
    event.stopPropagation(); // nothing was typed yet: the field's own change comes with the file
    send(input.id, [...input.files]);
    input.value = '';
  }, true);
}

function hideButtons() {
  document.querySelectorAll('[data-files] button[name=_upload]').forEach((button) => { button.hidden = true; });
}

/** One file after the other. The box is looked up anew each time: an answer of the form may have drawn it again. */
async function send(id, files) {
  const wrong = [];
  const box = () => document.getElementById(id).closest('[data-files]');
  part(box(), 'wrong').textContent = '';
  for (const [at, file] of files.entries()) {
    const say = (text) => { part(box(), 'told').textContent = text; };
    say(files.length > 1 ? `正在上传第 ${at + 1} 个，共 ${files.length} 个：${file.name}` : `正在上传：${file.name}`);
    const fault = await one(box, file);
    if (fault) wrong.push(files.length > 1 ? `${file.name}：${fault}` : fault);
    say('');
  }
  part(box(), 'bar').hidden = true;
  part(box(), 'wrong').textContent = wrong.join('；');
  if (files.length > wrong.length) part(box(), 'told').textContent = `已上传 ${files.length - wrong.length} 个附件。`;
}

async function one(box, file) {
  const now = box();
  const largest = Number(now.dataset.largest);
  if (!file.size) return '文件是空的，没有内容。请重新拍照或扫描后上传。';
  if (file.size > largest) {
    return `文件超过 ${Math.floor(largest / 1048576)} MB，没有上传。照片请用普通画质，扫描件请分开或者压缩；视频不能上传。`;
  }
  const body = new FormData();
  body.append('_upload', now.dataset.field);
  body.append(`_file.${now.dataset.field}`, file);
  const answer = await post(now.dataset.files, body, (share) => {
    const bar = part(box(), 'bar');
    bar.hidden = false;
    bar.value = share;
  });
  if (answer.status !== 200) return WRONG[answer.status] || answer.text.slice(0, 200) || '没有传上去，请重新选择。';
  const list = part(box(), 'list');
  if (!('many' in box().dataset)) list.replaceChildren();
  list.insertAdjacentHTML('beforeend', answer.text); // our own page, drawn by our own template
  const field = list.lastElementChild.querySelector('input[type=hidden]');
  if ([...list.querySelectorAll('input[type=hidden]')].some((each) => each !== field && each.value === field.value)) {
    list.lastElementChild.remove(); // the very same file once more
    return '';
  }
  field.dispatchEvent(new Event('change', { bubbles: true })); // the draft keeps it
  return '';
}

function post(url, body, progress) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    xhr.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress(Math.round((100 * event.loaded) / event.total));
    });
    const done = () => resolve({ status: xhr.status, text: xhr.responseText || '' });
    xhr.addEventListener('load', done);
    xhr.addEventListener('error', done);
    xhr.addEventListener('abort', done);
    xhr.open('POST', url);
    const token = document.querySelector('meta[name="csrf-token"]');
    xhr.setRequestHeader('X-CSRFToken', token ? token.content : '');
    xhr.setRequestHeader('X-Requested-With', 'fetch');
    xhr.send(body);
  });
}

// A file that the form is to name no more goes from the list; the case keeps it until somebody takes it back there.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-files] button[name=_detach]');
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  const box = button.closest('[data-files]');
  button.closest('li').remove();
  part(box, 'told').textContent = '已从表单上移除。';
  box.dispatchEvent(new Event('change', { bubbles: true }));
  box.querySelector('input[type=file]').focus();
}, true);
