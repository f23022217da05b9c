// Builds the front end and the FEEL bundle with esbuild; a few seconds. Run by script/build-assets.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';

// feelin does not export its interpreter, which we need to keep parsed expressions; and it compares values of different
// types without a word (`"3" > 2` is true), which must be an error where rights are decided.
const CHANGES = [
  ['const interpreter = new Interpreter();', 'const interpreter = new Interpreter();'],
  ['class InterpreterContext {', 'class InterpreterContext {'],
  ["case '=': return (b) => (a) => equals(a, b);", "case '=': return (b) => (a) => (sameKind(a, b), equals(a, b));"],
  ["case '!=': return (b) => (a) => !equals(a, b);", "case '!=': return (b) => (a) => (sameKind(a, b), !equals(a, b));"],
  ['                        return test.includes(value);', '                        return (within(test, value), test.includes(value));'],
  [
    '    if (test instanceof Range) {\n        return test.includes(value);\n    }\n    return equals(test, value);',
    '    if (test instanceof Range) {\n        return (within(test, value), test.includes(value));\n    }\n    return (sameKind(test, value), equals(test, value));',
  ],
];
const ADDED = `
function sameKind(a, b) {
  const [left, right] = [getType(a), getType(b)];
  if (left === 'nil' || right === 'nil' || left === right) return;
  const temporal = ['date', 'date time'];
  if (temporal.includes(left) && temporal.includes(right)) return;
  throw new Error('比较的两边不是同一类数据（' + left + ' 与 ' + right + '）');
}
function within(range, value) {
  const bound = range.start === null ? range.end : range.start;
  if (getType(value) === 'nil') throw new Error('缺少数据，无法比较大小');
  sameKind(bound, value);
}
export { interpreter, InterpreterContext };
`;
const openFeelin = {
  name: 'open-feelin',
  setup(pipeline) {
    pipeline.onLoad({ filter: /feelin[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      let text = await readFile(path, 'utf8');
      for (const [before, after] of CHANGES) {
        if (text.split(before).length !== 2) throw new Error(`feelin has changed: “${before}” is gone`);
        text = text.replace(before, after);
      }
      return { contents: text + ADDED, loader: 'js' };
    });
  },
};

const root = new URL('../..', import.meta.url).pathname;
const page = { absWorkingDir: root, bundle: true, minify: true, logLevel: 'warning', legalComments: 'none' };

await Promise.all([
  build({
    ...page,
    entryPoints: ['web/assets/feel/feel.js'],
    outfile: 'engine/feel/built/feel.js',
    format: 'iife',
    target: 'es2022',
    plugins: [openFeelin],
  }),
]);
