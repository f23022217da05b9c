// An ID number tells when somebody was born, their sex and where the number was first given: once eighteen characters
// stand there the server is asked (it judges the form by the same rule), the answer is shown below the field, and what
// the number decides is filled in where nothing stands yet.

const LONG = 18;

export function readIdentities() {
  document.addEventListener('input', (event) => {
    const field = event.target;
    if (!field.matches || !field.matches('input[data-identity]')) return;
    const number = field.value.replace(/\s/g, '');
    if (number.length < LONG) {
      say(field, '');
      return;
    }
    ask(field);
  });
}

async function ask(field) {
  const asked = field.value;
  const token = document.querySelector('meta[name="csrf-token"]');
  try {
    const answer = await fetch(field.dataset.identity, {
      method: 'POST',
      body: new URLSearchParams({ number: asked }),
      headers: { 'X-CSRFToken': token ? token.content : '', 'X-Requested-With': 'fetch' },
      redirect: 'manual',
    });
    if (!answer.ok || field.value !== asked) return; // what was asked about stands there no more
    const told = await answer.json();
    say(field, told.fault || told.words || '', Boolean(told.fault));
    if (!told.fault) fill(field, told);
  } catch {
    // Without an answer the form is judged when it is handed in, as always.
  }
}

function say(field, text, wrong = false) {
  const place = document.getElementById(`${field.id}-read`);
  if (!place) return;
  place.textContent = text;
  place.classList.toggle('is-wrong', wrong);
}

function fill(field, told) {
  for (const other of document.querySelectorAll(`[data-by-id$=" ${CSS.escape(field.id)}"]`)) {
    const text = told[other.dataset.byId.split(' ')[0]];
    if (!text) continue;
    if (other.matches('fieldset')) {
      if (other.querySelector('input:checked:not([value=""])')) continue;
      const label = [...other.querySelectorAll('label')].find((each) => each.textContent.trim() === text);
      if (label) document.getElementById(label.htmlFor).checked = true;
    } else if (!other.value) {
      if (other.tagName === 'SELECT') {
        const option = [...other.options].find((each) => each.textContent.trim() === text);
        if (option) other.value = option.value;
      } else other.value = text;
    }
  }
}
