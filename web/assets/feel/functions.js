// Built-in functions whose feelin version is wrong, depends on Intl, or hides a mistake.

import { DateTime, Duration, FixedOffsetZone } from 'luxon';

import { builtins, date as parseDate } from '@bpmn-io/feelin';

import { Problem, clean, dayOf, durationText, fail, kindOf } from './values.js';

/** Built-ins that may answer null without having failed. */
export const MAY_BE_NULL = new Set(['get value']);

let context = {};

/** The context of the running evaluation: `today()` and `now()` read it, because there is no clock in here. */
export function setContext(value) {
  context = value;
}

/** Functions that read a name of the context; a lint sees the name. */
export const READS = new Map([['today', 'today'], ['now', 'now']]);

function define(name, parameters, fn) {
  fn.$args = parameters;
  builtins[name] = fn;
}

// feelin answers these with an exception.
for (const name of ['overlaps before', 'overlaps after', 'finishes', 'finished by', 'during', 'starts', 'started by',
  'coincides']) {
  delete builtins[name];
}

function given(name) {
  if (!Object.prototype.hasOwnProperty.call(context, name)) throw new Problem(`没有名为“${name}”的数据`, true);
  const value = context[name];
  return typeof value === 'string' ? parseDate(value) : value;
}

function moment(name, convert) {
  define(name, [], () => {
    const value = given(name);
    return ['date', 'date time'].includes(kindOf(value)) && value.isValid ? convert(value) : null;
  });
}

moment('now', (value) => value);
moment('today', dayOf);

define('date', ['year', 'month', 'day', 'from'], (year, month, day, from) => {
  if (typeof year === 'number') {
    const made = DateTime.fromObject({ year, month, day }, { zone: FixedOffsetZone.utcInstance });
    return made.isValid && month !== undefined && day !== undefined ? made : null;
  }
  const source = from ?? year;
  if (typeof source === 'string') {
    const parsed = parseDate(source);
    return parsed.isValid ? dayOf(parsed) : null;
  }
  return ['date', 'date time'].includes(kindOf(source)) ? dayOf(source) : null;
});

const text = builtins.string;
define('string', ['from'], (from) => {
  const kind = kindOf(from);
  if (kind === 'months' || kind === 'span') return durationText(from);
  return kind === 'number' ? String(clean(from)) : text(from);
});

const toNumber = builtins.number;
define('number', toNumber.$args, (...args) => {
  if (typeof args[0] === 'string' && !/^\s*-?[\d.,\s]*\d[\d.,\s]*(e[+-]?\d+)?\s*$/i.test(args[0])) return null;
  return toNumber(...args);
});

const isDay = (value) => ['date', 'date time'].includes(kindOf(value));

// Whole months, as the standard says; luxon would add a fraction of one.
define('years and months duration', ['from', 'to'], (from, to) => {
  if (kindOf(from) !== kindOf(to) || !isDay(from)) return null;
  return Duration.fromObject({ months: Math.trunc(to.diff(from, 'months').months) });
});

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'];
define('day of week', ['date'], (value) => (isDay(value) ? DAYS[value.weekday - 1] : null));
define('month of year', ['date'], (value) => (isDay(value) ? MONTHS[value.month - 1] : null));
define('day of year', ['date'], (value) => (isDay(value) ? value.ordinal : null));
define('week of year', ['date'], (value) => (isDay(value) ? value.weekNumber : null));

// Rounding scales first and then removes the binary noise, so that 1.005 rounds as it is written.
function rounding(name, round, scaled = undefined) {
  define(name, ['n', 'scale'], (n, scale = scaled) => {
    if (typeof n !== 'number' || !Number.isInteger(scale) || Math.abs(scale) > 15) return null;
    const power = Math.pow(10, scale);
    return clean(round(clean(n * power)) / power);
  });
}

const away = (round) => (n) => (n < 0 ? -round(-n) : round(n));
const halfEven = (n) => {
  const low = Math.floor(n);
  if (n - low === 0.5) return low % 2 === 0 ? low : low + 1;
  return Math.round(n);
};
rounding('decimal', halfEven);
rounding('floor', Math.floor, 0);
rounding('ceiling', Math.ceil, 0);
rounding('round up', away(Math.ceil));
rounding('round down', away(Math.floor));
rounding('round half up', away((n) => Math.floor(n + 0.5)));
rounding('round half down', away((n) => Math.ceil(n - 0.5)));

function numbers(args) {
  const list = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  return list.length > 0 && list.every((n) => typeof n === 'number') ? list : null;
}

define('median', ['...list'], (...args) => {
  const list = numbers(args);
  if (!list) return null;
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
});

// feelin adds up in binary and lets the noise grow.
define('sum', ['...list'], (...args) => {
  const list = numbers(args);
  return list && list.reduce((total, n) => clean(total + n), 0);
});

const contains = builtins['list contains'];
define('list contains', contains.$args, (list, element) => {
  if (!Array.isArray(list)) fail('list contains 的第一个参数要是列表');
  return contains(list, element);
});
