"""SpiffWorkflow's own words that the runtime needs; imported from here, so that one room knows the library."""

from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

#: A token stands on a task in one of these states.
STANDING = TaskState.READY | TaskState.WAITING | TaskState.STARTED

__all__ = [
    "STANDING",
    "BpmnWorkflow",
    "CatchingEvent",
    "ExclusiveGateway",
    "InclusiveGateway",
    "ParallelGateway",
    "Task",
    "TaskState",
]
