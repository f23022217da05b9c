// The very FEEL of the server, in a thread of its own: its bundle replaces the clock and must not do so to the page.
import '../feel/feel.js';

self.onmessage = ({ data: { id, jobs, context } }) => {
  let answers;
  try {
    answers = JSON.parse(globalThis.feelMany(JSON.stringify(jobs), JSON.stringify(context), false));
  } catch {
    answers = jobs.map(() => ({ error: 'failed' }));
  }
  self.postMessage({ id, answers });
};
