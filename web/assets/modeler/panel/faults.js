// Which field a problem of the lint belongs to. What belongs to none is said above the fields.
const FIELDS = {
  id: ['id-missing', 'id-form', 'id-reserved', 'id-duplicate'],
  name: ['name-missing'],
  role: ['role-missing'],
  area: ['area-missing', 'area-unknown'],
  form: ['form-missing', 'form-unknown', 'form-source'],
  due: ['due-missing'],
  ladder: ['ladder'],
  clock: ['clock', 'clock-unknown', 'clock-length', 'clock-resume', 'clock-open'],
  separate: ['separate-unknown', 'people-mixed'],
  people: ['people', 'people-few'],
  waits_for: ['waits-for'],
  offline: ['offline'],
  bulk: ['bulk'],
  wait: ['wait-missing'],
  clause: ['clause', 'clause-missing', 'clause-unknown', 'clause-expired'],
  notice: ['notice-missing', 'notice-unknown'],
  documentation: ['help-missing'],
  operation: ['operation-missing', 'operation-unknown', 'reads-missing', 'reads-unsure'],
  inputs: ['input-unknown', 'input-missing', 'input-twice'],
  decision: ['decision-missing', 'decision-unknown'],
  calledElement: ['call-missing', 'call-unknown', 'call-cycle'],
  flows: ['default-missing', 'default-unknown', 'conditions-overlap', 'gateway-idle'],
  condition: ['condition-missing', 'condition-misplaced', 'condition-kind', 'default-condition'],
  start: ['start', 'start-form'],
  parents: ['start-parents'],
  starters: ['start-role'],
  group: ['start-group'],
  opens_with: ['opens-with'],
  seen_by: ['seen-by'],
};
// These name their property in their sentence.
const NAMED = ['length', 'feel', 'role-unknown', 'property-unknown', 'property-misplaced', 'property-twice'];
const OF_RULE = new Map(Object.entries(FIELDS).flatMap(([field, rules]) => rules.map((rule) => [rule, field])));

/** { field: problems, '': the others } for the fields that are shown. */
export function byField(problems, shown) {
  const found = { '': [] };
  for (const each of problems) {
    const field = fieldOf(each, shown);
    (found[field] = found[field] || []).push(each);
  }
  return found;
}

function fieldOf({ rule, message }, shown) {
  const field = OF_RULE.get(rule);
  if (field && shown.includes(field)) return field;
  if (rule === 'role-unknown') return message.includes('梯次') ? 'ladder' : shown.includes('role') ? 'role' : '';
  if (!NAMED.includes(rule)) return '';
  return shown.find((name) => new RegExp(`(^|[^a-z_])${name}([^a-z_]|$)`).test(message)) || '';
}
