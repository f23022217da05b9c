// No English word on a page of an editor: what the drawing library asks to be translated must stand in our words.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const LIBRARIES = /(bpmn-js|diagram-js|diagram-js-minimap)[\\/](lib|dist)[\\/].*\.js$/;
const ASKED = /translate\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;
const LABELLED = /label: '([^']+)'/g;
// `translate(' + x + ', …)` moves a shape; an example in a comment; a beginning whose ends our words have.
const NO_TEXT = /^ \+ \w+ \+ $|^HELLO {you}$|^Align elements $/;

/** Fails the build for a text of bpmn-js, diagram-js or the minimap that our words do not have. */
export function wholly(words) {
  return {
    name: 'speak-wholly',
    setup(build) {
      const missing = new Map();
      build.onLoad({ filter: LIBRARIES }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8');
        const asked = [...text.matchAll(ASKED)].map((found) => found[1] || found[2]);
        if (file.endsWith('ReplaceOptions.js')) asked.push(...[...text.matchAll(LABELLED)].map((found) => found[1]));
        for (const each of asked) {
          if (!(each in words) && !NO_TEXT.test(each)) missing.set(each, path.basename(file));
        }
        return { contents: text, loader: 'js' };
      });
      build.onEnd(() => {
        if (missing.size) {
          throw new Error(`Words of the editor that have no Chinese (web/assets/modeler/drawing/words.js):\n${[...missing].map(([each, file]) => `  ${each}  (${file})`).join('\n')}`);
        }
      });
    },
  };
}

/** Our words as the build reads them, with those of bpmn-js-i18n. */
export async function read(file, root) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({ absWorkingDir: root, entryPoints: [file], bundle: true, format: 'esm', write: false });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
  return module.WORDS;
}
