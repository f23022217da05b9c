"""The rules of `mandatory.json` asked once more of what really happened: the lint proves them of the drawing, this
looks at the rows. What was done is in the position of the case, who did it in its signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import feel
from engine.errors import ExpressionError
from engine.parameters import queries as parameters
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Instance, Signature, WorkItem
from engine.runtime.returns.models import Return
from engine.statutes.rules import FILE, Rule, read


class Law:
    """The rules of a release, and which steps its elements are."""

    def __init__(self, release: LoadedRelease) -> None:
        self.release = release
        self.rules = list(read(release.files.get(FILE, b"{}"))[0])
        self.steps: dict[tuple[str, str], tuple[str, ...]] = {
            (process.id, element.id): tuple(self._steps(process.id, element.id))
            for process in release.processes.values()
            for element in process.elements.values()
        }

    def _steps(self, process_id: str, element_id: str) -> Iterator[str]:
        element = self.release.element(process_id, element_id)
        if element.kind == "userTask":
            yield f"task:{element_id}"
        for spec in self.release.specs[process_id][0].task_specs.values() if process_id in self.release.specs else ():
            operation = getattr(spec, "operation", None)
            if operation and spec.bpmn_id == element_id:
                yield f"operation:{operation}"
        if "notice" in element.properties:
            yield f"notice:{element.properties['notice']}"

    def look(self, session: Session) -> Iterator[str]:
        """Every case of the world."""
        for instance in session.scalars(select(Instance)):
            yield from (f"{instance.process_id}：{each}" for each in self._case(session, instance))

    def _case(self, session: Session, instance: Instance) -> Iterator[str]:
        done = {
            step
            for process, seen in (instance.position or {}).items()
            for element in seen.get("done", [])
            for step in self.steps.get((process, element), ())
        }
        scheme = self.release.processes[instance.process_id].scheme or instance.process_id
        signed: dict[str, set[int | None]] | None = None
        for rule in self.rules:
            if not rule.binds(scheme):
                continue
            if rule.form == "debt" and self._owes(rule, done, instance) and self._asked(session, rule, instance):
                gone = _undone(session, instance)
                if self._owes(rule, done - gone, instance):
                    yield f"{rule.title}（{rule.id}）：{rule.message}"
            elif rule.form in ("people", "apart"):
                signed = _signed(session, instance) if signed is None else signed
                yield from signers_broke(rule, signed)

    def _owes(self, rule: Rule, done: set[str], instance: Instance) -> bool:
        """A debt that was not paid where it had to be: what the rule names happened, and nothing of what it needs."""
        if not rule.needs or not all(_known(each) for each in (*rule.needs, *rule.before, *rule.after)):
            return False
        if done & set(rule.needs):
            return False
        if rule.after and not done & set(rule.after):
            return False
        if rule.before:
            return bool(done & set(rule.before))
        return instance.status == "completed"

    def _asked(self, session: Session, rule: Rule, instance: Instance) -> bool:
        """Where its condition is known to be false, nothing is asked."""
        if not rule.when:
            return True
        context: dict[str, Any] = {**(instance.flow or {}), "parameters": dict(_parameters(session, instance))}
        try:
            return feel.condition(rule.when, context)
        except ExpressionError:
            return False


def _known(step: str) -> bool:
    """Letters by their class are the lint's."""
    return step.partition(":")[0] in ("task", "operation", "notice")


def _parameters(session: Session, instance: Instance) -> Mapping[str, Any]:
    return parameters.on(session, instance.parameters_on)


def _undone(session: Session, instance: Instance) -> set[str]:
    """The tasks that were done, that a return took out and that nobody did since: what the case says now was not yet so
    when they were done."""
    last: dict[str, int] = {}
    items = select(WorkItem.element_id, WorkItem.id).where(
        WorkItem.instance_id == instance.id, WorkItem.state == "completed"
    )
    for element, item in session.execute(items.order_by(WorkItem.id)):
        last[element] = item
    named = select(WorkItem.element_id, WorkItem.name).where(WorkItem.instance_id == instance.id).distinct()
    names = dict(row for row in session.execute(named).all())
    return {
        f"task:{element}"
        for made in session.scalars(select(Return).where(Return.instance_id == instance.id))
        for element, item in last.items()
        if item < made.new_item_id and names[element] in made.undone
    }


def _signed(session: Session, instance: Instance) -> dict[str, set[int | None]]:
    """{task: who signed its latest round that was completed}, the task that was done first in front."""
    found: dict[str, set[int | None]] = {}
    rows = session.execute(
        select(WorkItem.id, WorkItem.element_id, Signature.actor_id)
        .join(Signature, Signature.work_item_id == WorkItem.id)
        .where(WorkItem.instance_id == instance.id, WorkItem.state == "completed", Signature.valid.is_(True))
        .order_by(WorkItem.id)
    )
    last: dict[str, int] = {}
    for item, element, actor in rows:
        if last.get(element) != item:
            found.pop(element, None)  # So that the order is that of the latest rounds.
            found[element], last[element] = set(), item
        found[element].add(actor)
    return found


def signers_broke(rule: Rule, signed: Mapping[str, set[int | None]]) -> Iterator[str]:
    """What is wrong with who signed, `signed` as `_signed` gives it."""
    order = {task: n for n, task in enumerate(signed)}
    for task in rule.tasks:
        if task not in signed:
            continue
        if rule.form == "people" and len(signed[task]) < rule.people:
            yield f"{rule.title}（{rule.id}）：“{task}”只有{len(signed[task])}人签字"
        if rule.form == "apart":
            for other in rule.apart:
                # What was judged, sent back and done anew waits to be judged anew: the old judgement was of other work.
                if order.get(other, len(order)) < order[task] and signed[task] & signed[other]:
                    yield f"{rule.title}（{rule.id}）：同一个人办了“{task}”和“{other}”"
