// Reads an expression without running it: is it FEEL as we accept it, and which names does it take from outside?

import { parseExpression, parseUnaryTests } from '@bpmn-io/feelin';

import { READS } from './functions.js';
import { isBuiltin } from './strict.js';

const LONGEST = 4000;

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

class Refusal extends Error {}

const HABITS = [
  [/\$\{|#\{/, '不要写 ${ }，直接写变量名'],
  [/==/, '判断相等只写一个等号：='],
  [/&&/, '“并且”请写 and'],
  [/\|\|/, '“或者”请写 or'],
  [/!(?!=)/, '“不是”请写 not( ) 或 !='],
  [/[“”‘’]/, '文字要用英文的双引号 " " 括起来'],
  [/'/, '文字要用双引号 " " 括起来'],
  [/[（），；：]/, '括号和标点要用英文的（半角）'],
  [/≥|≤|≠/, '请写 >=、<= 或 !='],
  [/\bnot\s+[^\s(]/, 'not 后面要有括号：not( )'],
  [/:=/, '表达式里不能赋值']
];

function habit(text) {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const found = HABITS.find(([pattern]) => pattern.test(bare));
  return found && found[1];
}

function children(node) {
  const list = [];
  for (let child = node.firstChild; child; child = child.nextSibling) list.push(child);
  return list;
}

class Reader {
  constructor(text, unary) {
    this.text = text;
    this.unary = unary;
    this.names = new Set();
    this.paths = new Set();
  }

  refuse(node, message) {
    const at = this.text.slice(node.from, node.to).slice(0, 30);
    throw new Refusal(habit(this.text) || (at ? `“${at}”：${message}` : message));
  }

  words(node) {
    return children(node).filter((child) => child.name === 'Identifier')
      .map((child) => this.text.slice(child.from, child.to));
  }

  /** A variable or property name: one plain identifier, or the parts of a built-in's name. */
  name(node) {
    const words = this.words(node);
    if (words.length > 1) this.refuse(node, '名称中间不能有空格');
    if (!NAME.test(words[0])) this.refuse(node, '名称只能由文字、字母、数字和下划线组成');
    return words[0];
  }

  /** `a.b.c` as ["a", "b", "c"], or nothing when the path starts at something else than a name. */
  dotted(node) {
    if (node.name === 'VariableName') return [this.name(node)];
    if (node.name !== 'PathExpression') return null;
    const [target, prop] = children(node);
    const start = this.dotted(target);
    return start && [...start, this.name(prop)];
  }

  walk(node, scope) {
    if (node.type.isError) this.refuse(node, '这里写法不对，或者表达式没有写完');
    if (node.type.isSkipped) return;
    const kids = children(node).filter((child) => child.type.isError || !child.type.isSkipped);
    const visit = this[`on${node.name}`];
    if (visit) visit.call(this, node, kids, scope);
    else this.each(kids, scope);
  }

  each(nodes, scope) {
    for (const node of nodes) this.walk(node, scope);
  }

  onVariableName(node, kids, scope) {
    this.each(kids, scope);
    const name = this.name(node);
    if (!scope.has(name)) this.names.add(name);
  }

  onPathExpression(node, kids, scope) {
    this.each(kids.filter((kid) => kid.type.isError), scope);
    const path = this.dotted(node);
    if (!path) {
      this.walk(kids[0], scope);
      this.name(kids[1]);
    } else if (!scope.has(path[0])) {
      this.names.add(path[0]);
      this.paths.add(path.join('.'));
    }
  }

  onFunctionInvocation(node, kids, scope) {
    const [target, ...rest] = kids;
    if (target.name === 'VariableName') {
      const words = this.words(target);
      const name = words.join(' ');
      if (!scope.has(name) && !isBuiltin(name)) {
        throw new Refusal(habit(this.text) || `没有名为“${name}”的函数`);
      }
      if (READS.has(name) && !scope.has(name)) this.names.add(READS.get(name));
      this.each(children(target).filter((kid) => kid.type.isError), scope);
    } else if (target.name !== 'SpecialFunctionName') {
      this.refuse(target, '这里不能当作函数调用');
    }
    this.each(rest, scope);
  }

  onNamedParameter(_node, kids, scope) {
    this.each(kids.slice(1), scope);
  }

  onDateTimeLiteral(_node, kids, scope) {
    this.each(kids.filter((kid) => kid.name !== 'DateTimeConstructor'), scope);
  }

  onInExpressions(_node, kids, scope) {
    this.each(kids.filter((kid) => kid.type.isError), scope);
    for (const kid of kids.filter((each) => each.name === 'InExpression')) {
      const [name, ...source] = children(kid);
      this.each(source, scope);
      scope.add(this.name(name));
    }
  }

  onForExpression(_node, kids, scope) {
    const inner = new Set(scope);
    for (const kid of kids) {
      if (kid.name === 'return') inner.add('partial');
      this.walk(kid, inner);
    }
  }

  onQuantifiedExpression(_node, kids, scope) {
    this.each(kids, new Set(scope));
  }

  onFilterExpression(_node, kids, scope) {
    const [target, ...rest] = kids;
    this.walk(target, scope);
    this.each(rest, new Set(scope).add('item'));
  }

  onContext(_node, kids, scope) {
    const inner = new Set(scope);
    for (const kid of kids) {
      if (kid.name !== 'ContextEntry') {
        this.walk(kid, inner);
        continue;
      }
      const [key, ...value] = children(kid);
      this.each(value, inner);
      const label = this.text.slice(key.from, key.to);
      inner.add(label.startsWith('"') ? label.slice(1, -1) : label);
    }
  }

  onFunctionDefinition(node, kids, scope) {
    const inner = new Set(scope);
    for (const kid of kids) {
      if (kid.name === 'external') this.refuse(node, '不能调用外部程序');
      if (kid.name === 'FormalParameters') {
        for (const parameter of children(kid)) {
          const names = this.text.slice(parameter.from, parameter.to).split(':');
          if (names.length > 1) this.refuse(parameter, '参数不要写类型');
          inner.add(names[0].trim());
        }
      } else {
        this.walk(kid, inner);
      }
    }
  }

  onComparison(node, kids, scope) {
    if (kids.some((kid) => kid.name === 'Comparison')) {
      this.refuse(node, '不能连续比较，请写成 a <= x and x < b，或区间 [a..b)');
    }
    if (kids[1] && kids[1].name === 'CompareOp' && kids[2] && kids[2].name === 'SimplePositiveUnaryTest') {
      this.refuse(node, '比较符号写重了');
    }
    this.each(kids, scope);
  }

  onSimplePositiveUnaryTest(node, kids, scope) {
    const parent = node.parent && node.parent.name;
    if (kids[0].name === 'CompareOp' && parent !== 'PositiveUnaryTest' && parent !== 'FilterExpression') {
      this.refuse(node, '比较缺少左边的值');
    }
    this.each(kids, scope);
  }

  onPositiveUnaryTest(node, kids, scope) {
    const claims = ['Comparison', 'Conjunction', 'Disjunction', 'QuantifiedExpression'];
    if (claims.includes(kids[0].name) && !this.asks(node)) {
      this.refuse(node, '单元格里的比较要用 ? 表示输入的值，例如 ? > 3');
    }
    this.each(kids, scope);
  }

  asks(node) {
    return node.name === '?' || children(node).some((kid) => this.asks(kid));
  }

  onInstanceOfExpression(node) {
    this.refuse(node, '不能使用 instance of');
  }

  'on?'(node) {
    if (!this.unary) this.refuse(node, '? 只能用在决策表的输入单元格里');
  }
}

/** What `text` is: `{ problem, names, paths }`; `problem` is null when it is accepted. */
export function analyse(unary, text) {
  const reader = new Reader(text, unary);
  let problem = null;
  try {
    if (text.length > LONGEST) throw new Refusal(`表达式超过了 ${LONGEST} 个字`);
    if (!text.trim()) throw new Refusal('表达式是空的');
    const tree = (unary ? parseUnaryTests : parseExpression)(text, {});
    reader.walk(tree.topNode, new Set());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problem = error.message;
  }
  return { problem, names: [...reader.names], paths: [...reader.paths] };
}
