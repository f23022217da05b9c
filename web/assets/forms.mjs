// The words of the form editor are put into its text while it is built (web/assets/modeler/form/words.mjs).
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { LEFT, SENTENCES, WORDS } from './modeler/form/words.mjs';

const FILES = /@bpmn-io[\\/](form-js-editor|form-js-viewer|properties-panel)[\\/]dist[\\/]index(\.es|\.esm)?\.js$/;
const BEFORE = /(label|title|text|description|tooltip|children|placeholder|emptyMessage|['"]aria-label['"]|alt|name|header|hint)\s*[:=]\s*$/;
const SAYS = /(return|\?|[^:]:|error =|message =|\|\||&&|\()\s*$/;
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g;

/** The editor keeps to an older preact, and draws with components of the viewer: both must have the same one. */
export const onePreact = {
  name: 'one-preact',
  setup(build) {
    build.onResolve({ filter: /^preact(\/|$)/ }, async ({ path: asked, importer, kind, pluginData }) => {
      if (pluginData === 'one-preact' || !/@bpmn-io[\\/]form-js-(viewer|editor)[\\/]/.test(importer)) return undefined;
      const resolveDir = path.join(build.initialOptions.absWorkingDir, 'node_modules/@bpmn-io/form-js-editor');
      return build.resolve(asked, { kind, resolveDir, pluginData: 'one-preact' });
    });
  },
};

/** Puts our words in the place of theirs; fails the build for one that is gone and for a new one. */
export const formWords = {
  name: 'form-words',
  setup(build) {
    const used = new Set();
    const strange = new Set();
    build.onLoad({ filter: FILES }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text.replace(LITERAL, (whole, single, double, at) => {
        const said = single === undefined ? double : single;
        if (!/^[A-Z][A-Za-z]/.test(said)) return whole;
        const before = text.slice(Math.max(0, at - 30), at);
        const shown = BEFORE.test(before) || /translate\($/.test(before);
        if (!shown && !(SAYS.test(before) && said in WORDS && said.includes(' '))) return whole;
        if (said in WORDS) {
          used.add(said);
          return JSON.stringify(WORDS[said]);
        }
        // An identifier in the place of a name (an event, a class) is one word in capitals or with capitals inside.
        if (!LEFT.test(said) && (said.includes(' ') || /^[A-Z][a-z]+$/.test(said)) && /((label|title|tooltip|children|placeholder|description|aria-label)['"]?\s*:\s*|translate\()$/.test(before)) strange.add(said);
        return whole;
      });
      return { contents: sentences(contents, used), loader: 'js' };
    });
    build.onEnd(() => {
      const lost = [...Object.keys(WORDS), ...SENTENCES.map(([from]) => from)].filter((each) => !used.has(each));
      if (used.size && (lost.length || strange.size)) {
        throw new Error(`The form editor has changed (web/assets/modeler/form/words.mjs).\nNo longer said: ${lost.join(' | ')}\nNew: ${[...strange].join(' | ')}`);
      }
    });
  },
};

function sentences(text, used) {
  let made = text;
  for (const [from, to] of SENTENCES) {
    if (!made.includes(from)) continue;
    used.add(from);
    made = made.replaceAll(from, () => to);
  }
  return made;
}
