// Lists are walked by keys: j and k go to the next row, Enter opens it (it is a link), x ticks it, / goes to the search,
// 1 to 6 turn to a list, ? shows what the keys do.

const typing = (element) => element.closest('input:not([type=checkbox]), select, textarea, [contenteditable], dialog');

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const links = [...document.querySelectorAll('[data-walked] tr:not(.dd-gone) .dd-row-link')];
  const at = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
  const tabs = document.querySelectorAll('.dd-tabs[aria-label="清单"] a');
  const help = document.getElementById('keys');
  if (event.key === '/' && document.querySelector('[data-find]')) document.querySelector('[data-find]').focus();
  else if (event.key === '?' && help) help.showModal();
  else if (/^[1-9]$/.test(event.key) && tabs[event.key - 1]) tabs[event.key - 1].click();
  else if (event.key === 'j' && links.length) links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === 'k' && links.length) links[Math.max(at - 1, 0)].focus();
  else if (event.key === 'x' && at >= 0) {
    const box = links[at].closest('tr').querySelector('input[type=checkbox]');
    if (box) box.checked = !box.checked;
  } else return;
  event.preventDefault();
});
