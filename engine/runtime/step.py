"""One step of an instance: load, run the task that somebody or the clock completed, run the engine on, save.

Everything that can fail (a service, a decision, a condition, a deadline) is worked out *before* its task runs. When it
fails, the task stays READY and an incident parks it: the person's act and the sibling branches go on (design.md §4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.calendar.days import Calendar
from engine.decisions import tables
from engine.errors import DoudiError, EngineFault, ExpressionError
from engine.holidays import queries as holidays
from engine.parameters import queries as parameters
from engine.releases.loaded import ElementInfo, LoadedRelease
from engine.runtime.clock_orders import ClockOrder, ordered
from engine.runtime.deadlines import deadline
from engine.runtime.models import Instance, Submission, WorkItem
from engine.runtime.outputs import Lazy, ServiceFailed, declared
from engine.runtime.services import Element, ServiceCall, services
from engine.spiff import state
from engine.spiff.flow import Flow
from engine.spiff.specs import DecisionTask, ServiceTask
from engine.spiff.terms import (
    STANDING,
    BpmnWorkflow,
    CatchingEvent,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
    Task,
    TaskState,
)

#: More engine tasks than this in one step is a loop without a human in it.
LIMIT = 500


@dataclass
class Trouble:
    """Why an element could not run: the incident to be."""

    task: Task
    kind: str
    cause: str


@dataclass
class Step:
    """The working memory of one step. `ran` is the path taken: (process, element), in order."""

    session: Session
    instance: Instance
    release: LoadedRelease
    actor: Actor
    now: datetime
    workflow: BpmnWorkflow = field(init=False)
    flow: Flow = field(init=False)
    parked: set[str] = field(default_factory=set)
    humans_before: dict[str, Task] = field(default_factory=dict)
    timers_before: dict[str, Task] = field(default_factory=dict)
    ran: list[tuple[str, str]] = field(default_factory=list)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    clock_orders: list[ClockOrder] = field(default_factory=list)
    fresh: list[Submission] = field(default_factory=list)
    #: Work items that this step completed.
    completed: list[WorkItem] = field(default_factory=list)
    #: When the timer that fires in this step was due; what starts here was meant to start then.
    meant_at: datetime | None = None
    #: When the act that this step enters really took place, if that was before now (补录).
    acted_at: datetime | None = None
    _parameters: Mapping[str, Any] | None = None

    @property
    def acted(self) -> datetime:
        """When the act of this step took place."""
        return self.acted_at or self.now

    # Getting there

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar in force; read once a step, when first asked."""
        return holidays.current(self.session)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The dated parameters of the day on which this case is decided; read once a step, when first asked."""
        if self._parameters is None:
            self._parameters = parameters.of(self.session, self.instance)
        return self._parameters

    def _make_flow(self) -> Flow:
        def due(text: str, start: datetime) -> dict[str, Any]:
            found = deadline(text, start, self.calendar)
            return {"due": found.at.isoformat(), "basis": found.basis}

        return Flow(self.now, lambda: self.parameters, due)

    def begin(self, scalars: Mapping[str, Any]) -> None:
        """A new instance of the process; its flow begins with these scalars."""
        self.flow = self._make_flow()
        spec, called = self.release.specs[self.instance.process_id]
        self.workflow = BpmnWorkflow(spec, called, script_engine=self.flow)
        self.workflow.task_tree.data.update(scalars)

    def load(self) -> None:
        """The instance as it was saved."""
        self.flow = self._make_flow()
        specs = self.release.specs[self.instance.process_id]
        self.workflow, self.parked = state.load(self.instance.state, specs, self.flow)
        self.humans_before, self.timers_before = self.humans(), self.timers()

    def task(self, task_id: str) -> Task:
        """The task of that id; DoudiError when the instance no longer has it."""
        for workflow in self._workflows():
            for key, task in workflow.tasks.items():
                if str(key) == task_id:
                    return task
        raise DoudiError("这一步已经不在流程中，请刷新后查看。")

    def humans(self) -> dict[str, Task]:
        """READY human tasks by id."""
        return {
            str(task.id): task
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if task.state == TaskState.READY and task.task_spec.manual
        }

    def timers(self) -> dict[str, Task]:
        """WAITING timers by id."""
        return {
            str(task.id): task
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
        }

    # Moving

    def complete(self, task: Task, scalars: Mapping[str, Any]) -> None:
        """A human task is done; only the scalars that its form declares reach the flow."""
        task.data.update(scalars)
        try:
            self.clock_orders += self._clock_orders(task)
        except DoudiError as error:  # The act is kept; what is wrong with the clock is an incident.
            self.troubles.append(Trouble(task, "clock", error.message))
        self._ran(task)
        task.run()

    def fire(self, task: Task, due_at: datetime) -> bool:
        """A due timer fires; False when its instant has not come. Its row says which: a recount may have moved it
        since it was armed."""
        task.internal_data["event_value"] = {**task.internal_data["event_value"], "due": due_at.isoformat()}
        self.flow.let_fire(task)
        task.task_spec._update(task)
        return task.state == TaskState.READY

    def rearm(self, task: Task) -> None:
        """A timer that could not be armed is tried again."""
        task.internal_data.pop("event_value", None)
        task.task_spec._update(task)

    def advance(self) -> None:
        """Runs the engine's own tasks until only people, timers and parked elements are left."""
        count = 0
        while True:
            ready = self._next()
            if ready is None:
                break
            count += 1
            if count > LIMIT:
                self._park(ready, "loop", f"流程在“{self.element(ready).name}”附近空转，{LIMIT}步内没有到达人工环节。")
                for other in self._ready():
                    self.parked.add(str(other.id))
                break
            self._run(ready)
        for task in self.timers().values():
            armed = task.internal_data.get("event_value") or {}
            if "error" in armed and str(task.id) not in self.parked:
                self._park(task, "timer", armed["error"])

    def park_all(self, fault: EngineFault) -> None:
        """Instead of `advance`, after the engine itself failed on this step: everything that is READY waits."""
        for task in self._ready():
            self._park(task, "engine", f"{fault.message}（{fault.element}：{fault.cause}）")

    def _run(self, task: Task) -> None:
        spec, info = task.task_spec, self.element(task)
        try:
            if isinstance(spec, ServiceTask):
                outputs, orders = self._call(task, spec)
                self.flow.prepare(task, outputs)
            elif isinstance(spec, DecisionTask):
                outputs = self._decide(task, spec)
                orders = self._clock_orders(task, outputs)
                self.flow.prepare(task, outputs)
            else:
                orders = self._clock_orders(task)
            if isinstance(spec, ExclusiveGateway | InclusiveGateway):
                for condition, _ in spec.cond_task_specs:
                    if condition is not None and condition._matches(task) and isinstance(spec, ExclusiveGateway):
                        break
        except ExpressionError as error:
            self._park(task, "decision" if isinstance(spec, DecisionTask) else "expression", error.message)
            return
        except ServiceFailed as failed:
            self._park(task, "service", str(failed))
            return
        except DoudiError as error:
            self._park(task, "clock", error.message)
            return
        try:
            task.run()
        except Exception as error:
            raise EngineFault(element=info.name, cause=f"{type(error).__name__}：{error}") from error
        self._ran(task)
        self.clock_orders += orders
        workflow = task.workflow
        if workflow.parent_task_id is not None and workflow.completed:
            parent = self.workflow.get_task_from_id(workflow.parent_task_id)
            parent.task_spec._update(parent)

    def _call(self, task: Task, spec: ServiceTask) -> tuple[dict[str, Any], list[ClockOrder]]:
        """The outputs of a service operation and the clocks that they start. All inside one savepoint: an operation
        whose outputs or clocks are wrong leaves no row behind, so that it can be run again."""
        service = services.get(spec.operation)
        if service is None:
            raise ServiceFailed(f"没有名为“{spec.operation}”的服务操作。")
        info = self.element(task)
        call = ServiceCall(
            session=self.session,
            instance=self.instance,
            element=Element(info.id, info.name, info.process_id, info.properties),
            task_id=str(task.id),
            inputs={name: self.flow.value(text, task.data) for name, text in spec.parameters.items()},
            flow=task.data,
            parameters=Lazy(lambda: self.parameters),
            actor=self.actor,
            now=self.now,
            deadline=lambda text: deadline(text, self.now, self.calendar),
            fresh=self.fresh,
            release=self.release,
            acted_at=self.acted_at,
            decisions=self._decisions(),
        )
        decided_on = self.instance.parameters_on
        try:
            with self.session.begin_nested():
                outputs = service.function(call) or {}
                declared(service, outputs, self._scheme())
                if self.instance.parameters_on != decided_on:
                    self._parameters = None  # The operation pinned another day: what follows reads that day's values.
                orders = self._clock_orders(task, outputs)
        except ExpressionError:
            raise
        except DoudiError as error:
            raise ServiceFailed(error.message) from error
        except ServiceFailed:
            raise
        except Exception as error:  # An operation's own fault must not undo the person's act.
            # A database's own words may name people; they go to the log, not to the incident that administrators read.
            said = "" if isinstance(error, SQLAlchemyError) else f"：{error}"
            raise ServiceFailed(f"服务操作“{service.title}”出错：{type(error).__name__}{said}") from error
        task.internal_data["read"] = call.noted.kept()
        return outputs, orders

    def _decide(self, task: Task, spec: DecisionTask) -> dict[str, Any]:
        decision = self.release.decisions.get(spec.decision)
        if decision is None:
            raise ExpressionError(f"没有名为“{spec.decision}”的决策表。")
        context = {**task.data, "parameters": dict(self.parameters), "today": self.now.date().isoformat()}
        decided = tables.evaluate(decision, context)
        for name, value in decided.outputs.items():
            if not isinstance(value, str | int | float | bool):
                raise ExpressionError(f"决策“{decision.name}”的结果“{name}”不是文字、数字或是否：{value}")
        task.internal_data["decided"] = {
            "decision": decision.id,
            "rows": list(decided.rows),
            "inputs": dict(decided.inputs),
            "outputs": dict(decided.outputs),
        }
        return dict(decided.outputs)

    def _scheme(self) -> str:
        process = self.release.processes[self.instance.process_id]
        return process.scheme or process.id

    def _decisions(self) -> dict[str, Any]:
        """The records of the decisions that ran, newest last; they are part of the state."""
        records = [
            (task.last_state_change, task.internal_data["decided"])
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if "decided" in task.internal_data and task.has_state(TaskState.FINISHED_MASK)
        ]
        return {record["decision"]: record for _, record in sorted(records, key=lambda each: each[0])}

    def _clock_orders(self, task: Task, outputs: Mapping[str, Any] | None = None) -> list[ClockOrder]:
        """What the element's `clock` property orders. A length that is none is found out here, before the task runs."""
        return ordered(self, self.element(task), {**task.data, **(outputs or {})})

    def order_again(self, task_id: str, process_id: str, element_id: str) -> None:
        """The clocks of a person's task that was done while they could not be armed. Raises DoudiError, and the
        incident stays, when they still cannot."""
        if task_id not in self.humans_before and not any(str(task.id) == task_id for task in self._ready(parked=True)):
            self.clock_orders += ordered(self, self.release.element(process_id, element_id), self.scalars())

    # Seeing

    def element(self, task: Task) -> ElementInfo:
        """What the drawing says of the task."""
        spec, process_id = task.task_spec, task.workflow.spec.name
        known = self.release.processes[process_id].elements.get(spec.bpmn_id or spec.name)
        return known or ElementInfo(spec.name, spec.name, process_id, "internal")

    def stage(self) -> str:
        """The names of the top-level elements where the tokens stand."""
        names: list[str] = []
        for task in self.workflow.tasks.values():
            if task.has_state(STANDING) and task.task_spec.bpmn_id:
                name = self.element(task).name
                if name not in names:
                    names.append(name)
        return "、".join(names)

    def active(self) -> dict[str, list[str]]:
        """{process: the drawn elements where tokens stand}."""
        found: dict[str, list[str]] = {}
        for workflow in self._workflows():
            for task in workflow.tasks.values():
                standing = task.has_state(STANDING)
                if standing and task.task_spec.bpmn_id:
                    found.setdefault(workflow.spec.name, []).append(task.task_spec.bpmn_id)
        return found

    def scalars(self) -> dict[str, Any]:
        """The flow's data: where the tokens stand, else (when it is over) what it ended with."""
        data: dict[str, Any] = {}
        if self.workflow.completed:
            data.update(self.workflow.last_task.data if self.workflow.last_task else {})
        for task in (*self.timers().values(), *self.humans().values(), *self._ready(parked=True)):
            data.update(task.data)
        return data

    # Inside

    def _workflows(self) -> list[Any]:
        return [self.workflow, *self.workflow.subprocesses.values()]

    def _ready(self, parked: bool = False) -> list[Task]:
        """READY engine tasks, the deepest call activities first; the parked ones only when asked for.

        The task dictionaries are read as they are: SpiffWorkflow's own iterator stops at depth 1000.
        """
        return [
            task
            for workflow in sorted(self._workflows(), key=lambda each: -each.depth)
            if not workflow.completed
            for task in workflow.tasks.values()
            if task.state == TaskState.READY
            and not task.task_spec.manual
            and (parked or str(task.id) not in self.parked)
        ]

    def _next(self) -> Task | None:
        ready = self._ready()
        return ready[0] if ready else None

    def _park(self, task: Task, kind: str, cause: str) -> None:
        self.parked.add(str(task.id))
        self.troubles.append(Trouble(task, kind, cause))

    def _ran(self, task: Task) -> None:
        if not task.task_spec.bpmn_id:
            return
        process = task.workflow.spec.name
        self.ran.append((process, task.task_spec.bpmn_id))
        if isinstance(task.task_spec, ParallelGateway):
            # A join runs once, under one of its branches in the tree; all of its flows were taken.
            self.taken += [(process, each.bpmn_id, task.task_spec.bpmn_id) for each in task.task_spec.inputs]
            return
        parent = task.parent
        while parent is not None and not parent.task_spec.bpmn_id:
            parent = parent.parent
        if parent is not None:
            self.taken.append((process, parent.task_spec.bpmn_id, task.task_spec.bpmn_id))
