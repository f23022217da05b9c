// The FEEL sandbox: what engine/feel calls in QuickJS. Texts go in and out; nothing else crosses.

import './clock.js';
import { InterpreterContext, interpreter } from '@bpmn-io/feelin';

import { analyse } from './analyse.js';
import { setContext } from './functions.js';
import { Problem, plain, revive } from './values.js';
import './strict.js';

const KEPT = 2000;
const parsed = new Map();

function compile(kind, text) {
  const key = kind + text;
  let made = parsed.get(key);
  if (made === undefined) {
    const unary = kind === 'u';
    const { problem } = analyse(unary, text);
    if (problem) throw new Problem(problem);
    const notes = new InterpreterContext();
    const { root } = unary
      ? interpreter.unaryTest(text, {}, undefined, notes)
      : interpreter.evaluate(text, {}, undefined, notes);
    made = { root, notes };
    if (parsed.size >= KEPT) parsed.clear();
    parsed.set(key, made);
  }
  return made;
}

function evaluate(text, context) {
  const { root, notes } = compile('e', text);
  notes.warnings = [];
  const value = root(context);
  if (notes.warnings.length) throw new Problem(notes.warnings[0].message);
  return value;
}

/** An empty cell is "any", as dmn-js writes it. */
function test(text, value, context) {
  if (text.trim() === '') return true;
  const { root, notes } = compile('u', text);
  notes.warnings = [];
  context['?'] = value;
  try {
    const answer = root(context)(value);
    if (notes.warnings.length) throw new Problem(notes.warnings[0].message);
    return answer;
  } finally {
    delete context['?'];
  }
}

/** A person's mistake goes back in words; what the sandbox itself met (out of memory) ends the call. */
function complaint(error) {
  if (error instanceof Problem) return { error: error.message };
  if (error instanceof RangeError) return { error: '表达式嵌套太深或数值超出范围' };
  if (error instanceof TypeError || error.name === 'Error') return { error: `计算出错（${error.message}）` };
  throw error;
}

function prepare(contextText, temporal) {
  const context = temporal ? revive(JSON.parse(contextText)) : JSON.parse(contextText);
  setContext(context);
  return context;
}

globalThis.feelOne = (text, contextText, temporal) => {
  try {
    return '=' + JSON.stringify(plain(evaluate(text, prepare(contextText, temporal))));
  } catch (error) {
    return '!' + complaint(error).error;
  }
};

/**
 * Jobs are `{kind: "value", text}`, `{kind: "unary", text, value}` and `{kind: "match", text, input}`, where `input`
 * is an expression that gives the value (evaluated once a call, whatever number of rows test it).
 */
function job({ kind, text, value, input }, context, inputs) {
  if (kind === 'value') return plain(evaluate(text, context));
  if (kind === 'unary') return test(text, value, context);
  if (!inputs.has(input)) inputs.set(input, evaluate(input, context));
  return test(text, inputs.get(input), context);
}

globalThis.feelMany = (jobsText, contextText, temporal) => {
  const context = prepare(contextText, temporal);
  const jobs = temporal ? revive(JSON.parse(jobsText)) : JSON.parse(jobsText);
  const inputs = new Map();
  return JSON.stringify(jobs.map((each) => {
    try {
      return { value: job(each, context, inputs) };
    } catch (error) {
      return complaint(error);
    }
  }));
};

globalThis.feelAnalyse = (unary, text) => {
  try {
    return JSON.stringify(analyse(unary, text));
  } catch (error) {
    return JSON.stringify({ problem: complaint(error).error, names: [], paths: [] });
  }
};
