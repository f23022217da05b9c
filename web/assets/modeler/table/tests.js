// The test rows of a decision stand in its file, as elements that dmn-js keeps (docs/decisions.md). Here they are read
// from its text and written into it.
const DOUDI = 'https://doudi.example/schema/dmn';

function holder(parsed) {
  const decision = [...parsed.getElementsByTagName('*')].find(({ localName }) => localName === 'decision');
  return decision && [...decision.children].find(({ localName }) => localName === 'extensionElements');
}

const ours = (node, name) => [...node.children].filter((each) => each.namespaceURI === DOUDI && each.localName === name);
const pairs = (node, name) => ours(node, name).map((each) => `${each.getAttribute('name')} = ${each.getAttribute('value')}`).join('\n');

/** { common, rows: [{ name, given, expect }] } with lines of `name = value`. */
export function read(text) {
  const found = holder(new DOMParser().parseFromString(text, 'application/xml'));
  if (!found) return { common: '', rows: [] };
  return {
    common: pairs(found, 'given'),
    rows: ours(found, 'test').map((each) => ({ name: each.getAttribute('name') || '', given: pairs(each, 'given'), expect: pairs(each, 'expect') })),
  };
}

export function write(text, { common, rows }) {
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  let box = holder(parsed);
  const decision = [...parsed.getElementsByTagName('*')].find(({ localName }) => localName === 'decision');
  if (!decision) return text;
  if (!box) {
    box = parsed.createElementNS(decision.namespaceURI, 'extensionElements');
    const first = decision.firstElementChild;
    decision.insertBefore(box, first && first.localName === 'description' ? first.nextSibling : decision.firstChild);
  }
  [...box.children].filter((each) => each.namespaceURI === DOUDI).forEach((each) => each.remove());
  lines(parsed, box, 'given', common);
  for (const row of rows) {
    if (!row.name && !row.given && !row.expect) continue;
    const test = parsed.createElementNS(DOUDI, 'doudi:test');
    test.setAttribute('name', row.name);
    lines(parsed, test, 'given', row.given);
    lines(parsed, test, 'expect', row.expect);
    box.append('\n      ', test);
  }
  return new XMLSerializer().serializeToString(parsed);
}

function lines(parsed, into, tag, text = '') {
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 1) continue;
    const made = parsed.createElementNS(DOUDI, `doudi:${tag}`);
    made.setAttribute('name', line.slice(0, at).trim());
    made.setAttribute('value', constant(line.slice(at + 1).trim()));
    into.append(made);
  }
}

/** What somebody types as a FEEL constant: 是, 否, numbers and quoted texts as they are, all else as a text. */
function constant(text) {
  if (text === '是' || text === '否') return text === '是' ? 'true' : 'false';
  if (/^(true|false|null|-?\d+(\.\d+)?|".*"|\[.*\]|\{.*\})$/.test(text)) return text;
  return `"${text.replaceAll('"', '')}"`;
}
