"""How far a value goes that a finished task gave the flow: which tasks it reached, and which of them still carry it.

The tree is not all of the way. Into a call activity the data are copied at its start, out of it from its last task, and
a join gathers from every branch (its own comes last and wins, spiffworkflow.md §10.8). Finished call activities must be
in the workflow (`state.thaw`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

#: The names that a task gives the flow itself; a value that came to it under such a name ends there.
Gives = Callable[[Task], Collection[str]]
_THERE = TaskState.FINISHED_MASK | TaskState.READY | TaskState.WAITING | TaskState.STARTED


@dataclass
class Reached:
    """A task that a value reached: under which names it came, and under which the task's data still have it."""

    task: Task
    came: set[str] = field(default_factory=set)
    carried: set[str] = field(default_factory=set)


def follow(workflow: BpmnWorkflow, origin: Task, names: Collection[str], gives: Gives) -> list[Reached]:
    """Every task that the values reached which `origin` gave under these names, the origin itself first."""
    way = _Way(workflow, gives)
    way.leave(origin, set(names))
    while way.left:
        task, fresh = way.left.pop()
        for each, given in _onward(way.workflow, task, fresh):
            way.arrive(each, given)
    return list(way.reached.values())


class _Way:
    """What is known so far. A task that is reached again by another way is looked at once more, for what is new."""

    def __init__(self, workflow: BpmnWorkflow, gives: Gives) -> None:
        self.workflow, self.gives = workflow, gives
        self.reached: dict[UUID, Reached] = {}
        self.left: list[tuple[Task, set[str]]] = []

    def of(self, task: Task) -> Reached:
        return self.reached.setdefault(task.id, Reached(task))

    def arrive(self, task: Task, names: set[str]) -> None:
        known = self.of(task)
        fresh = names - known.came
        known.came |= fresh
        inside = self.workflow.subprocesses.get(task.id)
        if inside is None:
            self.leave(task, fresh - set(self.gives(task)))
            return
        if not fresh:
            return
        for start in inside.task_tree.children:
            self.arrive(start, fresh)
        if not task.has_state(TaskState.FINISHED_MASK):
            self.leave(task, fresh)  # Its own data are what went in, until its last task gives what comes out.

    def leave(self, task: Task, names: set[str]) -> None:
        known = self.of(task)
        fresh = names - known.carried
        known.carried |= fresh
        if not fresh:
            return
        self.left.append((task, fresh))
        level = task.workflow
        if level.parent_task_id is not None and level.completed and level.last_task is task:
            above = self.workflow.get_task_from_id(level.parent_task_id)
            if above.has_state(TaskState.FINISHED_MASK):
                self.leave(above, fresh)


def _onward(workflow: BpmnWorkflow, task: Task, names: set[str]) -> Iterator[tuple[Task, set[str]]]:
    for child in task.children:
        if not child.has_state(_THERE):
            continue
        if not _joins(child):
            yield child, names
            continue
        for join in _through(child):
            given = {name for name in names if _giver(join, name) is task}
            if given:
                yield join, given


def _joins(task: Task) -> bool:
    return isinstance(task.task_spec, ParallelGateway | InclusiveGateway) and len(task.task_spec.inputs) > 1


def _through(arrived: Task) -> Iterator[Task]:
    """The tasks of a join that went on after a branch had arrived at it; none while it still waits."""
    for each in arrived.workflow.tasks.values():
        went_on = each.task_spec is arrived.task_spec and each.has_state(TaskState.COMPLETED | TaskState.READY)
        if went_on and (each is arrived or arrived in _gathered(each)):
            yield each


def _gathered(join: Task) -> list[Task]:
    """The other branches' tasks of a join that it gathered from, the one that wins last."""
    others = [
        each
        for each in join.workflow.tasks.values()
        if each.task_spec is join.task_spec
        and each is not join
        and each.has_state(TaskState.FINISHED_MASK)
        and each.last_state_change <= join.last_state_change
        and not join.is_descendant_of(each)
        and not each.is_descendant_of(join)
    ]
    return sorted(others, key=lambda each: each.last_state_change)


def _giver(join: Task, name: str) -> Task | None:
    """The task from whose data a join has a value: its own branch's, else the last of the others that has it."""
    parents = [join.parent, *(each.parent for each in reversed(_gathered(join)))]
    return next((each for each in parents if each is not None and name in each.data), None)
