// Photos of a visit: taken, encrypted at once, shown small on a canvas (no address of a picture ever exists), sent later.
import { el, idOf } from './dom.js';
import * as store from './store.js';

const SIDE = 160;

export function photoBox(mine, packet, node, tell) {
  const shown = el('ul', { class: 'dv-photos' });
  const id = idOf(node.name);
  const input = el('input', {
    class: 'form-control', type: 'file', id, accept: 'image/*', capture: 'environment', multiple: true, autocomplete: 'off',
    onchange: async () => {
      for (const file of input.files) {
        const photo = {
          id: crypto.randomUUID(), packet: packet.id, field: node.field.key, name: file.name || '照片.jpg', type: file.type,
          acted: Date.now(), sent: false,
        };
        try {
          await store.savePhoto(mine, photo, await file.arrayBuffer());
        } catch {
          tell('照片没有存到手机上，手机空间可能满了。', 'danger');
        }
      }
      input.value = '';
      await draw();
    },
  });

  async function draw() {
    const found = (await store.photos(mine, packet.id)).filter((each) => each.field === node.field.key);
    shown.replaceChildren(...await Promise.all(found.map(async (photo, at) => el('li', {},
      await small(mine, photo, `照片 ${at + 1}`),
      el('span', { class: `dv-state${photo.sent ? '' : ' is-open'}` }, photo.sent ? '已上传' : '待上传'),
      !photo.sent && el('button', { type: 'button', class: 'btn btn-sm btn-outline-danger', 'aria-label': `删除照片 ${at + 1}`, onclick: async () => {
        await store.drop('photos', photo.id);
        await draw();
      } }, '删除')))));
  }

  draw();
  return [el('label', { class: 'form-label', for: id }, node.field.label), input,
    el('div', { class: 'form-text' }, '照片先加密存在手机里，联网同步时上传。'), shown];
}

async function small(mine, photo, name) {
  const canvas = el('canvas', { class: 'dv-photo', role: 'img', 'aria-label': name });
  try {
    const image = await createImageBitmap(await store.picture(mine, photo));
    const scale = Math.min(SIDE / image.width, SIDE / image.height, 1);
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
  } catch {
    return el('span', { class: 'dd-hint' }, `${name}（看不了预览）`);
  }
  return canvas;
}
