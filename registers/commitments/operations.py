"""What follows a false promise for its case; and repairing trust: somebody asks, somebody else grants it."""

from __future__ import annotations

from sqlalchemy import select

from engine.actors import SYSTEM, Actor
from engine.database import db
from engine.errors import Conflict, NotFound, Refused
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from engine.runtime.moves import ending
from engine.runtime.openings import plans
from engine.transactions import Deed, act
from registers.benefits.models import Decision
from registers.commitments.models import Commitment, Distrust
from registers.moves import letters

CLAUSE = "commitment-2020-42"
LONGEST = 500
OUTCOME = "terminated"


@plans.plan
def follow() -> int:
    """Ends the applications that rest on a promise found false and that nobody has decided, each with its letter; how
    many. One small query when there is nothing to do."""
    waiting = (
        select(Commitment.instance_id)
        .join(Instance, Instance.id == Commitment.parent_id)
        .where(Commitment.state == "false", Commitment.followed_at.is_(None))
    )
    found = list(db.session().scalars(waiting.order_by(Commitment.instance_id)))
    for instance_id in found:
        _end_parent(instance_id)
    return len(found)


def _end_parent(instance_id: int) -> None:
    with act(Verb.CASE_TERMINATED, SYSTEM) as deed:
        parent_id = select(Commitment.parent_id).where(Commitment.instance_id == instance_id).scalar_subquery()
        parent = deed.session.scalar(
            select(Instance).where(Instance.id == parent_id).with_for_update().execution_options(populate_existing=True)
        )
        made = deed.session.get(Commitment, instance_id, populate_existing=True)
        if parent is None or made.followed_at is not None:
            deed.dismiss()
            return
        made.followed_at = deed.now
        if parent.status != "running" or deed.session.get(Decision, parent.id) is not None:
            deed.dismiss()  # It is decided: what was granted is left by a case of its own.
            return
        ending.end(deed, parent, OUTCOME, "申请人虚假承诺，经核查认定。")
        found = deed.session.get(Decision, instance_id)
        reasons = [letters.reason(each["text"], each["clause"]) for each in found.reasons] if found else []
        letters.issue(deed, parent, "termination_notice", f"commitment:{instance_id}", {"reasons": reasons})
        deed.record(parent, after={"why": "虚假承诺"}, clause="commitment-2020-42,sc-649:68")


def ask_repair(actor: Actor, distrust_id: int, reason: str) -> Distrust:
    """Asks that trust be repaired: what was corrected and paid back. Refused before its day has come."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明更正、退回等情况。")
    with act(Verb.REPAIR_ASKED, actor) as deed:
        found = _found(deed, distrust_id)
        veto.require(deed.session, Question("ask_repair", actor, facts={"area": found.area}))
        if found.state != "logged":
            raise Conflict("已经提出修复或已经修复，请刷新后查看。")
        if deed.now.date() < found.repair_from:
            raise Refused(f"自{found.repair_from:%Y年%m月%d日}起才能申请修复。", clause=CLAUSE)
        found.state, found.asked_reason = "asked", reason
        found.asked_by_id, found.asked_by, found.asked_at = actor.id, actor.name, deed.now
        deed.record(deed.subject("trust"), after={"who": found.name}, reason=reason, clause=CLAUSE)
    return found


def decide_repair(actor: Actor, distrust_id: int, *, repair: bool, reason: str) -> Distrust:
    """Grants the repair or not; without it the record stands and may be asked about again."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明怎样核实的。")
    with act(Verb.TRUST_REPAIRED if repair else Verb.REPAIR_REFUSED, actor) as deed:
        found = _found(deed, distrust_id)
        facts = {"area": found.area, "asked_by_id": found.asked_by_id}
        veto.require(deed.session, Question("repair_trust", actor, facts=facts))
        if found.state != "asked":
            raise Conflict("没有等待确认的修复申请，请刷新后查看。")
        found.state = "repaired" if repair else "logged"
        found.repaired_by, found.repaired_at, found.repaired_reason = actor.name, deed.now, reason
        deed.record(deed.subject("trust"), after={"who": found.name}, reason=reason, clause=CLAUSE)
    return found


def _found(deed: Deed, distrust_id: int) -> Distrust:
    found = deed.session.get(Distrust, distrust_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("没有找到这条记录，请刷新后再试。")
    return found
