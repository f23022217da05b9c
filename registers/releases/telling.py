"""Messages about releases: to who may confirm, to the proposer, to all when one comes into force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.deployments import news
from engine.deployments.models import ReleaseProposal
from engine.outbox.operations import enqueue
from engine.rules.veto import Question, veto
from registers.accounts.queries import actor as as_actor
from registers.parameters.queries import people
from registers.parameters.rules import PROPOSING

DONE = {"confirmed": "已确认", "refused": "已退回", "cancelled": "已取消启用"}


@news.register
def told(session: Session, event: str, made: ReleaseProposal, actor: Actor, now: datetime) -> None:
    """One message an event."""
    everyone = [as_actor(account) for account in people(session)]
    facts = {"proposed_by_id": made.proposed_by_id}
    confirmers = [each for each in everyone if veto.ask(session, Question("confirm_release", each, facts=facts))]
    proposer = [each for each in everyone if each.id == made.proposed_by_id]
    name = f"{'发布' if made.draft_id is not None else '改回'}流程版本 {made.release_id[:12]}"
    when = f"，自 {made.valid_from:%Y-%m-%d %H:%M} 起" if made.valid_from else ""
    if event == "proposed":
        _send(session, f"请确认{name}{when}", made.note, confirmers, actor, now)
    elif event == "withdrawn":
        _send(session, f"{name}的提请已撤回", made.remark, confirmers, actor, now)
    elif event == "activated":
        owners = [each for each in everyone if any(each.holds(role) for role in PROPOSING)]
        body = f"从现在起新登记的办件用这个版本，正在办的办件继续用原来的版本。\n{made.note}"
        to = {each.id: each for each in (*owners, *confirmers)}.values()
        _send(session, f"流程版本 {made.release_id[:12]} 已按期启用", body, to, actor, now)
    else:
        _send(session, f"{name}{DONE[event]}", made.remark or made.note, proposer, actor, now)


def _send(session: Session, subject: str, body: str, to: Iterable[Actor], sender: Actor, now: datetime) -> None:
    named = [each for each in to if each.id != sender.id]
    if named:
        enqueue(session, kind="release", subject=subject, body=body, to=named, sender=sender, now=now)
