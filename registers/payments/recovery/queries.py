"""Reading recoveries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from registers.areas.queries import within
from registers.benefits.reasons import yuan
from registers.cases.models import Case
from registers.payments.recovery.models import Recovery, Repayment
from registers.payments.words import GROUNDS, month_name

STATES = {
    "asked": "已提出",
    "open": "办理中",
    "repaid": "已追回",
    "none": "不需追缴",
    "written_off": "终结追缴",
    "enforced": "移送强制执行",
}


@dataclass(frozen=True)
class Line:
    """A recovery as a list shows it; money in fen."""

    recovery: Recovery
    number: str
    applicant: str
    repaid: int

    @property
    def owed(self) -> int:
        return (self.recovery.amount or 0) + self.recovery.fine - self.repaid


def recoveries(session: Session, actor: Actor, roles: tuple[str, ...], limit: int = 300) -> list[Line]:
    """Those in the areas where somebody holds one of the roles: open ones first, then the newest."""
    areas = [within(Recovery.area, grant.area) for grant in actor.grants if grant.role in roles]
    if not areas:
        return []
    repaid = (
        select(Repayment.recovery_id, func.sum(Repayment.amount + Repayment.fine).label("total"))
        .group_by(Repayment.recovery_id)
        .subquery()
    )
    found = session.execute(
        select(Recovery, Case.number, Case.applicant, repaid.c.total)
        .outerjoin(Case, Case.instance_id == Recovery.instance_id)
        .outerjoin(repaid, repaid.c.recovery_id == Recovery.id)
        .where(or_(*areas))
        .order_by(Recovery.ended_at.is_not(None), Recovery.id.desc())
        .limit(limit)
    )
    return [
        Line(recovery, number or "", applicant or "", int(total or 0)) for recovery, number, applicant, total in found
    ]


def facts(session: Session, recovery: Recovery) -> list[tuple[str, str]]:
    """A recovery in a few lines, for the pages of its tasks."""
    lines = [("原因", GROUNDS[recovery.ground]), ("提出", f"{recovery.asked_by}：{recovery.note}")]
    lines += [
        (
            month_name(each["month"]),
            f"已发{yuan(each['paid'])}元，应发{yuan(each['due'])}元，多发{yuan(each['over'])}元",
        )
        for each in recovery.months
    ]
    lines.append(("多发合计", f"{yuan(recovery.found)}元"))
    if recovery.amount is not None:
        fine = f"，罚款{yuan(recovery.fine)}元" if recovery.fine else ""
        until = f"，{recovery.pay_by:%Y年%m月%d日}前缴清" if recovery.pay_by else ""
        lines.append(("追缴决定", f"追缴{yuan(recovery.amount)}元{fine}，分{recovery.instalments}期{until}"))
    for each in session.scalars(select(Repayment).where(Repayment.recovery_id == recovery.id).order_by(Repayment.id)):
        fine = f"，罚款{yuan(each.fine)}元" if each.fine else ""
        lines.append(
            (
                f"{each.paid_on:%Y年%m月%d日}还款",
                f"{yuan(each.amount)}元{fine}，凭证{each.voucher}（{each.recorded_by}登记）",
            )
        )
    return lines
