// A menu of the head closes as menus do: by Escape, which gives the focus back, and by pressing anywhere else.

const OPEN = '.dd-head details[open]';

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll(OPEN)) {
    const within = menu.contains(document.activeElement);
    menu.open = false;
    if (within) menu.querySelector('summary').focus();
  }
});

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(event.target)) menu.open = false;
});
