// Builds everything that a browser or the FEEL sandbox runs. Called by script/build-assets.
//
//   web/static/built/     one entry a page, plus the chunks that pages share
//   engine/feel/built/    feel.js, one classic script for QuickJS

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import * as esbuild from 'esbuild';

import { formWords, onePreact } from './forms.mjs';
import { tokenWords } from './tokens.mjs';
import { read, wholly } from './words.mjs';

const ASSETS = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(ASSETS, '..', '..');
const WATCH = process.argv.includes('--watch');

/** Replaces `from` by `to` in a package's text, and fails the build when the text stands there other than once. */
function replaceOnce(text, from, to, where) {
  const found = text.split(from).length - 1;
  if (found !== 1) {
    throw new Error(`${where}: expected this text once, found it ${found} times, so the package has changed:\n${from}`);
  }
  return text.replace(from, () => to);
}

/**
 * feelin does not export its interpreter. The sandbox needs it twice: to keep parsed expressions, and to put
 * strict meanings in place of the lenient ones (web/assets/feel/strict.js).
 */
const openFeelin = {
  name: 'open-feelin',
  setup(build) {
    build.onLoad({ filter: /@bpmn-io[\\/]feelin[\\/]dist[\\/]index\.js$/ }, async ({ path: file }) => {
      let text = await readFile(file, 'utf8');
      text = replaceOnce(
        text,
        'const expr = evalNode(node, args, interpreterContext);',
        'const expr = hooks.node(node, args, interpreterContext);',
        'feelin'
      );
      text = replaceOnce(
        text,
        'export { SyntaxError, date, duration, evaluate, parseExpression, parseUnaryTests, unaryTest };',
        'const hooks = { node: evalNode };\n'
          + 'export { SyntaxError, date, parseExpression, parseUnaryTests, interpreter, InterpreterContext,\n'
          + '  hooks, evalNode, builtins, Range, createRange, getType, tag };',
        'feelin'
      );
      return { contents: text, loader: 'js' };
    });
  }
};

/**
 * CodeMirror writes its styles into a <style> element, which our policy forbids. Adopted style sheets are no inline
 * styles, and its module knows them; it only takes them where there is no head.
 */
const adoptStyles = {
  name: 'adopt-styles',
  setup(build) {
    build.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      return {
        contents: replaceOnce(text, '!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets', 'style-mod'),
        loader: 'js'
      };
    });
  }
};

/** The few words of dmn-js that no translation reaches (web/assets/decisions/words.js has the others). */
const speakChinese = {
  name: 'speak-chinese',
  setup(build) {
    const words = {
      'DragAndDrop.js': ["`Move ${isInput(col) ? 'Input' : 'Output'}`", "isInput(col) ? '移动条件列' : '移动结果列'"],
      'ContextMenu.js': ['"Decision table context menu"', '"决策表菜单"'],
      'List.js': ['"Remove item"', '"删除这一项"']
    };
    build.onLoad({ filter: /dmn-js-(decision-table|shared)[\\/]lib[\\/].*(DragAndDrop|ContextMenu|List)\.js$/ }, async ({ path: file }) => {
      const name = path.basename(file);
      const text = await readFile(file, 'utf8');
      if (!words[name] || !text.includes(words[name][0])) return { contents: text, loader: 'js' };
      used.add(name);
      return { contents: replaceOnce(text, ...words[name], name), loader: 'js' };
    });
    const used = new Set();
    build.onEnd(() => {
      const lost = Object.keys(words).filter((name) => !used.has(name));
      if (lost.length) throw new Error(`dmn-js has changed: ${lost.join(', ')} no longer says what was replaced`);
    });
  }
};

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: !WATCH,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true
};

const pages = {
  ...common,
  entryPoints: {
    charts: 'web/assets/charts/charts.js',
    deployed: 'web/assets/decisions/deployed.js',
    page: 'web/assets/page/page.js',
    viewer: 'web/assets/viewer/viewer.js'
  },
  outdir: 'web/static/built',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunk-[hash]',
  target: 'chrome80',
  loader: { '.svg': 'dataurl', '.woff': 'empty', '.woff2': 'file', '.ttf': 'empty', '.eot': 'empty' }
};

// Editors are for the computers of process owners, which have a browser of today.
const editors = {
  ...pages,
  entryPoints: { decisions: 'web/assets/decisions/editor.js', modeler: 'web/assets/modeler/editor.js' },
  target: 'es2022',
  plugins: [adoptStyles, speakChinese, onePreact, formWords, tokenWords, wholly(await read('web/assets/modeler/drawing/words.js', ROOT))]
};

// The sheets are entries of their own, so that a page never waits for its script before it is drawn right.
const sheets = {
  ...common,
  entryPoints: {
    decisions: 'web/assets/decisions/editor.css',
    modeler: 'web/assets/modeler/editor.css',
    page: 'web/assets/page/page.css',
    viewer: 'web/assets/viewer/viewer.css'
  },
  outdir: 'web/static/built',
  target: 'chrome80',
  loader: pages.loader
};

const feel = {
  ...common,
  entryPoints: { feel: 'web/assets/feel/feel.js' },
  outdir: 'engine/feel/built',
  format: 'iife',
  target: 'es2020',
  plugins: [openFeelin]
};

// The page for visits is one file each, so that its worker knows by name all that it has to keep.
const visits = {
  ...common,
  entryPoints: { visits: 'web/assets/visits/visits.js' },
  outdir: 'web/static/built',
  format: 'esm',
  target: 'chrome80'
};
const threads = {
  ...common,
  entryPoints: { 'visit-worker': 'web/assets/visits/worker.js', 'visit-feel': 'web/assets/visits/feel.js' },
  outdir: 'web/static/built',
  format: 'iife',
  target: 'chrome80',
  plugins: [openFeelin]
};

const jobs = [pages, editors, sheets, feel, visits, threads];

if (WATCH) {
  for (const job of jobs) await (await esbuild.context({ ...job, logLevel: 'info' })).watch();
} else {
  const results = await Promise.all(jobs.map((job) => esbuild.build(job)));
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      console.log(`  ${file}  ${Math.ceil(bytes / 1024)} KB`);
    }
  }
}
