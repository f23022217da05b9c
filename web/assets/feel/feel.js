// FEEL for the server: feelin inside QuickJS, with parsed expressions kept.
//
// `globalThis.doudi.run(text)` takes and gives JSON, because one crossing of a string is cheaper than many of values.
// A job is {kind: "value" | "unary" | "names" | "check", text, value?}; the answer {ok, value} or {error, cause}.

import { InterpreterContext, interpreter, parseExpression, parseUnaryTests } from '@bpmn-io/feelin';
import { DateTime, Duration } from 'luxon';

const BUILTINS = new Set(globalThis.doudiBuiltins);
const kept = new Map();
const MOST_KEPT = 5000;

class Refusal extends Error {}

function parsed(kind, text) {
  const key = kind + text;
  let entry = kept.get(key);
  if (!entry) {
    const problem = look(kind, text).problem;
    if (problem) throw new Refusal(problem);
    const context = new InterpreterContext();
    const method = kind === 'unary' ? 'unaryTest' : 'evaluate';
    const { root } = interpreter[method](text, {}, undefined, context);
    entry = { root, context };
    if (kept.size > MOST_KEPT) kept.clear();
    kept.set(key, entry);
  }
  entry.context.warnings = [];
  return entry;
}

// Reads the tree once: which names an expression reads, and what in it is no FEEL of ours.
function look(kind, text) {
  if (/&&|\|\||\$\{|==|!==?(?!=)(?<!!=)/.test(strip(text))) {
    return { problem: '不是FEEL：比较用 =，“并且”用 and，“或者”用 or，不用 == && || ${}', names: [], paths: [] };
  }
  let tree;
  try {
    tree = (kind === 'unary' ? parseUnaryTests : parseExpression)(text, {}, undefined);
  } catch (error) {
    return { problem: String(error.message || error), names: [], paths: [] };
  }
  const found = { names: new Set(), paths: new Set(), problem: null };
  walk(node(tree.topNode), new Set(), found, text);
  return found;
}

function strip(text) {
  return text.replace(/"(\\.|[^"\\])*"/g, '""');
}

function node(at) {
  const children = [];
  for (let child = at.firstChild; child; child = child.nextSibling) children.push(node(child));
  return { name: at.name, from: at.from, to: at.to, error: at.type.isError, children };
}

function walk(at, bound, found, text) {
  const said = text.slice(at.from, at.to);
  if (at.error) {
    found.problem = found.problem || `在“${text.slice(Math.max(0, at.from - 8), at.to + 8)}”附近写法有误`;
    return;
  }
  const kids = at.children;
  switch (at.name) {
    case 'VariableName': {
      for (const kid of kids) walk(kid, bound, found, text);
      if (/\s/.test(said)) {
        found.problem = found.problem || `“${said}”中间有空格，变量名不能有空格`;
      } else if (!bound.has(said)) {
        found.names.add(said);
        found.paths.add(said);
      }
      return;
    }
    case 'PathExpression': {
      const path = dotted(at, text);
      const base = path && path.split('.')[0];
      if (path && !bound.has(base)) {
        found.names.add(base);
        found.paths.add(path);
      } else if (kids.length) {
        walk(kids[0], bound, found, text);
      }
      return;
    }
    case 'FunctionInvocation': {
      const called = text.slice(kids[0].from, kids[0].to).replace(/\s+/g, ' ');
      if (!BUILTINS.has(called) && !bound.has(called)) {
        const clock = called === 'today' || called === 'now';
        const say = clock ? '今天请写 today（不带括号）' : `没有“${called}”这个函数`;
        found.problem = found.problem || say;
      }
      for (const kid of kids.slice(1)) walk(kid, bound, found, text);
      return;
    }
    case 'NamedParameter': {
      walk(kids[kids.length - 1], bound, found, text);
      return;
    }
    case 'Comparison': {
      const chained = kids.some((kid) => kid.name === 'Comparison');
      if (chained) found.problem = found.problem || `“${said}”是连写的比较，请改成 and 连接的两个比较或区间 [a..b)`;
      for (const kid of kids) walk(kid, bound, found, text);
      return;
    }
    case 'ForExpression':
    case 'QuantifiedExpression': {
      const inner = new Set([...bound, 'partial']);
      for (const kid of kids) {
        if (kid.name === 'InExpressions') {
          for (const each of kid.children.filter((c) => c.name === 'InExpression')) {
            for (const part of each.children.slice(1)) walk(part, inner, found, text);
            inner.add(text.slice(each.children[0].from, each.children[0].to));
          }
        } else walk(kid, inner, found, text);
      }
      return;
    }
    case 'FunctionDefinition': {
      const inner = new Set(bound);
      for (const name of collect(at, 'ParameterName')) inner.add(text.slice(name.from, name.to));
      for (const kid of kids.filter((c) => c.name === 'FunctionBody')) walk(kid, inner, found, text);
      return;
    }
    case 'Context': {
      const inner = new Set(bound);
      for (const entry of kids.filter((c) => c.name === 'ContextEntry')) {
        walk(entry.children[entry.children.length - 1], inner, found, text);
        const key = text.slice(entry.children[0].from, entry.children[0].to);
        inner.add(key.replace(/^"|"$/g, ''));
      }
      for (const kid of kids) if (kid.error) walk(kid, bound, found, text);
      return;
    }
    case 'FilterExpression': {
      // Inside a filter a bare name may be a property of the item, so only the filtered thing is known to be read.
      walk(kids[0], bound, found, text);
      const own = { names: new Set(), paths: new Set(), problem: null };
      for (const kid of kids.slice(1)) walk(kid, new Set([...bound, 'item']), own, text);
      found.problem = found.problem || own.problem;
      return;
    }
    case 'InstanceOfExpression': {
      walk(kids[0], bound, found, text);
      return;
    }
    default:
      for (const kid of kids) walk(kid, bound, found, text);
  }
}

function dotted(at, text) {
  if (at.name === 'VariableName') {
    const said = text.slice(at.from, at.to);
    return /\s/.test(said) ? null : said;
  }
  if (at.name !== 'PathExpression') return null;
  const parts = at.children.filter((c) => c.name === 'PathExpression' || c.name === 'VariableName').map((c) => dotted(c, text));
  return parts.length === 2 && parts.every(Boolean) ? parts.join('.') : null;
}

function collect(at, name) {
  return at.name === name ? [at] : at.children.flatMap((kid) => collect(kid, name));
}

function plain(value) {
  if (value === undefined || value === null) return null;
  if (DateTime.isDateTime(value)) return temporal(value);
  if (Duration.isDuration(value)) return value.toISO();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Refusal('结果不是有限的数');
    return Number(value.toPrecision(12));
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'function' || value.constructor !== Object) throw new Refusal('结果不是数据（是函数或区间）');
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

// A FEEL date is a midnight without a zone of its own; it goes back as the date it names.
function temporal(value) {
  if (value.hour === 0 && value.minute === 0 && value.second === 0 && value.millisecond === 0) return value.toISODate();
  return value.toISO({ suppressMilliseconds: true });
}

function heed(context) {
  for (const warning of context.warnings) {
    const name = /'([^']*)'/.exec(warning.message);
    const cause = {
      NO_VARIABLE_FOUND: `“${name && name[1]}”没有值`,
      NO_CONTEXT_ENTRY_FOUND: `“${name && name[1]}”没有值`,
      NO_PROPERTY_FOUND: `“${name && name[1]}”没有值`,
      NOT_COMPARABLE: '比较的两边不是同一类数据',
      INVALID_TYPE: '参加运算的数据类型不对，或缺少数据',
      NO_FUNCTION_FOUND: '调用了不存在的函数',
      FUNCTION_INVOCATION_FAILURE: '函数的参数不对',
    }[warning.type];
    throw new Refusal(cause || warning.message);
  }
}

function guard(text, value) {
  if (value === null && /\//.test(strip(text))) throw new Refusal('计算没有结果，可能除以了零');
  return value;
}

function one(job, context) {
  if (job.kind === 'names' || job.kind === 'check') {
    const seen = look(job.unary ? 'unary' : 'value', job.text);
    return { value: { names: [...seen.names], paths: [...seen.paths], problem: seen.problem } };
  }
  const { root, context: warned } = parsed(job.kind, job.text);
  if (job.kind === 'unary') {
    const test = root({ ...context, '?': job.value });
    const result = test(job.value);
    heed(warned);
    if (typeof result !== 'boolean') throw new Refusal('单元格的条件没有得出是或否');
    return { value: result };
  }
  const result = root(context);
  heed(warned);
  return { value: guard(job.text, plain(result)) };
}

globalThis.doudi = {
  run(text) {
    const { jobs, context } = JSON.parse(text);
    const answers = jobs.map((job) => {
      try {
        return one(job, context);
      } catch (error) {
        return { error: error instanceof Refusal ? error.message : String(error.message || error) };
      }
    });
    return JSON.stringify(answers);
  },
};
