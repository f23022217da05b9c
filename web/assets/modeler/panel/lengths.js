// Texts of the grammar and their parts, both ways. What does not fit the grammar is kept as an expression.
const LENGTH = /^(0|[1-9][0-9]{0,3})(wd|d|m)$/;
const RUNG = /^([a-z_]+)@(?:0|([+-])([1-9][0-9]{0,3})(wd|d|m))$/;

/** `3wd` → { amount: '3', unit: 'wd' }; anything else → { text }. */
export function readLength(text = '') {
  const found = LENGTH.exec(text);
  return found ? { amount: found[1], unit: found[2] } : { text };
}

/** `director@0,deputy@+1wd` → [{ role, sign, amount, unit }]; null when it is not of that form. */
export function readLadder(text = '') {
  if (!text.trim()) return [];
  const rungs = text.split(',').map((part) => RUNG.exec(part.trim()));
  if (rungs.some((each) => !each)) return null;
  return rungs.map(([, role, sign, amount, unit]) => ({ role, sign: sign || '0', amount: amount || '1', unit: unit || 'wd' }));
}

export function writeLadder(rungs) {
  return rungs.map(({ role, sign, amount, unit }) => `${role}@${sign === '0' ? '0' : `${sign}${amount}${unit}`}`).join(',');
}

/** The orders of a clock property: [{ action, name, cause, length, extend, when }]. */
export function readOrders(text = '') {
  return text.split(';').map((part) => part.trim()).filter(Boolean).map((part) => {
    const [body, when = ''] = part.split(/\s+when\s+/);
    const [action = '', name = '', ...rest] = body.split(/\s+/);
    const more = rest.join(' ');
    if (action === 'pause') return { action, name, cause: more, length: '', extend: '', when };
    const [length = '', extend = ''] = more.split(/(?:^|\s+)extend\s+/);
    return { action, name, cause: '', length, extend, when };
  });
}

export function writeOrders(orders) {
  return orders.map(({ action, name, cause, length, extend, when }) => [
    action, name, action === 'pause' && cause, action === 'start' && length,
    action === 'start' && length && extend && `extend ${extend}`, when && `when ${when}`,
  ].filter(Boolean).join(' ')).join('; ');
}

/** `a:text, b:number` → [{ name, kind }]. */
export function readPairs(text = '') {
  return text.split(',').map((part) => part.trim()).filter(Boolean).map((part) => {
    const [name, kind = 'text'] = part.split(':').map((each) => each.trim());
    return { name, kind };
  });
}

export const writePairs = (pairs) => pairs.filter(({ name }) => name).map(({ name, kind }) => `${name}:${kind}`).join(',');
export const readNames = (text = '') => text.split(',').map((each) => each.trim()).filter(Boolean);
