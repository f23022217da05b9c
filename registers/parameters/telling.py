"""Messages about proposals: to who may confirm, to the proposer, the discipline office, the desks concerned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.outbox.operations import enqueue
from engine.parameters import news
from engine.parameters.models import ParameterProposal
from engine.parameters.queries import timeline
from engine.parameters.timeline import end_of
from engine.parameters.words import said, span
from engine.rules.veto import Question, veto
from registers.accounts.queries import actor as as_actor
from registers.parameters import queries

#: Doubts whose confirmation the discipline office hears of.
WATCHED = {"law": "超出现行规定", "correction": "更正已经到来的日子的值"}
DONE = {"confirmed": "已确认", "refused": "已退回", "withdrawn": "已撤回"}


@news.register
def told(session: Session, event: str, made: ParameterProposal, actor: Actor, now: datetime) -> None:
    """One message an event; a correction also goes to the directors whose cases were worked out on the old value."""
    everyone = [as_actor(account) for account in queries.people(session)]
    facts = {"name": made.name, "proposed_by_id": made.proposed_by_id}
    confirmers = [e for e in everyone if veto.ask(session, Question("confirm_parameter", e, facts=facts))]
    proposer = [each for each in everyone if each.id == made.proposed_by_id]
    what = f"“{made.label}”改为 {said(made.value, made.unit, made.name)}，{span(made.valid_from, made.valid_to)}"
    body = f"原值：{said(made.before, made.unit, made.name)}\n来源：{made.source}\n理由：{made.reason}"
    if event == "proposed":
        _send(session, f"请确认政策参数：{what}", body, confirmers, actor, now)
    elif event == "withdrawn":
        _send(session, f"政策参数的修改已撤回：{what}", made.remark, confirmers, actor, now)
    else:
        _send(session, f"政策参数的修改{DONE[event]}：{what}", made.remark or body, proposer, actor, now)
    watched = [words for code, words in WATCHED.items() if code in made.accepted]
    if watched and event in ("proposed", "confirmed"):
        discipline = [each for each in everyone if each.holds("discipline")]
        words = "新提出" if event == "proposed" else "已确认"
        _send(session, f"{words}的政策参数修改{'、'.join(watched)}：{what}", body, discipline, actor, now)
    if event == "confirmed" and made.correction:
        _desks(session, made, everyone, actor, now)


def _desks(session: Session, made: ParameterProposal, everyone: list[Actor], actor: Actor, now: datetime) -> None:
    ends = end_of(timeline(session, made.name), made.valid_from, made.valid_to)
    for instance in queries.assessed(session, made.name, made.valid_from, ends):
        to = [each for each in everyone if each.holds("director", instance.area)]
        free = [each for each in to if veto.ask(session, Question("be_told", each, instance=instance))]
        enqueue(
            session,
            kind="parameter",
            subject=f"“{made.label}”已更正，本件按原值核算，请退回重新核算",
            body=f"更正为 {said(made.value, made.unit, made.name)}。已经作出的核算不会自动改变。\n来源：{made.source}",
            to=free,
            role=None if free else "deputy",
            area=instance.area,
            instance_id=instance.id,
            sender=actor,
            urgent=True,
            now=now,
        )


def _send(session: Session, subject: str, body: str, to: Iterable[Actor], sender: Actor, now: datetime) -> None:
    named = [each for each in to if each.id != sender.id]
    if named:
        enqueue(session, kind="parameter", subject=subject, body=body, to=named, sender=sender, now=now)
