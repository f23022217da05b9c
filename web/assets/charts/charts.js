// The leaders' charts. This entry is small: figures and the drawing library are asked for once the page is there and a
// chart comes into sight. Each chart fills a table twin with the same figures.
import { TABLES } from './tables.js';

const MOST = 10;

const place = document.querySelector('.dd-charts');
if (place) {
  if ('IntersectionObserver' in window) {
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      begin();
    }, { rootMargin: '400px' });
    watch.observe(place);
  } else begin();
}

async function begin() {
  const figures = [...place.querySelectorAll('[data-chart]')];
  figures.forEach((figure) => say(figure, '正在读取数据……'));
  try {
    const [trends, load, library] = await Promise.all([
      ask(place.dataset.trends),
      ask(place.dataset.load),
      import('./draw.js'),
    ]);
    const data = { ...trends, ...load };
    figures.forEach((figure) => show(figure, data[figure.dataset.chart], library));
  } catch (error) {
    figures.forEach((figure) => say(figure, '图表没有读取成功，请刷新页面；数据见“只看数据表”。'));
  }
}

async function ask(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function show(figure, rows, library) {
  const name = figure.dataset.chart;
  if (!rows.length || (name === 'weeks' && !rows.some((row) => row.received || row.in_time || row.late))) {
    say(figure, '这段时间没有数据。');
    return;
  }
  say(figure, '');
  twin(figure, name, rows);
  figure.classList.add('dd-drawn');
  const list = place.dataset.list;
  // A picture of the worst; the table has them all.
  const shown = name === 'weeks' ? rows : rows.slice(0, MOST);
  if (shown.length < rows.length) say(figure, `图中为前 ${MOST} 项，全部 ${rows.length} 项见数据表。`);
  library.draw(figure.querySelector('[data-canvas]'), name, shown, figure.querySelector('figcaption').textContent, (row) => {
    if (name === 'people') location.href = `${list}?state=red&who=${encodeURIComponent(row.key)}`;
  });
}

function say(figure, text) {
  const status = figure.querySelector('[data-status]');
  status.textContent = text;
  status.hidden = !text;
}

function twin(figure, name, rows) {
  const { columns } = TABLES[name];
  const table = document.createElement('table');
  table.className = 'table table-sm dd-figures';
  const head = table.createTHead().insertRow();
  columns.forEach(([title]) => {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = title;
    head.append(cell);
  });
  const body = table.createTBody();
  rows.forEach((row) => {
    const line = body.insertRow();
    columns.forEach(([, key], index) => {
      const cell = document.createElement(index ? 'td' : 'th');
      if (!index) cell.scope = 'row';
      cell.textContent = row[key] === null ? '—' : row[key];
      line.append(cell);
    });
  });
  const details = figure.querySelector('[data-twin]');
  details.querySelector('.dd-scroll').replaceChildren(table);
  details.hidden = false;
}
