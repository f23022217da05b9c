"""An instance's state: SpiffWorkflow's serialisation without the specs, finished call activities set apart.

The specs live once a release. A call activity that is over never changes again (save by a rewind), so it moves into
a blob of its own, written once: a step of a long case then costs little more than its first (spiffworkflow.md §1).
The order of keys is meaning (a parent stands before its children), so the result is bytes, never jsonb.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import (
    BpmnSubWorkflowConverter,
    BpmnWorkflowConverter,
    TaskConverter,
    WorkflowConverter,
)
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import DoudiError

FORMAT = 1
#: A reserved word of SpiffWorkflow's registry: data with this key could never be loaded again.
RESERVED = "typename"


class _Tasks(TaskConverter):
    """A task as the difference to its parent's data. Flow data are scalars, so a plain comparison is enough."""

    def to_dict(self, task: Task) -> dict[str, Any]:
        parent = task.parent
        before = parent.data if parent is not None else {}
        return {
            "id": str(task.id),
            "parent": str(task._parent) if parent is not None else None,
            "children": [str(child) for child in task._children],
            "last_state_change": round(task.last_state_change, 3),
            "state": task.state,
            "task_spec": task.task_spec.name,
            "triggered": task.triggered,
            "internal_data": task.internal_data,
            "updates": {k: v for k, v in task.data.items() if k not in before or before[k] != v},
            "deletions": [k for k in before if k not in task.data],
        }

    def from_dict(self, dct: dict[str, Any], workflow: Any) -> Task:
        spec = workflow.spec.task_specs[dct["task_spec"]]
        task = self.target_class(workflow, spec, state=dct["state"], id=UUID(dct["id"]))
        task._parent = UUID(dct["parent"]) if dct["parent"] is not None else None
        task._children = [UUID(child) for child in dct["children"]]
        task.last_state_change = dct["last_state_change"]
        task.triggered = dct["triggered"]
        task.internal_data = dct["internal_data"]
        data = {}
        if dct["parent"] is not None:
            if task._parent not in workflow.tasks:
                raise DoudiError("办件状态的记录顺序被打乱，无法读取。请联系管理员从备份恢复。")
            data = dict(workflow.tasks[task._parent].data)
        data.update(dct["updates"])
        for key in dct["deletions"]:
            data.pop(key, None)
        task.data = data
        if isinstance(spec, CatchingEvent) and task.has_state(TaskState.WAITING):
            workflow.top_workflow.event_manager.add_task(task)
        return task


class _TopWorkflow(BpmnWorkflowConverter):
    """The workflow without its specs: they come from the release."""

    def to_dict(self, workflow: BpmnWorkflow) -> dict[str, Any]:
        dct = WorkflowConverter.to_dict(self, workflow)
        dct["spec"] = workflow.spec.name
        dct["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        return dct

    def from_dict(self, dct: dict[str, Any], specs: tuple[Any, dict[str, Any]], flow: Any) -> BpmnWorkflow:
        spec, called = specs
        workflow = self.target_class(spec, called, script_engine=flow, deserializing=True)
        _fill(self, workflow, dct)
        self.subprocesses_from_dict(dct["subprocesses"], workflow)
        return workflow


class _SubWorkflow(BpmnSubWorkflowConverter):
    """A call activity under way. Tasks are put into the workflow one by one, so that each finds its parent's data."""

    def from_dict(self, dct: dict[str, Any], task: Task, top_workflow: BpmnWorkflow) -> BpmnSubWorkflow:
        spec = top_workflow.subprocess_specs[task.task_spec.spec]
        subprocess = self.target_class(spec, task.id, top_workflow, deserializing=True)
        _fill(self, subprocess, dct)
        return subprocess


def _fill(converter: WorkflowConverter, workflow: Any, dct: dict[str, Any]) -> None:
    for key, task in dct["tasks"].items():
        workflow.tasks[UUID(key)] = converter.registry.restore(task, workflow=workflow)
    workflow.task_tree = workflow.tasks[UUID(dct["root"])]
    converter.set_default_attributes(workflow, dct)


_REGISTRY = BpmnWorkflowSerializer.configure({BpmnWorkflow: _TopWorkflow, BpmnSubWorkflow: _SubWorkflow, Task: _Tasks})


def dump(workflow: BpmnWorkflow, parked: set[str]) -> tuple[bytes, dict[str, bytes]]:
    """The state, and the newly finished call activities {task id: blob}; these leave the workflow object as well.

    `parked` are the ids of tasks with an open incident: they are part of the state, so that loading asks no table.
    """
    frozen = {}
    finished = [key for key, sub in workflow.subprocesses.items() if sub.completed and _is_over(workflow, sub)]
    for key in finished:
        frozen[str(key)] = _pack(_REGISTRY.convert(workflow.subprocesses[key]))
    for key in finished:
        del workflow.subprocesses[key]
    dct = _REGISTRY.convert(workflow)
    dct["format"] = FORMAT
    dct["parked"] = sorted(parked)
    return _pack(dct), frozen


def load(state: bytes, specs: tuple[Any, dict[str, Any]], flow: Any) -> tuple[BpmnWorkflow, set[str]]:
    """The workflow on the release's specs, with `flow` as its script engine, and the ids of its parked tasks."""
    dct = _unpack(state)
    if dct.pop("format", None) != FORMAT:
        raise DoudiError("办件状态的格式不是本版本所写，请先升级数据库。")
    parked = set(dct.pop("parked"))
    return _REGISTRY.restore(dct, specs=specs, flow=flow), parked


def thaw(workflow: BpmnWorkflow, frozen: Mapping[str, bytes]) -> None:
    """Puts finished call activities back into the workflow, outer ones first, before it goes back into one of them."""
    waiting = {UUID(key): _unpack(blob) for key, blob in frozen.items()}
    while waiting:
        levels = (workflow, *workflow.subprocesses.values())
        found = {key: level.tasks[key] for level in levels for key in waiting if key in level.tasks}
        for key, task in found.items():
            sub = _REGISTRY.restore(waiting.pop(key), task=task, top_workflow=workflow)
            sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
            workflow.subprocesses[key] = sub
        if not found:
            return  # What is left hung in a call activity that is itself gone.


def _is_over(workflow: BpmnWorkflow, sub: BpmnSubWorkflow) -> bool:
    """Whether the call activity's own task is finished. Its parent may itself be frozen in this very dump."""
    parent = workflow.get_task_from_id(sub.parent_task_id)
    return parent.has_state(TaskState.FINISHED_MASK)


def _pack(dct: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(dct, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _unpack(state: bytes) -> dict[str, Any]:
    return json.loads(zlib.decompress(state))
