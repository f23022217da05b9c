// What was kept in this browser of a decision is deployed now.
const page = document.querySelector('[data-decision-deployed]');
if (page) {
  try {
    localStorage.removeItem(`decision:${page.dataset.decisionDeployed}`);
  } catch { /* Nothing was kept then. */ }
}
