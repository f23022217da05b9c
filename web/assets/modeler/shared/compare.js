// What differs between two texts of one file, in words: elements by their id, else lines.

export function differences(mine, theirs) {
  const [one, other] = [mine, theirs].map(elements);
  if (!one || !other) return lines(mine, theirs);
  const found = [];
  for (const [id, { title, text }] of one) {
    if (!other.has(id)) found.push(`只有我有：${title}`);
    else if (other.get(id).text !== text) found.push(`两边不同：${title}`);
  }
  for (const [id, { title }] of other) if (!one.has(id)) found.push(`只有对方有：${title}`);
  return found.length ? found : ['只是画面位置不同'];
}

function elements(text) {
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  if (parsed.querySelector('parsererror')) return null;
  const ours = (node) => node.namespaceURI === parsed.documentElement.namespaceURI && node.hasAttribute('id');
  const found = new Map();
  for (const node of [...parsed.getElementsByTagName('*')].filter(ours)) {
    // An element is what it says itself, without what has an id of its own inside.
    const own = node.cloneNode(true);
    [...own.getElementsByTagName('*')].filter(ours).forEach((each) => each.remove());
    found.set(node.getAttribute('id'), { title: node.getAttribute('name') || node.getAttribute('id'), text: own.outerHTML.replace(/\s+/g, ' ') });
  }
  return found;
}

function lines(mine, theirs) {
  const [one, other] = [mine, theirs].map((text) => text.split('\n'));
  const count = (from, without) => from.filter((line) => !without.includes(line)).length;
  return [`我的有${count(one, other)}行对方没有，对方的有${count(other, one)}行我没有`];
}
