"""Repairing trust after a false promise: somebody asks, somebody else grants it."""

from __future__ import annotations

from engine.actors import Actor
from engine.errors import Conflict, NotFound, Refused
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import Deed, act
from registers.commitments.models import Distrust

CLAUSE = "commitment-2020-42"
LONGEST = 500


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
