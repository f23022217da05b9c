"""What letters about complaints may say, for templates; and why a matter is not taken up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.clocks.models import Clock, Extension
from engine.documents import facts
from engine.runtime.deadlines import last_day
from engine.runtime.services import ServiceCall
from registers.cases.models import Case
from registers.complaints import files, queries
from registers.complaints.models import Complaint, Report, Review

#: The rule that each way of not taking a matter up rests on.
CLAUSES = {"legal": "petition-2022:31", "pending": "petition-2022:19", "explained": "plan:2.3.1c"}


def _complaint(call: ServiceCall) -> Complaint | None:
    return queries.of_instance(call.session, call.instance)


def petitioner(call: ServiceCall) -> str:
    """Who is written to."""
    report = call.session.get(Report, call.instance.id)
    found = report or _complaint(call)
    return str((found.told.get("name") if found is not None else "") or "信访人")


def number(call: ServiceCall) -> str:
    """The number of the matter itself: a review speaks of the complaint that it reviews."""
    found = _complaint(call) if call.instance.process_id == "petition_review" else None
    case = call.session.get(Case, found.instance_id if found is not None else call.instance.id)
    return case.number if case is not None else ""


def request(call: ServiceCall) -> str:
    """What is asked for."""
    if call.instance.process_id == "petition_review":
        return str(call.values("ask_review").get("grounds") or "")
    found = _complaint(call)
    return str((found.told.get("request") if found is not None else "") or "")


def received_on(call: ServiceCall) -> str:
    """The day on which it came in."""
    if call.instance.process_id == "petition_review":
        return str(call.values("ask_review").get("asked_on") or "")
    found = _complaint(call)
    return found.received_on.isoformat() if found is not None else ""


def due(call: ServiceCall) -> str:
    """The last day of the sixty, or of the ninety when they were extended."""
    clock = call.session.scalar(
        select(Clock).where(Clock.instance_id == call.instance.id, Clock.name == "petition_total")
    )
    if clock is not None and clock.due_at is not None:
        return last_day(clock.due_at).isoformat()
    since = (_complaint(call).accepted_on if _complaint(call) is not None else None) or call.now.date()  # type: ignore[union-attr]
    return files.last_day_of(call, str(call.parameters["petition_limit"]), since).isoformat()


def extension_reason(call: ServiceCall) -> str:
    """Why the head gave more time."""
    from engine.clocks.ledger import cause_words

    asked = call.session.scalar(
        select(Extension)
        .where(Extension.instance_id == call.instance.id, Extension.granted.is_(True))
        .order_by(Extension.id.desc())
        .limit(1)
    )
    if asked is None:
        return ""
    return f"{cause_words(asked.reason)}（{asked.note}）" if asked.note else cause_words(asked.reason)


def way(call: ServiceCall) -> str:
    """By which way the matter can be brought instead."""
    if call.instance.process_id == "petition_review":
        return "有新的事实和理由的，重新提出信访事项"
    said = str(call.values("triage_petition").get("way") or "").strip().rstrip("。")
    return said or "法律规定的途径"


def closing_reason(call: ServiceCall) -> str:
    """Why nothing more is taken up after a recheck."""
    said = str(call.values("triage_petition").get("reason") or "").strip().rstrip("。")
    return f"该事项已经复核终结。{said}"


def reasons(call: ServiceCall) -> list[dict[str, Any]]:
    """Why a matter is not taken up: what whoever decided it wrote, with the rule."""
    review = call.session.get(Review, call.instance.id)
    if review is not None:
        return [{"text": _late(call, review), "clause": "petition-2022:35" if _first(review) else "petition-2022:36"}]
    given = call.values("triage_petition")
    clause = CLAUSES.get(str(given.get("triage")), "petition-2022:23")
    text = str(given.get("reason") or "").strip()
    return [{"text": text, "clause": clause}] if text else []


def _first(review: Review) -> bool:
    return review.level == "review"


def _late(call: ServiceCall, review: Review) -> str:
    what = "复查" if _first(review) else "复核"
    return f"收到书面答复之日起三十日内可以请求{what}；您于{review.asked_on:%Y年%-m月%-d日}提出，已经超过期限。"


def _answer(task: str, other: str, name: str) -> Any:
    def look(call: ServiceCall) -> str:
        return str((call.values(task) or call.values(other)).get(name) or "")

    return look


def finding(call: ServiceCall) -> str:
    """What the reporter is told of the verification."""
    return str(call.values("verify_report").get("feedback") or "")


_before = facts.known()["reasons"].look


def _reasons(call: ServiceCall) -> Any:
    """Of complaints their own; of everything else what the decisions say."""
    return reasons(call) if call.instance.process_id in ("petition", "petition_review") else _before(call)


facts.register("reasons", _reasons, facts.known()["reasons"].title)
for _name, _look, _title in (
    ("petitioner", petitioner, "信访人姓名"),
    ("petition_number", number, "信访事项编号"),
    ("petition_request", request, "信访人的请求"),
    ("petition_received_on", received_on, "收到信访事项的日期"),
    ("petition_due", due, "信访办理期限的最后一天"),
    ("petition_extension_reason", extension_reason, "信访延期的理由"),
    ("petition_route", way, "可以提出的其他途径"),
    ("petition_closing_reason", closing_reason, "不再受理的理由"),
    ("petition_facts", _answer("petition_opinion", "review_opinion", "facts"), "查明的事实和理由"),
    ("petition_opinion", _answer("petition_opinion", "review_opinion", "opinion"), "处理意见"),
    ("petition_basis", _answer("petition_opinion", "review_opinion", "basis"), "处理意见的依据"),
    ("report_finding", finding, "举报核查结论"),
):
    facts.register(_name, _look, _title)
