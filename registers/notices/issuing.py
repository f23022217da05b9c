"""Issuing one document: by a step of a flow or by an act outside it. Works in the open transaction, commits nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.documents.head import Head
from engine.documents.head import read as read_head
from engine.errors import DoudiError
from engine.holidays import queries as holidays
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.runtime.deadlines import deadline
from engine.runtime.models import Instance, Submission
from engine.runtime.services import Element, ServiceCall
from registers.cases.numbers import notice_number
from registers.notices import issuer
from registers.notices.compose import Draft, compose
from registers.notices.models import Notice


def issue(call: ServiceCall, template: str, key: str, given: Mapping[str, Any] | None = None) -> Notice:
    """Renders the template, numbers it, keeps it; what the key issued before is given back. `given` are facts that the
    caller knows better than the registers. DoudiError in words when the template is missing or would have a hole: then
    the number that was taken goes back with the savepoint."""
    before = call.session.scalar(select(Notice).where(Notice.task_id == key))
    if before is not None:
        return before
    text, head = template_of(call.release, template)
    # What is kept is shown on a screen: numbers of people are masked in it.
    head, who, made_of = replace(head, full=False), issuer.of(head, call), _printed(call, head)
    with call.session.begin_nested():
        number = notice_number(call.session, who.area, head.mark, call.now.year) if head.numbered else None
        html = compose(Draft(call, template, text, head, who, number or "", given or {}, made_of))
        made = Notice(
            instance_id=call.instance.id,
            task_id=key,
            template=template,
            title=head.title,
            number=number,
            kind=head.kind,
            adverse=head.adverse,
            service=head.service,
            served_by=list(head.served_by),
            html=html,
            issued_at=call.now,
        )
        call.session.add(made)
        call.session.flush()
    return made


def _printed(call: ServiceCall, head: Head) -> Submission | None:
    """The submission that an issued record prints: the newest made at one of its tasks."""
    made = [found for found in map(call.submission, head.of) if found is not None]
    return max(made, key=lambda each: each.id, default=None)


def template_of(release: LoadedRelease, template: str) -> tuple[str, Head]:
    """A template of a release and its head."""
    text = release.notices.get(template)
    if text is None:
        raise DoudiError(f"流程版本中没有文书模板“{template}”。")
    head, faults = read_head(text)
    if faults:
        raise DoudiError(f"文书模板“{template}”的开头有误：{faults[0]}。")
    return text, head


def outside(session: Session, instance: Instance, actor: Actor, now: datetime) -> ServiceCall:
    """What a document is made from when no step of the flow asks for it: the case as it stands."""
    calendar = holidays.current(session)
    return ServiceCall(
        session=session,
        instance=instance,
        element=Element("outside", "流程之外", instance.process_id),
        task_id="",
        inputs={},
        flow=dict(instance.flow or {}),
        parameters=parameters.on(session, instance.parameters_on),
        actor=actor,
        now=now,
        deadline=lambda text: deadline(text, now, calendar),
        release=releases.load(instance.release_id, session),
    )
