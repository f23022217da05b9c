"""Reading what was said about a case, and what waits for an answer. What somebody may not see of a case they do not
hear of here either: each row is asked for at the veto when it is read, not when it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.cases.models import Case
from registers.cases.rules import SEEING
from registers.talk.models import Remark

#: So many questions are looked at; nobody has more that wait.
MOST = 200


@dataclass(frozen=True)
class Said:
    """A remark or a question with its answers."""

    it: Remark
    answers: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """A question that waits, with its case. `stead`: the one away for whom a stand-in would answer it."""

    it: Remark
    instance: Instance
    number: str
    stead: Actor | None = None


def of_case(session: Session, instance_id: int) -> list[Said]:
    """Everything said about a case, oldest first, answers under their questions. Whoever asks has been let in."""
    rows = session.scalars(select(Remark).where(Remark.instance_id == instance_id).order_by(Remark.id)).all()
    found = {each.id: Said(each) for each in rows if each.kind != "answer"}
    for each in rows:
        if each.kind == "answer" and each.parent_id in found:
            found[each.parent_id].answers.append(each)
    return list(found.values())


def to_answer(session: Session, actor: Actor) -> list[Waiting]:
    """The questions that wait for somebody, or for those for whom they stand in; the oldest first."""
    away = {each.id: each for each in actor.lenders}
    rows = _waiting(session, Remark.asked_id.in_([actor.id or 0, *(key for key in away if key is not None)]))
    found = []
    for it, instance, number in rows:
        stead = away.get(it.asked_id)
        facts = {"in_stead_of": stead.id} if stead is not None else {}
        answer = veto.ask(session, Question("view", actor, instance=instance, facts=facts))
        if answer and (stead is None or answer.stead is not None):
            found.append(Waiting(it, instance, number, stead))
    return found


def asked_by(session: Session, actor: Actor) -> list[Waiting]:
    """The questions that somebody asked and that nobody answered yet, the oldest first."""
    rows = _waiting(session, Remark.by_id == actor.id)
    return [Waiting(*row) for row in rows if veto.ask(session, Question("view", actor, instance=row[1]))]


def colleagues(session: Session, actor: Actor, instance: Instance) -> list[Actor]:
    """Whom one may ask about a case: everybody with a duty in its area who may see it, by name."""
    there = session.scalars(select(Account).where(Account.active.is_(True)).order_by(Account.name, Account.id)).all()
    known = [each for each in map(accounts.actor, there) if each.id != actor.id]
    near = [each for each in known if any(each.holds(role, instance.area) for role in SEEING)]
    return [each for each in near if veto.ask(session, Question("view", each, instance=instance))]


def _waiting(session: Session, whose: ColumnElement[bool]) -> Sequence[tuple[Remark, Instance, str]]:
    rows = session.execute(
        select(Remark, Instance, func.coalesce(Case.number, "未编号"))
        .join(Instance, Instance.id == Remark.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .where(
            Remark.kind == "question",
            Remark.answered_at.is_(None),
            Remark.withdrawn_at.is_(None),
            Remark.struck_at.is_(None),
            whose,
        )
        .order_by(Remark.id)
        .limit(MOST)
    )
    return [(it, instance, number) for it, instance, number in rows]
