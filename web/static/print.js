// The print button of a notice; without it the browser's own menu prints the same page.
document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false;
  if (button.autofocus) button.focus();
  button.addEventListener('click', () => window.print());
});
// A page that was opened to be printed opens the dialog itself, once: coming back to it prints nothing.
const fresh = document.querySelector('[data-print-now]');
if (fresh && !sessionStorage.getItem(`printed ${fresh.dataset.printNow}`)) {
  sessionStorage.setItem(`printed ${fresh.dataset.printNow}`, '1');
  window.print();
}
