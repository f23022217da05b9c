"""Going back to a task that was done: what came after it is taken out of the tree, what ran beside it stays.

SpiffWorkflow's own reset leaves four things wrong (spiffworkflow.md §4): a join that its other branch had opened goes
on beside the work done anew, a finished process stays finished, timers that are gone stay armed, and a finished call
activity is not there to go back into. Here each is put right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

JOINS = (ParallelGateway, InclusiveGateway)


def rewind(workflow: BpmnWorkflow, target: Task) -> list[Task]:
    """Makes a COMPLETED task READY again, under a new id; returns the tasks that were finished and are undone, the
    target among them, as they were. Every finished call activity must be in the workflow (`state.thaw`)."""
    before = [task for task in every(workflow) if task.has_state(TaskState.FINISHED_MASK)]
    for task in _levels(workflow, target):
        task.workflow.completed = False
        _close_joins(workflow, task)
    workflow.reset_from_task_id(target.id)
    _drop_orphans(workflow)
    left = {task.id for task in every(workflow) if task.has_state(TaskState.FINISHED_MASK)}
    _rename(target)
    events = workflow.event_manager.tasks
    for key in [key for key, task in events.items() if not _stands(workflow, task)]:
        del events[key]
    return [task for task in before if task.id not in left]


def every(workflow: BpmnWorkflow) -> Iterator[Task]:
    """All tasks of all levels, read from the dictionaries: SpiffWorkflow's iterator stops at depth 1000."""
    for level in (workflow, *workflow.subprocesses.values()):
        yield from level.tasks.values()


def _levels(workflow: BpmnWorkflow, target: Task) -> Iterator[Task]:
    """The target, then the call activities that it lies in, the innermost first."""
    yield target
    inside = target.workflow
    while inside.parent_task_id is not None:
        task = workflow.get_task_from_id(inside.parent_task_id)
        yield task
        inside = task.workflow


def _close_joins(workflow: BpmnWorkflow, top: Task) -> None:
    """A join hangs under the branch that came last. When a branch that came first is gone back into, what follows the
    join is taken out and the join waits again; that may close further joins."""
    closed: set[UUID] = set()
    while True:
        below = _subtree([top, *(top.workflow.tasks[key] for key in closed if key in top.workflow.tasks)])
        specs = {
            task.task_spec.name
            for task in below.values()
            if isinstance(task.task_spec, JOINS)
            and task.has_state(TaskState.CANCELLED)
            and len(task.task_spec.inputs) > 1
        }
        found = next(
            (
                task
                for task in top.workflow.tasks.values()
                if task.task_spec.name in specs and task.has_state(TaskState.COMPLETED) and task.id not in below
            ),
            None,
        )
        if found is None:
            return
        closed.add(found.id)
        for task in list(_subtree([found]).values()):
            if task.id in workflow.subprocesses:
                workflow.delete_subprocess(task)
        found._drop_children(force=True)
        found._set_state(TaskState.WAITING)
        found.task_spec._predict(found, mask=TaskState.NOT_FINISHED_MASK)


def _subtree(tops: Iterable[Task]) -> dict[UUID, Task]:
    found, left = {}, list(tops)
    while left:
        task = left.pop()
        if task.id not in found:
            found[task.id] = task
            left += task.children
    return found


def _drop_orphans(workflow: BpmnWorkflow) -> None:
    """Call activities whose task is gone, and those inside them."""
    while True:
        gone = [key for key in workflow.subprocesses if not _held(workflow, key)]
        if not gone:
            return
        for key in gone:
            del workflow.subprocesses[key]


def _held(workflow: BpmnWorkflow, key: UUID) -> bool:
    return key in workflow.tasks or any(key in each.tasks for each in workflow.subprocesses.values())


def _stands(workflow: BpmnWorkflow, task: Task) -> bool:
    level = task.workflow
    there = level is workflow or workflow.subprocesses.get(level.parent_task_id) is level
    return there and level.tasks.get(task.id) is task


def _rename(task: Task) -> None:
    """Done anew it is another piece of work: the row of the work done before keeps the old id."""
    level, old = task.workflow, task.id
    task.id = uuid4()
    if task.parent is not None:
        task.parent._children = [task.id if each == old else each for each in task.parent._children]
    for child in task.children:
        child._parent = task.id
    level.tasks = {task.id if key == old else key: each for key, each in level.tasks.items()}
