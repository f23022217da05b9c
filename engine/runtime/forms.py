"""A work item's form: what it shows first, what its expressions see, and judging what was handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import forms
from engine.errors import Invalid
from engine.parameters import queries as parameters
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Instance, Submission, WorkItem
from engine.runtime.running import task_of
from engine.runtime.step import Step

#: In a form's `from`: the application that the case began with, in place of a task's id.
START = "start"
#: What is known from another case for a form that begins this one: {field: value}. Registers offer such functions.
Carrier = Callable[[Session, WorkItem], Mapping[str, Any]]
_carriers: list[Carrier] = []


def carrier(function: Carrier) -> Carrier:
    """Adds such a function, once. Usable as a decorator."""
    if function not in _carriers:
        _carriers.append(function)
    return function


def carried(session: Session, form: forms.Form, item: WorkItem) -> dict[str, Any]:
    """What the form of an item shows first because another case knew it; only fields that it has."""
    found = {key: value for each in _carriers for key, value in each(session, item).items()}
    return {key: value for key, value in found.items() if key in form.keys}


#: What registers find wrong with the files that a form names, asked inside the act that hands it in: problems at the
#: names of fields. They get `{name: references}`, by the name of the field as posted (`members[0].photo`), and all
#: values of the form.
Receiver = Callable[
    [Session, WorkItem, Step, Mapping[str, Sequence[str]], Mapping[str, Any]], Sequence[forms.FieldProblem]
]
_receivers: list[Receiver] = []


def receiver(function: Receiver) -> Receiver:
    """Adds such a function, once. Usable as a decorator. The engine knows a reference's shape, never what it is."""
    if function not in _receivers:
        _receivers.append(function)
    return function


def handed_in(
    session: Session,
    form: forms.Form,
    item: WorkItem,
    step: Step,
    posted: Mapping[str, Sequence[str]] | None,
    values: Mapping[str, Any] | None,
    on: date | None = None,
) -> forms.Submission:
    """The typed values of a form that was handed in; raises Invalid with every problem.

    Expressions of the form see the flow's scalars at this very task, the parameters and the business day; `on` is the
    day of an act that is entered later: nothing on its form lies after that day.
    """
    task = task_of(step, item)
    context = {**task.data, "today": (on or step.now.date()).isoformat()}
    if "parameters" in form.read_names:
        context["parameters"] = dict(step.parameters)
    initial = forms.initial(form, context, sources(session, form, item.instance_id))
    if values is not None:
        given = forms.submit_data(form, values, context, initial)
    else:
        given = forms.submit(form, posted or {}, context, initial)
    problems = list(given.problems)
    if not problems:
        named = forms.references(form, given.values)
        problems = [each for ask in _receivers for each in ask(session, item, step, named, given.values)]
    if problems:
        raise Invalid(problems=[{"field": p.field, "message": p.message} for p in problems])
    return given


def context(session: Session, instance: Instance, form: forms.Form, today: str) -> dict[str, Any]:
    """What the form's expressions see on a page that only shows it: the flow's scalars as last saved."""
    seen = {**(instance.flow or {}), "today": today}
    if "parameters" in form.read_names:
        seen["parameters"] = dict(parameters.of(session, instance))
    return seen


def sources(session: Session, form: forms.Form, instance_id: int) -> dict[str, Mapping[str, Any]]:
    """The latest submissions of the tasks that the form's `from` settings name: {task id: values}.

    `start` names what the case began with, whichever scheme's application that is, as it was corrected since."""
    names = source_tasks(form)
    if not names:
        return {}
    found = {}
    if START in names:
        mine = Submission.instance_id == instance_id
        first = select(Submission.element_id).where(mine).order_by(Submission.id).limit(1).scalar_subquery()
        latest_of_it = select(Submission).where(mine, Submission.element_id == first).order_by(Submission.id.desc())
        begun = session.scalar(latest_of_it.limit(1))
        found = {START: begun.values} if begun is not None else {}
    latest = (
        select(func.max(Submission.id))
        .where(Submission.instance_id == instance_id, Submission.element_id.in_(names))
        .group_by(Submission.element_id)
    )
    made = session.scalars(select(Submission).where(Submission.id.in_(latest)))
    return found | {each.element_id: each.values for each in made}


def source_tasks(form: forms.Form) -> set[str]:
    """The tasks whose submissions the form is prefilled from."""

    def walk(fields: Sequence[forms.Field]) -> set[str]:
        found: set[str] = set()
        for one in fields:
            if one.source:
                found.add(one.source[0])
            found |= walk(one.children)
        return found

    return walk(form.fields)


def of(release: LoadedRelease, item: WorkItem) -> forms.Form:
    """The form of a work item, in the release that its case is pinned to."""
    return release.forms[item.form]
