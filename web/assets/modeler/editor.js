// The page of every editor of a draft. What a kind of file needs is loaded when it is opened; a screen too narrow to
// draw on gets the file to read.
const KINDS = {
  bpmn: () => import('./drawing/open.js'),
  dmn: () => import('./table/open.js'),
  form: () => import('./form/open.js'),
  html: () => import('./notice/open.js'),
  json: () => import('./text/open.js'),
};
const place = document.querySelector('[data-modeler]');
if (place) open();

async function open() {
  const { kind } = place.dataset;
  const narrow = matchMedia('(max-width: 899.98px)').matches || 'readonly' in place.dataset;
  try {
    const made = narrow ? await import('./narrow.js') : await KINDS[kind]();
    await made.open(place, performance.now());
  } catch (error) {
    const box = place.querySelector('[data-failed]');
    box.hidden = false;
    box.querySelector('[data-why]').textContent = error.message;
    // Whoever looks after the system reads the rest in the browser's console.
    if (error.message !== '404') console.error(error);
  }
}
