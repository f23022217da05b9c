// The print button of a notice; without it the browser's own menu prints the same page.
document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false;
  if (button.autofocus) button.focus();
  button.addEventListener('click', () => window.print());
});
