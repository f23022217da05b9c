// Elements from words: text is always text, so nothing that people typed can become markup.
export function el(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else made.setAttribute(name, value);
  }
  made.append(...shown(inside));
  return made;
}

/** Puts other things into a place; what is not there (null, false) is left out. */
export function fill(place, ...inside) {
  place.replaceChildren(...shown(inside));
}

const shown = (inside) => inside.flat(Infinity)
  .filter((each) => each !== null && each !== undefined && each !== false && each !== 0 && each !== '');

/** Text with **bold**, lines as paragraphs. */
export function prose(text) {
  return text.split('\n').filter((line) => line.trim()).map((line) => el('p', {}, ...line.split('**')
    .map((part, at) => (at % 2 ? el('strong', {}, part) : part))));
}

export const idOf = (name) => `form-body-${name.replace(/[^\w]+/g, '-').replace(/^-+|-+$/g, '')}`;
