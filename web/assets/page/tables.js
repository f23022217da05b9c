// A spreadsheet puts its table on the clipboard as text and as HTML; only the HTML knows which cells were merged. Each
// cell of a merged one gets its content, as a workbook that is uploaded does, and the page is told which those are.

const MOST = 600 * 60;

export function readTables() {
  document.addEventListener('paste', (event) => {
    const box = event.target;
    if (!box.matches || !box.matches('textarea[data-table]') || !event.clipboardData) return;
    const found = filled(event.clipboardData.getData('text/html'));
    if (!found) return;
    event.preventDefault();
    box.setRangeText(found.text, box.selectionStart, box.selectionEnd, 'end');
    const kept = box.form.querySelector('[name=merged]');
    if (kept && box.value === found.text) kept.value = found.merged.join(',');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

// The text of a table with merged cells; nothing when there are none, since the plain text is then as good.
function filled(html) {
  if (!/(row|col)span/i.test(html)) return null;
  const table = new DOMParser().parseFromString(html, 'text/html').querySelector('table');
  if (!table || table.querySelectorAll('td, th').length > MOST) return null;
  const grid = [];
  const merged = [];
  [...table.rows].forEach((row, at) => {
    grid[at] = grid[at] || [];
    let column = 0;
    for (const cell of row.cells) {
      while (grid[at][column] !== undefined) column += 1;
      const text = cell.textContent.replace(/\s+/g, ' ').trim();
      for (let down = 0; down < Math.min(cell.rowSpan || 1, 600); down += 1) {
        grid[at + down] = grid[at + down] || [];
        for (let right = 0; right < Math.min(cell.colSpan || 1, 60); right += 1) {
          grid[at + down][column + right] = text;
          if (down) merged.push(`${at + down}:${column + right}`);
        }
      }
      column += 1;
    }
  });
  return { text: grid.map((row) => Array.from(row, (cell) => cell || '').join('\t')).join('\n'), merged };
}
