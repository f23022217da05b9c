"""Task classes of ours: what a service task, a decision and a timer do when the engine runs them.

All three ask the workflow's script engine (`engine.spiff.flow.Flow`), which has worked out the answer *before* the
task runs. So nothing can fail between "the task ran" and "its successors are armed", and a failing task stays READY.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import Task


class PreparedTask(SpiffBpmnTask):
    """A task whose outputs were worked out before it runs."""

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data.update(my_task.workflow.script_engine.prepared(my_task))
        return True


class ServiceTask(PreparedTask):
    """Calls a registered operation by name. `parameters` maps an input to the FEEL expression that gives it."""

    def __init__(self, wf_spec: Any, bpmn_id: str, operation: str, parameters: dict[str, str], **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.operation = operation
        self.parameters = parameters


class DecisionTask(PreparedTask):
    """Evaluates a DMN decision of the release."""

    def __init__(self, wf_spec: Any, bpmn_id: str, decision: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.decision = decision


class CalendarTimer(TimerEventDefinition):
    """A timer whose due instant the calendar computes; it fires only when `fire` names it, at or after that instant.

    A timer that cannot be armed keeps the cause in its internal data instead of raising in the middle of a step
    (SpiffWorkflow forgets such a timer silently); the runtime makes an incident of it.
    """

    def __init__(self, name: str, wait: str) -> None:
        super().__init__(name, wait)
        self.wait = wait

    def has_fired(self, my_task: Task) -> bool:
        flow = my_task.workflow.script_engine
        armed = my_task._get_internal_data("event_value")
        if armed is None:
            armed = flow.arm(my_task, self.wait)
            my_task._set_internal_data(event_value=armed)
        if "due" not in armed or not flow.is_firing(my_task):
            return False
        if datetime.fromisoformat(armed["due"]) <= flow.now:
            my_task._set_internal_data(event_fired=True)
            return True
        return False
