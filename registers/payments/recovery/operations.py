"""Somebody on the staff finds that too much was paid, and asks that it comes back."""

from __future__ import annotations

from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.benefits.models import Benefit
from registers.benefits.reasons import yuan
from registers.payments.kin import near
from registers.payments.recovery import asking
from registers.payments.recovery.models import Recovery
from registers.payments.roster.due import paid_of
from registers.payments.words import GROUNDS

LONGEST = 500


def ask(actor: Actor, *, benefit_id: int, months: dict[str, int], ground: str, note: str) -> Recovery:
    """Asks for money back; `months` is {month: fen paid too much}. Each month is held against what this register paid.

    Raises Invalid with the wrong field, NotFound, Refused for kin, Conflict when all of it is asked for already."""
    note = written("note", note, longest=LONGEST, empty="请写明怎样发现多发的。")
    if ground not in GROUNDS:
        raise Invalid.at("ground", "请选择多发的原因。")
    if not months or any(fen <= 0 for fen in months.values()):
        raise Invalid.at("months", "请填写多发的月份和金额，金额大于0。")
    with act(Verb.RECOVERY_ASKED, actor) as deed:
        benefit = deed.session.get(Benefit, benefit_id)
        if benefit is None:
            raise NotFound("没有找到这项救助，请重新查询。")
        veto.require(deed.session, Question("ask_recovery", actor, facts={"area": benefit.area}))
        if near(deed.session, deed.actor, benefit.household_id):
            raise Refused("您与本户存在近亲属关系，依规回避。请由其他人员办理。", clause="mca-2021-57:11")
        paid = paid_of(deed.session, [benefit.id], min(months)).get(benefit.id, {})
        lines = []
        for month, over in sorted(months.items()):
            if over > paid.get(month, 0):
                raise Invalid.at("months", f"{month}实发{yuan(paid.get(month, 0))}元，多发金额不能超过它。")
            lines.append({"month": month, "paid": paid[month], "due": paid[month] - over, "over": over})
        made = asking.ask(
            deed.session, benefit=benefit, ground=ground, months=lines, note=note, who=actor.name, now=deed.now
        )
        if made is None:
            raise Conflict("这些月份多发的款项已经提出追缴。")
        deed.record(deed.subject("recoveries"), after={"yuan": yuan(made.found)}, reason=note, clause="sc-649:68")
    return made
