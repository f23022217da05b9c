// While an answer to an earlier change is on its way, people go on typing. What they typed meanwhile stands in the
// boxes that the answer brings; where they are stays where it was.
let left = null;

function controls(root) {
  return [...root.querySelectorAll('input[name], select[name], textarea[name]')].filter(
    (each) => !each.readOnly && !each.disabled && !['hidden', 'file'].includes(each.type),
  );
}

function sameAs(control, other) {
  if (other.name !== control.name || other.type !== control.type) return false;
  return !['radio', 'checkbox'].includes(control.type) || other.value === control.value;
}

export function keepTyping() {
  document.addEventListener('htmx:oobBeforeSwap', (event) => {
    const { target, fragment } = event.detail;
    if (!target || !fragment) return;
    const coming = controls(fragment);
    for (const control of controls(target)) {
      const other = coming.find((each) => sameAs(control, each));
      if (!other) continue;
      if (['radio', 'checkbox'].includes(control.type)) other.checked = control.checked;
      else if (control.tagName === 'SELECT' && control.multiple) {
        for (const option of other.options) {
          option.selected = [...control.selectedOptions].some((each) => each.value === option.value);
        }
      } else other.value = control.value;
    }
    const here = document.activeElement;
    if (here && target.contains(here) && here.id) {
      left = { id: here.id, start: here.selectionStart, end: here.selectionEnd };
    }
  });
  document.addEventListener('htmx:oobAfterSwap', () => {
    const back = left && document.getElementById(left.id);
    if (!back || document.activeElement === back) return;
    back.focus();
    if (left.start !== null && left.start !== undefined && back.setSelectionRange) {
      try {
        back.setSelectionRange(left.start, left.end);
      } catch {
        // A number has no place of the cursor.
      }
    }
    left = null;
  });
}
