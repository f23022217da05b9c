// Strict meanings for FEEL. Standard FEEL answers null where something is wrong, feelin follows JavaScript in places
// ("3" > 2), and either lets a case go down the wrong branch without a word. Here a mistake is a Problem.

import {
  Range, builtins, createRange, evalNode, hooks, tag
} from '@bpmn-io/feelin';
import { DateTime, Duration } from 'luxon';

import { MAY_BE_NULL } from './functions.js';
import { Problem, clean, describe, durationPart, fail, kindOf, order, same, span, within } from './values.js';

const LONGEST = 100_000;

function missing(message) {
  throw new Problem(message, true);
}

function own(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

export function isBuiltin(name) {
  return own(builtins, name) && name !== '@';
}

function truth(value, what) {
  if (value === true || value === false) return value;
  return fail(`${what}要得到“是”或“否”（true/false），得到的却是${describe(value)}`);
}

/** The answer of a unary test that is already known, e.g. `? > 3`. */
class Verdict {
  constructor(answer) {
    this.answer = answer;
  }
}

/** Whether `value` passes one test: true, false, or null when an empty value meets a comparison. */
function match(test, value) {
  if (test instanceof Verdict) return test.answer;
  if (typeof test === 'function') return test(value);
  if (test instanceof Range) return kindOf(value) === 'null' ? null : within(test, value);
  if (Array.isArray(test) && !Array.isArray(value)) return test.some((one) => match(one, value) === true);
  return same(test, value);
}

function compare(operator, a, b) {
  switch (operator) {
    case '=': return same(a, b);
    case '!=': return !same(a, b);
    case '<': return order(a, b) < 0;
    case '<=': return order(a, b) <= 0;
    case '>': return order(a, b) > 0;
    default: return order(a, b) >= 0;
  }
}

function integers(start, end) {
  if (!Number.isInteger(start) || !Number.isInteger(end)) fail('循环的起止要是整数');
  if (Math.abs(end - start) >= LONGEST) fail(`循环超过了 ${LONGEST} 次`);
  const step = start > end ? -1 : 1;
  const list = [];
  for (let i = start; ; i += step) {
    list.push(i);
    if (i === end) return list;
  }
}

function items(source) {
  if (Array.isArray(source)) return source;
  if (source instanceof Range) {
    const list = integers(source.start, source.end);
    return list.filter((n) => (n !== source.start || source['start included'])
      && (n !== source.end || source['end included']));
  }
  return fail(`循环要针对列表，得到的却是${describe(source)}`);
}

// --- arithmetic ----------------------------------------------------------------------------------

const VERBS = { '+': '相加', '-': '相减', '*': '相乘', '/': '相除', '**': '乘方', '^': '乘方' };
const isLength = (kind) => kind === 'months' || kind === 'span';
const isMoment = (kind) => kind === 'date' || kind === 'date time';

function number(operator, a, b) {
  switch (operator) {
    case '+': return clean(a + b);
    case '-': return clean(a - b);
    case '*': return clean(a * b);
    case '/':
      if (b === 0) fail('除数是 0');
      return clean(a / b);
    default: return clean(Math.pow(a, b));
  }
}

function shift(moment, kind, length) {
  const moved = moment.plus(length);
  if (kind === 'time') return moved.set({ year: 1900, month: 1, day: 1 });
  if (kind === 'date' && kindOf(moved) !== 'date') fail('日期只能加减整天、月或年');
  return moved;
}

function arithmetic(operator, a, b) {
  const left = kindOf(a);
  const right = kindOf(b);
  if (left === 'number' && right === 'number') return number(operator, a, b);
  if (operator === '+') {
    if (left === 'string' && right === 'string') return a + b;
    if ((isMoment(left) || left === 'time') && isLength(right)) return shift(a, left, b);
    if (isLength(left) && (isMoment(right) || right === 'time')) return shift(b, right, a);
    if (isLength(left) && left === right) return a.plus(b);
  }
  if (operator === '-') {
    if ((isMoment(left) || left === 'time') && isLength(right)) return shift(a, left, b.negate());
    if ((isMoment(left) || left === 'time') && left === right) return span(a.toMillis() - b.toMillis());
    if (isLength(left) && left === right) return a.minus(b);
  }
  return fail(`${describe(a)}和${describe(b)}不能${VERBS[operator] || '计算'}`);
}

// --- reading names -------------------------------------------------------------------------------

const MOMENT_PARTS = new Set(['year', 'month', 'day', 'weekday', 'hour', 'minute', 'second']);
const LENGTH_PARTS = new Set(['years', 'months', 'days', 'hours', 'minutes', 'seconds']);

function property(target, name) {
  const kind = kindOf(target);
  if (kind === 'context') {
    if (own(target, name)) return checked(target[name], name);
    return missing(`没有“${name}”这一项`);
  }
  if (DateTime.isDateTime(target) && MOMENT_PARTS.has(name)) return target[name];
  if (Duration.isDuration(target) && LENGTH_PARTS.has(name)) return durationPart(target, name);
  return fail(`${describe(target)}没有“${name}”这一项`);
}

function checked(value, name) {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    fail(`“${name}”的数字太大，无法准确计算`);
  }
  return value;
}

// --- the rules, one a kind of node ---------------------------------------------------------------

/** `and` stops at false, `or` at true, but a name that does not exist on the other side is reported all the same. */
function logical(word, decisive) {
  return (_node, [left, , right]) => tag((context) => {
    const what = `“${word}”的两边`;
    if (truth(left(context), what) !== decisive) return truth(right(context), what);
    try {
      right(context);
    } catch (error) {
      if (!(error instanceof Problem) || error.missing) throw error;
    }
    return decisive;
  }, 'test');
}

function quantified(method) {
  return () => tag((context) => (contexts, condition) => contexts(context)[method](
    (each) => truth(condition(each), `“${method}”的条件`)
  ), 'test');
}

function invocation(node, args, interpreterContext) {
  const [target] = args;
  const name = target.label;
  if (target.kind === 'VariableName') target.callee.yes = true;
  const inner = evalNode(node, args, interpreterContext);
  return tag((context) => {
    const result = inner(context);
    if (interpreterContext.warnings.length) {
      interpreterContext.warnings = [];
      fail(`函数“${name || node.input}”的参数不对`);
    }
    if (result === null || result === undefined) {
      if (MAY_BE_NULL.has(name)) return null;
      if (name === undefined || isBuiltin(name)) fail(`“${node.input}”没有得到结果，请检查参数`);
      return null;
    }
    return typeof result === 'number' ? clean(result) : result;
  }, inner.type);
}

const rules = {
  VariableName(_node, args) {
    const name = args.join(' ');
    const callee = { yes: false };
    const fn = tag((context, local = false) => {
      if (local) return property(context, name);
      if (callee.yes && isBuiltin(name) && kindOf(context[name]) !== 'function') return builtins[name];
      if (own(context, name)) return checked(context[name], name);
      return missing(`没有名为“${name}”的数据`);
    }, 'any');
    return Object.assign(fn, { label: name, callee });
  },

  NumericLiteral(node) {
    const value = Number(node.input.replace(/\s+/g, ''));
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      fail(`数字“${node.input}”太大，无法准确计算`);
    }
    return tag(() => value, 'number');
  },

  ParenthesizedExpression(_node, args) {
    const inner = args[1];
    return tag((context) => inner(context), inner.type);
  },

  ArithOp: (node) => Object.assign(() => null, { operator: node.input }),

  ArithmeticExpression(_node, args) {
    if (args.length === 2) {
      const [, value] = args;
      return tag((context) => {
        const number = value(context);
        if (typeof number === 'number') return number === 0 ? 0 : -number;
        if (isLength(kindOf(number))) return number.negate();
        return fail(`${describe(number)}前面不能加负号`);
      }, value.type);
    }
    const [a, { operator }, b] = args;
    return tag((context) => arithmetic(operator, a(context), b(context)), a.type === b.type ? a.type : 'any');
  },

  CompareOp: (node) => Object.assign(
    tag(() => (b) => {
      if (node.input !== '=' && node.input !== '!=' && kindOf(b) === 'null') fail('不能和空值比较大小');
      return (a) => (kindOf(a) === 'null' && node.input !== '=' && node.input !== '!='
        ? null : compare(node.input, a, b));
    }, 'test'),
    { operator: node.input }
  ),

  Comparison(_node, args) {
    const [left, operator] = args;
    if (operator === 'in') {
      const tests = args[3] || args[2];
      return tag((context) => {
        const value = left(context);
        if (kindOf(value) === 'null') fail('空值不能用 in 判断');
        const found = tests(context);
        return (Array.isArray(found) ? found : [found]).some((test) => match(test, value) === true);
      }, 'test');
    }
    if (operator === 'between') {
      return tag((context) => {
        const value = left(context);
        const low = args[2](context);
        const high = args[4](context);
        if (order(low, high) > 0) fail('between 的两端写反了');
        return order(value, low) >= 0 && order(value, high) <= 0;
      }, 'test');
    }
    const sign = operator.operator;
    const right = args[2];
    return tag((context) => compare(sign, left(context), right(context)), 'test');
  },

  Conjunction: logical('and', false),
  Disjunction: logical('or', true),
  every: quantified('every'),
  some: quantified('some'),

  IfExpression(_node, args) {
    const [, condition, , yes, , no] = args;
    return tag((context) => (truth(condition(context), 'if 的条件') ? yes(context) : no(context)),
      yes.type === no.type ? yes.type : 'any');
  },

  InExpression(_node, [name, , source]) {
    return (context) => items(source(context)).map((item) => ({ [name]: item }));
  },

  IterationContext(_node, [from, to]) {
    if (!to) return (context) => from(context);
    return (context) => integers(from(context), to(context));
  },

  Interval(_node, [open, from, to, close]) {
    return tag((context) => {
      const start = from(context);
      const end = to(context);
      if (order(start, end) > 0) fail('区间的两端写反了');
      return createRange(start, end, open === '[', close === ']');
    }, 'test');
  },

  FilterExpression(node, args) {
    const [target, , filter] = args;
    const position = filter.type !== 'test';
    return tag((context) => {
      const list = target(context);
      if (!Array.isArray(list)) fail(`[ ] 前面要是列表，得到的却是${describe(list)}`);
      if (position) {
        const index = filter(context);
        if (!Number.isInteger(index)) fail('[ ] 里要写条件或第几项');
        const found = list[index < 0 ? list.length + index : index - 1];
        if (found === undefined) fail(`列表没有第 ${index} 项`);
        return found;
      }
      return list.filter((item) => {
        const each = kindOf(item) === 'context' ? { ...context, item, ...item } : { ...context, item };
        const result = filter(each);
        if (typeof result === 'function' || result instanceof Range) return match(result, item) === true;
        return truth(result, '[ ] 里的条件');
      });
    }, 'any');
  },

  FunctionInvocation: invocation,
  DateTimeLiteral(node, args, interpreterContext) {
    const inner = evalNode(node, args, interpreterContext);
    return tag((context) => inner(context) ?? fail(`“${node.input}”不是有效的日期、时间或时间长度`), 'date');
  },
  InstanceOfExpression: () => fail('不能使用 instance of'),

  Wildcard: () => () => new Verdict(true),

  PositiveUnaryTest(node, args) {
    const [test] = args;
    if (test.asks) return (context) => new Verdict(truth(test(context), `“${node.input}”`));
    return (context) => test(context);
  },

  UnaryTests(node, args) {
    const negate = args[0] === 'not';
    const tests = negate ? args.slice(2, -1) : args;
    return (context) => (value) => {
      let unknown = false;
      for (const test of tests.map((each) => each(context)).flat(1)) {
        const answer = match(test, value);
        if (answer === true) return !negate;
        if (answer === null) unknown = true;
      }
      if (negate && unknown) fail(`输入是空值，无法判断“${node.input}”`);
      return negate;
    };
  }
};

hooks.node = (node, args, interpreterContext) => {
  const rule = own(rules, node.name) ? rules[node.name] : evalNode;
  const made = rule(node, args, interpreterContext);
  if (typeof made === 'function') {
    made.kind = made.kind || node.name;
    made.asks = made.asks || node.name === '?' || args.some((arg) => arg && arg.asks === true);
  }
  return made;
};
