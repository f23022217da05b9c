// What kinds of values there are, how they are compared, and how they travel to and from Python.

import { DateTime, Duration, FixedOffsetZone } from 'luxon';

import { Range, getType } from '@bpmn-io/feelin';

/** The person's mistake, in words that the process owner reads. `missing` marks a name that is not there. */
export class Problem extends Error {
  constructor(message, missing = false) {
    super(message);
    this.missing = missing;
  }
}

export function fail(message) {
  throw new Problem(message);
}

const SHANGHAI = FixedOffsetZone.instance(480);
const DATE_KEY = '\u0001date';
const INSTANT_KEY = '\u0001instant';

const WORDS = {
  null: '空值', boolean: '是否值', number: '数字', string: '文字', list: '列表', context: '一组数据', date: '日期',
  time: '时刻', 'date time': '日期时间', months: '年月长度', span: '天时长度', range: '区间', function: '函数',
  literal: '无法识别的值'
};

export function kindOf(value) {
  if (value === null || value === undefined) return 'null';
  const type = typeof value;
  if (type === 'number' || type === 'string' || type === 'boolean' || type === 'function') return type;
  if (Array.isArray(value)) return 'list';
  if (Duration.isDuration(value)) return hasMonths(value) ? 'months' : 'span';
  return getType(value);
}

export function describe(value) {
  const kind = kindOf(value);
  if (kind === 'number' || kind === 'boolean') return `${WORDS[kind]} ${value}`;
  if (kind === 'string') return `文字“${value.length > 20 ? value.slice(0, 20) + '…' : value}”`;
  return WORDS[kind] || kind;
}

/** Fifteen significant digits: binary noise (0.1 + 0.2, 560 * 3 * 1.1) never reaches a comparison. */
export function clean(number) {
  if (Number.isInteger(number)) return number;
  if (!Number.isFinite(number)) fail('计算结果超出了数字的范围');
  return Number(number.toPrecision(15));
}

// --- durations -----------------------------------------------------------------------------------

function months(duration) {
  const { years = 0, quarters = 0, months = 0 } = duration.toObject();
  return years * 12 + quarters * 3 + months;
}

function millis(duration) {
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = duration.toObject();
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

function hasMonths(duration) {
  return months(duration) !== 0 && millis(duration) === 0;
}

export function span(milliseconds) {
  return Duration.fromMillis(milliseconds).shiftTo('days', 'hours', 'minutes', 'seconds');
}

export function durationPart(duration, name) {
  const total = months(duration);
  if (name === 'years') return Math.trunc(total / 12);
  if (name === 'months') return total % 12;
  return span(millis(duration))[name];
}

/** ISO text that never turns 30 days into a month. */
export function durationText(duration) {
  const total = months(duration);
  const rest = millis(duration);
  if (total !== 0 && rest !== 0) fail('年月和天时不能放在同一个时间长度里');
  const sign = total < 0 || rest < 0 ? '-' : '';
  if (total !== 0) {
    const years = Math.trunc(Math.abs(total) / 12);
    const left = Math.abs(total) % 12;
    return `${sign}P${years ? years + 'Y' : ''}${left ? left + 'M' : ''}`;
  }
  const { days, hours, minutes, seconds } = span(Math.abs(rest)).toObject();
  const time = `${hours ? hours + 'H' : ''}${minutes ? minutes + 'M' : ''}${seconds ? clean(seconds) + 'S' : ''}`;
  return `${sign}P${days ? days + 'D' : ''}${time ? 'T' + time : ''}`.replace(/^(-?)P$/, '$1PT0S');
}

// --- comparing -----------------------------------------------------------------------------------

const ORDERED = new Set(['number', 'string', 'date', 'time', 'date time', 'months', 'span']);

function rank(value, kind) {
  if (kind === 'months') return months(value);
  if (kind === 'span') return millis(value);
  return kind === 'number' || kind === 'string' ? value : value.toMillis();
}

/** Negative, zero or positive; values of two kinds, or without an order, are a problem and not a silent null. */
export function order(a, b) {
  const kind = kindOf(a);
  if (kind !== kindOf(b) || !ORDERED.has(kind)) fail(`${describe(a)}和${describe(b)}不能比较大小`);
  const left = rank(a, kind);
  const right = rank(b, kind);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function same(a, b) {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind === 'null' || other === 'null') return kind === other;
  if (kind !== other) fail(`${describe(a)}和${describe(b)}不是同一种值，不能比较是否相等`);
  if (kind === 'boolean') return a === b;
  if (kind === 'list') return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (kind === 'context') {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length
      && keys.every((key) => Object.prototype.hasOwnProperty.call(b, key) && same(a[key], b[key]));
  }
  return order(a, b) === 0;
}

export function within(range, value) {
  const { start, end } = range;
  if (start !== null && start !== undefined) {
    const at = order(value, start);
    if (at < 0 || (at === 0 && !range['start included'])) return false;
  }
  if (end !== null && end !== undefined) {
    const at = order(value, end);
    if (at > 0 || (at === 0 && !range['end included'])) return false;
  }
  return true;
}

// --- to and from Python --------------------------------------------------------------------------

export function dateValue(text) {
  return DateTime.fromISO(text, { zone: FixedOffsetZone.utcInstance });
}

/** The calendar day on which a date or an instant falls in Shanghai, as a FEEL date. */
export function dayOf(value) {
  if (kindOf(value) === 'date') return value;
  return value.setZone(SHANGHAI).setZone(FixedOffsetZone.utcInstance, { keepLocalTime: true }).startOf('day');
}

export function instantValue(milliseconds) {
  return DateTime.fromMillis(milliseconds, { zone: SHANGHAI });
}

export function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== 'object') return value;
  if (DATE_KEY in value) return dateValue(value[DATE_KEY]);
  if (INSTANT_KEY in value) return instantValue(value[INSTANT_KEY]);
  for (const key of Object.keys(value)) value[key] = revive(value[key]);
  return value;
}

/** A JSON value of a FEEL value. */
export function plain(value) {
  switch (kindOf(value)) {
    case 'null': return null;
    case 'boolean':
    case 'string': return value;
    case 'number':
      if (Number.isInteger(value)) {
        if (!Number.isSafeInteger(value)) fail('计算结果超出了整数的范围');
        return value === 0 ? 0 : value;
      }
      if (!Number.isFinite(value)) fail('计算结果超出了数字的范围');
      return Number(value.toPrecision(12));
    case 'list': return value.map(plain);
    case 'context': return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
    case 'date': return value.toISODate();
    case 'date time': return value.setZone(SHANGHAI).toISO({ suppressMilliseconds: true });
    case 'time': return value.toISOTime({ suppressMilliseconds: true, includeOffset: false });
    case 'months':
    case 'span': return durationText(value);
    default: return fail(`表达式得到的是${describe(value)}，不能作为结果`);
  }
}

export { Range };
