"""The facts that the ledgers know of a case, for templates. What does not apply yet is empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from engine.clocks.ledger import cause_words
from engine.clocks.models import Clock, ClockEntry
from engine.documents.facts import register
from engine.runtime.deadlines import last_day
from engine.runtime.services import ServiceCall
from registers.assessments import queries as assessments
from registers.benefits.models import Benefit, BenefitChange, Decision
from registers.cases.models import Case
from registers.filings.models import Filing
from registers.filings.queries import RELATIONS
from registers.notices.words import day, yuan
from registers.publicity import queries as publicity
from registers.publicity.models import Publicity

GRADES = {"none": "全自理", "half": "半护理", "full": "全护理"}


def _flow(name: str, absent: Any = "") -> Callable[[ServiceCall], Any]:
    def look(call: ServiceCall) -> Any:
        value = call.flow.get(name, absent)
        return absent if value is None else value

    return look


def _money(name: str) -> Callable[[ServiceCall], str]:
    return lambda call: yuan(call.flow.get(name) or 0)


def _answer(task: str, name: str, absent: Any = "") -> Callable[[ServiceCall], Any]:
    return lambda call: call.values(task).get(name) or absent


def _decision(read: Callable[[Decision], Any], absent: Any = "") -> Callable[[ServiceCall], Any]:
    def look(call: ServiceCall) -> Any:
        decision = call.session.get(Decision, call.instance.id)
        return read(decision) if decision else absent

    return look


def _change(read: Callable[[BenefitChange], Any]) -> Callable[[ServiceCall], Any]:
    """Of the last change of a benefit that this case brought about."""

    def look(call: ServiceCall) -> Any:
        change = call.session.scalar(
            select(BenefitChange)
            .where(BenefitChange.instance_id == call.instance.id)
            .order_by(BenefitChange.id.desc())
            .limit(1)
        )
        return read(change) if change else ""

    return look


def _before(change: BenefitChange) -> str:
    session = object_session(change)
    amount = session and session.scalar(
        select(BenefitChange.amount)
        .where(BenefitChange.benefit_id == change.benefit_id, BenefitChange.id < change.id)
        .order_by(BenefitChange.id.desc())
        .limit(1)
    )
    return yuan(amount or 0)


def _benefit(read: Callable[[Benefit], Any]) -> Callable[[ServiceCall], Any]:
    """Of the benefit that this case confirmed or changed last."""

    def look(call: ServiceCall) -> Any:
        changed = select(BenefitChange.benefit_id).where(BenefitChange.instance_id == call.instance.id)
        found = call.session.scalar(
            select(Benefit)
            .where((Benefit.instance_id == call.instance.id) | Benefit.id.in_(changed))
            .order_by(Benefit.id.desc())
            .limit(1)
        )
        return read(found) if found else ""

    return look


def _iso(given: date | None) -> str:
    return given.isoformat() if given else ""


def _kin(read: Callable[[Filing], str]) -> Callable[[ServiceCall], str]:
    """Of the relation of this case that has not been found to be none, the last declared."""

    def look(call: ServiceCall) -> str:
        found = call.session.scalar(
            select(Filing)
            .where(Filing.instance_id == call.instance.id, Filing.confirmed.is_not(False))
            .order_by(Filing.id.desc())
            .limit(1)
        )
        return read(found) if found else ""

    return look


def _posted(read: Callable[[Publicity], Any]) -> Callable[[ServiceCall], Any]:
    def look(call: ServiceCall) -> Any:
        found = publicity.latest(call.session, call.instance.id)
        return read(found) if found else ""

    return look


def reasons(call: ServiceCall) -> list[dict[str, Any]]:
    """[{"text", "clause"}] of the decision; else of the changes that this case brought about."""
    decision = call.session.get(Decision, call.instance.id)
    if decision is not None and decision.reasons:
        return list(decision.reasons)
    changes = call.session.scalars(
        select(BenefitChange).where(BenefitChange.instance_id == call.instance.id).order_by(BenefitChange.id)
    )
    found = [reason for change in changes for reason in change.reasons or []]
    return list({str(reason.get("text")): reason for reason in found}.values())


def amount_words(call: ServiceCall) -> str:
    """每月780元, 一次性1500元, or that no cash is paid."""
    amount = call.flow.get("amount")
    if not amount:
        return "不发放现金"
    one_off = _benefit(lambda benefit: benefit.one_off)(call) is True or call.flow.get("scheme") == "temporary_relief"
    return f"{'一次性' if one_off else '每月'}{yuan(amount)}元"


def expected_on(call: ServiceCall) -> str:
    """The last day of the whole case's clock; empty while it does not run."""
    due = call.session.scalar(select(Clock.due_at).where(Clock.instance_id == call.instance.id, Clock.name == "total"))
    if due is not None:
        return day(last_day(due))
    length = call.flow.get("total_limit")
    return day(last_day(call.deadline(str(length)).at)) if length else ""


def clock_extension(call: ServiceCall) -> dict[str, str]:
    """The last extension of a clock of this case: its title, the reason in words, the new last day."""
    found = call.session.execute(
        select(Clock, ClockEntry)
        .join(ClockEntry, ClockEntry.clock_id == Clock.id)
        .where(Clock.instance_id == call.instance.id, ClockEntry.kind == "extended")
        .order_by(ClockEntry.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return {}
    clock, entry = found
    return {
        "title": clock.title,
        "reason": "，".join(filter(None, (cause_words(entry.cause), entry.note))),
        "until": day(last_day(entry.due_at)) if entry.due_at else "",
        "by": entry.who,
        "on": day(entry.at),
    }


def accepted_on(call: ServiceCall) -> str:
    case = call.session.get(Case, call.instance.id)
    return day(case.accepted_on) if case else ""


register("members", _flow("members"), "家庭人数", public=True)
register("rural", _flow("rural", True), "是否农村户口")
register("amount_yuan", _money("amount"), "金额，元", public=True)
register("amount_words", amount_words, "金额的字样：每月780元、一次性1500元、不发放现金", public=True)
register("effective_month", _flow("effective_month"), "起始月份，2026-04", public=True)
register("income_per_head_yuan", _money("income_per_head"), "核定人均月收入，元")
register("assets_per_head_yuan", _money("assets_per_head"), "核定人均货币财产，元")
register("total_limit", _flow("total_limit"), "全程办理时限，30wd")
register("expected_on", expected_on, "预计办结的日期")
register("accepted_on", accepted_on, "受理日期")
register("missing", _answer("check_completeness", "missing", []), "缺少的材料：item、why、how")
register("hits", _answer("data_check", "hits"), "信息核对的不一致情况")
register("report_number", _answer("data_check", "report_number"), "核对报告编号")
register("checked_on", _answer("data_check", "checked_on"), "核对日期")
register("publicity_from", _posted(lambda posted: posted.posted_at.date().isoformat()), "公示张贴日", public=True)
register("publicity_until", _flow("publicity_until"), "公示最后一日", public=True)
register("publicity_place", _posted(lambda posted: posted.place), "公示地点", public=True)
register("reasons", reasons, "决定的理由：text、clause")
register("remark", _decision(lambda decision: decision.remark), "审批意见")
register("decided_on", _decision(lambda decision: decision.decided_at.date().isoformat()), "决定日期")
register("decided_by", _decision(lambda decision: decision.decided_by), "决定人")
register("assessed", lambda call: assessments.latest(call.session, call.instance.id) is not None, "是否已经核算")
register("old_amount_yuan", _change(_before), "调整前的金额，元")
register("new_amount_yuan", _change(lambda change: yuan(change.amount)), "调整后的金额，元")
register("change_month", _change(lambda change: change.month), "调整起始月份，2026-04")
register("expires_on", _benefit(lambda benefit: _iso(benefit.expires_on)), "到期日")
register("review_on", _benefit(lambda benefit: _iso(benefit.review_on)), "下次复核日")
register("care_grade", _benefit(lambda benefit: GRADES.get(benefit.care_grade, "")), "护理等级")
register("kin_staff", _kin(lambda filing: filing.staff_name), "有近亲属关系的经办人员或者村委会成员")
register("kin_relation", _kin(lambda filing: RELATIONS.get(filing.relation, filing.relation)), "近亲属关系")
register("objection_finding", _answer("investigate_objection", "conclusion"), "异议核查的结论")
register("objection_upheld", _flow("upheld", False), "异议是否成立")
register("taper_from", _flow("taper_from"), "渐退期的第一个月，2026-04")
register("taper_until", _flow("taper_until"), "渐退期的最后一个月，2026-09")
register("clock_extension", clock_extension, "最近一次延期：title、reason、until、by、on")
