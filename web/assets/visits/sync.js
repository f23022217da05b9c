// Bringing a packet to the desk: its text as one entry with a key of its own, then the photos one by one. What was
// received twice is kept once by the server, so a line that breaks in between costs nothing.
import * as store from './store.js';
import * as talk from './talk.js';

export const pending = (packet) => Boolean(packet.dirty || packet.entry);

const NO_LINE = '网络不通，内容还在手机上，联网后再同步。';

/** 'saved', 'clash', 'closed', 'waiting' (no line, signed out); the packet on the phone says the same afterwards. */
export async function sync(here, packet, tell) {
  const { mine, skew } = here;
  if (pending(packet) || packet.clash) {
    // The key is kept before it is sent: should the answer be lost, the very same entry goes once more.
    if (!packet.entry) {
      packet.entry = { key: crypto.randomUUID(), acted: packet.typed || Date.now(), answers: packet.answers };
      packet.dirty = false;
      await store.savePacket(mine, packet);
    }
    let answer;
    try {
      answer = await talk.ask(`/visits/packets/${packet.id}/draft`, {
        key: packet.entry.key, acted: packet.entry.acted, phone_now: Date.now(), posted: packet.entry.answers,
        chosen: packet.chosen || {}, seen: packet.clash ? packet.clash.seen : '',
      });
    } catch (error) {
      if (!(error instanceof talk.NoLine)) throw error;
      tell(NO_LINE, 'warning');
      return 'waiting';
    }
    const done = await heard(mine, packet, answer, tell);
    if (done !== 'saved') return done;
  }
  await photos(here, packet, tell, skew);
  return 'saved';
}

async function heard(mine, packet, answer, tell) {
  if (answer.status === 200 && answer.state === 'saved') {
    // What was typed while the answer was on its way stands in `answers` and stays; it goes with the next entry.
    if (!packet.dirty) packet.answers = answer.posted;
    Object.assign(packet, { entry: null, clash: null, chosen: null, synced: Date.now() });
    await store.savePacket(mine, packet);
    tell('已同步到电脑上的草稿。请在电脑或手机的“待办”里核对后签字提交。', 'success');
    return 'saved';
  }
  if (answer.status === 200) {
    Object.assign(packet, { dirty: true, entry: null, clash: { seen: answer.seen, other: answer.other, fields: answer.clashes } });
    await store.savePacket(mine, packet);
    return 'clash';
  }
  if ([403, 404, 409].includes(answer.status)) {
    // Not ours any more, or barred: what was typed stays to be exported, what others told stays no longer.
    Object.assign(packet, { dirty: true, entry: null, closed: answer.message });
    if (answer.status === 403) packet.form = without(packet.form);
    await store.savePacket(mine, packet);
    return 'closed';
  }
  Object.assign(packet, { dirty: true, entry: null });
  await store.savePacket(mine, packet);
  tell(answer.message, 'danger');
  return 'waiting';
}

/** The form without the facts that it showed. */
function without(fields) {
  return fields.map((field) => ({
    ...field, table: null, text: field.type === 'plain' ? '' : field.text, children: field.children && without(field.children),
  }));
}

async function photos(here, packet, tell) {
  const waiting = (await store.photos(here.mine, packet.id)).filter((each) => !each.sent);
  for (const photo of waiting) {
    const form = new FormData();
    form.append('key', photo.id);
    form.append('field', photo.field);
    form.append('acted', String(photo.acted));
    form.append('phone_now', String(Date.now()));
    form.append('file', await store.picture(here.mine, photo), photo.name);
    try {
      const answer = await talk.upload(`/visits/packets/${packet.id}/photos`, form);
      if (answer.status !== 200) {
        tell(`照片还没有上传：${answer.message}`, 'warning');
        return;
      }
      await store.savePhoto(here.mine, { ...photo, sent: true }, await (await store.picture(here.mine, photo)).arrayBuffer());
    } catch (error) {
      if (!(error instanceof talk.NoLine)) throw error;
      tell(NO_LINE, 'warning');
      return;
    }
  }
}
