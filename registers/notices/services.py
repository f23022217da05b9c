"""What flows ask for: issuing a document from a template of the release."""

from __future__ import annotations

from engine.runtime.services import Outputs, ServiceCall, services
from registers.notices import issuing


@services.service("notices.issue", "制发文书", outputs={}, repeat="bars return")
def issue(call: ServiceCall) -> Outputs:
    """Renders the template that the task's `notice` names, numbers and keeps it. A template that reads what is not
    there fails loudly: no family gets a letter with a hole in it."""
    issuing.issue(call, call.element.properties.get("notice", ""), call.task_id)
    return {}
