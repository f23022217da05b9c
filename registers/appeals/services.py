"""What the appeal flow and the flow of remedies ask of their register."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.clocks.models import Clock
from engine.errors import DoudiError
from engine.runtime import openings
from engine.runtime.deadlines import last_day
from engine.runtime.models import Instance, Submission
from engine.runtime.services import Outputs, ServiceCall, services
from registers.appeals.models import Appeal, Remedy
from registers.benefits.ledger import change
from registers.benefits.models import Benefit, BenefitChange, Decision
from registers.cases.models import Case

DECIDING = ("township_decide_appeal", "county_decide_appeal")
#: {kind of appeal: outcomes of the decision that it is against}
AGAINST = {"refusal": ("refuse",), "reduction": ("decrease", "taper"), "stop": ("stop",)}
#: Tasks whose paper is the receipt of an adverse letter.
SERVED = ("deliver_refusal", "deliver_stop")


@services.service(
    "appeals.admit",
    "审查申诉期限和对象",
    outputs={"admitted": "boolean", "mode": "text", "scheme": "text", "applicant": "text"},
    reads=("file_appeal",),
)
def admit(call: ServiceCall) -> Outputs:
    """Whether there is something to appeal against, and in time: sixty days from the service of the letter (复议法
    art. 20, by analogy); inaction as soon as a legal deadline has passed. Who comes late is told so in writing."""
    parent, given = _parent(call), call.values("file_appeal")
    kind = str(given["appeal_kind"])
    why = _why_not(call, parent, kind)
    case = call.session.get(Case, parent.id)
    appeal = call.session.get(Appeal, call.instance.id) or Appeal(instance_id=call.instance.id)
    appeal.parent_id, appeal.kind, appeal.filed_at = parent.id, kind, call.now
    appeal.told = {"appellant": given.get("appellant"), "phone": given.get("phone"), "request": given.get("request")}
    appeal.admitted, appeal.why_not = not why, why
    call.session.add(appeal)
    scheme = case.scheme if case is not None else parent.process_id
    return {
        "admitted": not why,
        "mode": str(call.parameters.get(f"{scheme}_mode") or call.parameters["dibao_mode"]),
        "scheme": scheme,
        "applicant": case.applicant if case is not None else str(given.get("appellant") or ""),
    }


@services.service("appeals.carry_out", "落实复核决定", outputs={"appeal_result": "text"}, reads=DECIDING)
def carry_out(call: ServiceCall) -> Outputs:
    """What was decided on the appeal happens: a stopped or reduced benefit is what it was, from the month in which it
    was changed; a refused application is taken up anew, and its papers are not asked for again."""
    made = [found for found in (call.submission(task) for task in DECIDING) if found is not None]
    appeal = call.session.get(Appeal, call.instance.id)
    if not made or appeal is None:
        raise DoudiError("没有找到申诉的登记或者复核决定，请先办理。")
    by = max(made, key=lambda each: each.id)
    appeal.result, appeal.decided_by, appeal.decided_at = str(by.values["appeal_result"]), by.author_name, by.acted_at
    if appeal.result == "changed":
        _restore(call, appeal)
    if appeal.result == "redo":
        _again(call, appeal)
    return {"appeal_result": appeal.result}


@services.service("appeals.start", "登记救济期限", outputs={})
def start(call: ServiceCall) -> Outputs:
    """Asks that the time for reconsideration and court be watched, from the service of the adverse letter."""
    served = [found for found in (call.submission(task) for task in SERVED) if found is not None]
    if not served:
        raise DoudiError("告知书还没有送达，救济期限还不能起算。")
    last = max(served, key=lambda each: each.id)
    openings.ask(
        call.session,
        key=f"finality:{call.instance.id}:{last.id}",
        process_id="finality",
        area=call.instance.area,
        flow={"served_on": str(last.values["delivered_on"])},
        parent_id=call.instance.id,
        now=call.now,
    )
    return {}


@services.service(
    "appeals.remedies", "登记救济期限", outputs={"reconsideration_until": "text", "lawsuit_until": "text"}
)
def remedies(call: ServiceCall) -> Outputs:
    """Sixty days for reconsideration, six months for court (复议法 art. 20, 行诉法 art. 46). They run from the day on
    which the service was recorded: a receipt that is entered late takes no day from the family."""
    one = last_day(call.deadline(str(call.parameters["reconsideration_limit"])).at)
    other = last_day(call.deadline(str(call.parameters["lawsuit_limit"])).at)
    made = call.session.get(Remedy, call.instance.id) or Remedy(instance_id=call.instance.id)
    made.parent_id = call.instance.parent_id or call.instance.id
    made.served_on = date.fromisoformat(str(call.flow["served_on"]))
    made.reconsideration_until, made.lawsuit_until = one, other
    call.session.add(made)
    return {"reconsideration_until": one.isoformat(), "lawsuit_until": other.isoformat()}


@services.service("appeals.final", "登记决定生效", outputs={})
def final(call: ServiceCall) -> Outputs:
    """The time for both has run out."""
    made = call.session.get(Remedy, call.instance.id)
    if made is None or call.now < clock.end_of(made.lawsuit_until):
        raise DoudiError("起诉期限还没有届满，决定还没有最终生效。")
    made.final_at = call.now
    return {}


def _parent(call: ServiceCall) -> Instance:
    parent = call.session.get(Instance, call.instance.parent_id or 0)
    if parent is None:
        raise DoudiError("申诉要从被申诉的办件登记，请打开那件办件，从“相关办理”选择。")
    return parent


def _why_not(call: ServiceCall, parent: Instance, kind: str) -> str:
    if kind == "data_check":
        return ""
    if kind == "inaction":
        late = select(Clock.id).where(
            Clock.instance_id == parent.id, Clock.kind == "legal", Clock.ended_at.is_(None), Clock.due_at < call.now
        )
        return "" if call.session.scalar(late.limit(1)) else "这件办件的法定期限还没有超过，暂不属于不作为。"
    decision = call.session.get(Decision, parent.id)
    if decision is None or decision.outcome not in AGAINST.get(kind, ()):
        return "这件办件没有作出您所申诉的决定。"
    served = call.session.scalar(
        select(Submission)
        .where(Submission.instance_id == parent.id, Submission.element_id.in_(SERVED))
        .order_by(Submission.id.desc())
        .limit(1)
    )
    remedy = call.session.scalar(select(Remedy).where(Remedy.parent_id == parent.id).limit(1))
    if served is not None and remedy is not None and call.now.date() > remedy.reconsideration_until:
        return f"告知书送达后的申请期限已于{remedy.reconsideration_until:%Y年%m月%d日}届满，您仍可依法向人民法院起诉。"
    return ""


def taken_away(session: Session, instance_id: int) -> BenefitChange | None:
    """The first change by which a case stopped or reduced a benefit; None when it did neither."""
    return session.scalar(
        select(BenefitChange)
        .where(BenefitChange.instance_id == instance_id, BenefitChange.kind.in_(("stop", "decrease", "taper")))
        .order_by(BenefitChange.id)
        .limit(1)
    )


def _restore(call: ServiceCall, appeal: Appeal) -> None:
    wrong = taken_away(call.session, appeal.parent_id)
    if wrong is None:
        raise DoudiError("被申诉的办件没有停发或减发待遇，不能直接恢复；请选择“重新办理”。")
    benefit = call.session.get(Benefit, wrong.benefit_id)
    before = call.session.scalar(
        select(BenefitChange.amount)
        .where(BenefitChange.benefit_id == benefit.id, BenefitChange.id < wrong.id)
        .order_by(BenefitChange.id.desc())
        .limit(1)
    )
    amount = benefit.amount if before is None else before
    change(call, benefit, "correct", wrong.month, amount, benefit.persons, [], by=appeal.decided_by or "")
    benefit.status, benefit.to_month, benefit.amount = "active", None, amount


def _again(call: ServiceCall, appeal: Appeal) -> None:
    parent = call.session.get(Instance, appeal.parent_id)
    openings.ask(
        call.session,
        key=f"redo:{appeal.instance_id}",
        process_id=parent.process_id,
        area=parent.area,
        flow={},
        parent_id=parent.id,
        now=call.now,
    )
