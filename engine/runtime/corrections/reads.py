"""What stands between a form and now that has used what the form gave: named before anybody types, judged when it is
handed in. When in doubt it has been used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel
from engine.clocks.orders import parse
from engine.decisions.tables import Decision
from engine.errors import DoudiError, ExpressionError
from engine.forms.expressions import names as tested
from engine.releases.loaded import ElementInfo, LoadedRelease
from engine.runtime.noting import ALL
from engine.runtime.services import services
from engine.runtime.step import Step
from engine.spiff import rewind
from engine.spiff.flow import LITERAL
from engine.spiff.following import Reached, follow
from engine.spiff.specs import CalendarTimer, DecisionTask, ServiceTask
from engine.spiff.terms import STANDING, ExclusiveGateway, InclusiveGateway, Task, TaskState

#: How each kind of reader says that it has used what would change.
WORDS = {
    "gateway": "按改后的内容，“{name}”会走到别的环节",
    "service": "“{name}”已经用了{what}",
    "decision": "“{name}”已按原来的{what}得出结果",
    "timer": "“{name}”的期限是按原来的{what}算的",
    "date": "“{name}”的办理期限是按原来的{what}算的",
    "clock": "“{name}”处的时限是按原来的{what}算的",
    "form": "“{name}”提交时核对过{what}",
    "whole": "“{name}”带走了全部内容",
}


@dataclass(frozen=True)
class Reader:
    """An element that looked at values which the form gave: `names` are the flow's, or (`of_form`) the fields'."""

    kind: str
    info: ElementInfo
    names: frozenset[str]
    task: Task
    of_form: bool = False

    def words(self, labels: Mapping[str, str]) -> str:
        """What it did with them, for whoever would change them."""
        said = [f"“{labels.get(name, name)}”" for name in sorted(self.names)]
        return WORDS[self.kind].format(name=self.info.name, what="、".join(said[:3]) + ("等" if said[3:] else ""))


def reached(step: Step, origin: Task, names: Collection[str]) -> list[Reached]:
    """How far the values go that a step's form gave the flow. The finished call activities are in the workflow."""
    return follow(step.workflow, origin, names, lambda task: gives(step, task))


def gives(step: Step, task: Task) -> Collection[str]:
    """The names that a task gives the flow itself."""
    spec = task.task_spec
    if isinstance(spec, ServiceTask):
        service = services.get(spec.operation)
        return service.outputs if service is not None else ()
    if isinstance(spec, DecisionTask):
        decision = step.release.decisions.get(spec.decision)
        return decision.output_names if decision is not None else ()
    if spec.manual and task.state == TaskState.COMPLETED:
        form = step.release.forms.get(step.element(task).properties.get("form", ""))
        return dict(form.flow_fields) if form is not None else ()
    return ()


def of_flow(step: Step, origin: Task, way: Collection[Reached]) -> list[Reader]:
    """The elements that looked at a value on its way, in the order of the drawing."""
    found = []
    for each in way:
        if each.task is origin or not each.came or not each.task.has_state(STANDING | TaskState.COMPLETED):
            continue
        for kind, names in _looks_at(step, each.task):
            seen = each.came if ALL in names else each.came & names
            if seen:
                found.append(Reader(kind, step.element(each.task), frozenset(seen), each.task))
    return found


def of_form(step: Step, submission_ids: Collection[int], fields: Collection[str]) -> list[Reader]:
    """The service operations that looked at these fields of any of the submissions, wherever they ran."""
    found = []
    for task in rewind.every(step.workflow):
        if not isinstance(task.task_spec, ServiceTask) or task.state != TaskState.COMPLETED:
            continue
        noted = task.internal_data.get("read")
        seen = {ALL} if noted is None else {f for key in submission_ids for f in noted["forms"].get(str(key), ())}
        names = frozenset(fields if ALL in seen else seen & set(fields))
        if names:
            found.append(Reader("service", step.element(task), names, task, of_form=True))
    return found


def decides_otherwise(step: Step, reader: Reader, new: Mapping[str, Any]) -> bool:
    """Whether a gateway goes another way with the new values than it went. One that cannot say does."""
    task, spec = reader.task, reader.task.task_spec
    data = {**task.data, **{name: new[name] for name in reader.names}}
    went = {child.task_spec.name for child in task.children}
    try:
        goes = set()
        for condition, target in spec.cond_task_specs:
            if condition is None:
                continue
            if "today" in feel.names(condition.args[0]):
                return True  # Nobody knows any more which day it was then.
            if step.flow.evaluate(data, condition.args[0]):
                goes.add(target)
                if isinstance(spec, ExclusiveGateway):
                    break
    except ExpressionError:
        return True
    return (goes or {spec.default_task_spec}) != went


def _looks_at(step: Step, task: Task) -> Iterator[tuple[str, Collection[str]]]:
    spec, done = task.task_spec, task.state == TaskState.COMPLETED
    info = step.element(task)
    if hasattr(spec, "merge_child") or getattr(spec, "io_specification", None) is not None:
        yield "whole", {ALL}
    inside = step.workflow.subprocesses.get(task.id)
    if inside is not None and inside.spec.io_specification is not None:
        yield "whole", {ALL}
    if isinstance(spec, ExclusiveGateway | InclusiveGateway) and done:
        yield "gateway", _names(each.args[0] for each, _ in spec.cond_task_specs if each is not None)
    if isinstance(spec, ServiceTask) and done:
        noted = task.internal_data.get("read")
        yield "service", {ALL} if noted is None else {*noted["flow"], *_names(spec.parameters.values())}
    if isinstance(spec, DecisionTask) and done:
        yield "decision", _decided_by(step.release, spec.decision)
    if isinstance(getattr(spec, "event_definition", None), CalendarTimer):
        yield "timer", _names([spec.event_definition.wait])
    if spec.manual:
        yield "date", _names(info.properties.get(each, "") for each in ("due", "warn"))
        form = step.release.forms.get(info.properties.get("form", "")) if done else None
        if form is not None:
            yield "form", {each.split(".")[0] for each in form.outer_names}
    if done and info.properties.get("clock"):
        yield "clock", _ordered(info.properties["clock"])


def _ordered(text: str) -> Collection[str]:
    try:
        return _names(each for order in parse(text) for each in order.expressions)
    except DoudiError:
        return {ALL}


def _decided_by(release: LoadedRelease, key: str) -> Collection[str]:
    decision: Decision | None = release.decisions.get(key)
    if decision is None:
        return {ALL}
    texts = [decision.expression] if decision.expression is not None else []
    texts += [column.expression for column in decision.inputs]
    texts += [cell for row in decision.rows for cell in row.outputs]
    cells = {cell for row in decision.rows for cell in row.tests}
    return {*_names(texts), *(each.split(".")[0] for cell in cells for each in tested(cell))}


def _names(expressions: Any) -> set[str]:
    return {name for text in expressions if text and not LITERAL.fullmatch(text) for name in feel.names(text)}
