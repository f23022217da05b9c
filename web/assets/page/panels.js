// A panel that somebody closed stays closed, on this computer, on every page that has it: details[data-panel=NAME].

export function rememberPanels() {
  document.querySelectorAll('details[data-panel]').forEach((panel) => {
    const name = `panel:${panel.dataset.panel}`;
    try {
      if (localStorage.getItem(name) === 'closed') panel.open = false;
      panel.addEventListener('toggle', () => localStorage.setItem(name, panel.open ? 'open' : 'closed'));
    } catch {
      // A browser that keeps nothing shows the panel open.
    }
  });
}
