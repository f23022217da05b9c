"""What the exit flow asks of the registers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.errors import DoudiError
from engine.runtime.models import Instance
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments import queries as assessments
from registers.assessments.decide import decide
from registers.benefits import months, queries
from registers.benefits.changing import benefit_of
from registers.benefits.models import Benefit
from registers.cases.models import Case
from registers.households.models import Household
from registers.payments.recovery import asking

#: What everything that changes a benefit starts from.
NEVER = "这件办件没有正在享受的待遇，不用办理退出。"
OPENED = {
    "benefit_id": "number",
    "scheme": "text",
    "applicant": "text",
    "members": "number",
    "rural": "boolean",
    "mode": "text",
    "current_amount": "number",
    "amount": "number",
    "reviewed_amount": "number",
    "care_grade": "text",
    "review_interval": "text",
    "eligible": "boolean",
    "failed_tests": "text",
    "exit_ground": "text",
    "publicised": "boolean",
    "objections": "number",
}


@services.service("exits.open", "调取在享待遇", outputs={"still_received": "boolean", **OPENED}, reads=("report_exit",))
def open_(call: ServiceCall) -> Outputs:
    """The benefit that shall end or change: the one that the parent case confirmed. It may have ended since this was
    asked for, by another case or with its term; then there is nothing left to leave."""
    benefit = _granted(call, active=True) or _granted(call, active=False)
    if benefit is None:
        raise DoudiError(NEVER)
    ground = str(call.values("report_exit").get("exit_ground") or "")
    return {"still_received": benefit.status == "active", **opened(call, benefit), "exit_ground": ground}


@services.service("exits.look", "调取在享待遇", outputs=OPENED)
def look(call: ServiceCall) -> Outputs:
    """The active benefit that the parent case confirmed, to be looked at again without a wish to end it."""
    benefit = _granted(call, active=True)
    if benefit is None:
        raise DoudiError(NEVER)
    return opened(call, benefit)


@services.service(
    "care.compare",
    "与在享待遇比较",
    outputs={"review_changed": "boolean", "reviewed_amount": "number"},
    reads=("reassess_care",),
)
def compare(call: ServiceCall) -> Outputs:
    """Whether the grade that was found anew changes what is paid (特困办法 art. 23). Only the ability was looked at."""
    new = int(call.flow["amount"])
    return {"review_changed": new != int(call.flow["current_amount"]), "reviewed_amount": new}


@services.service("care.regrade", "登记照料护理档次", outputs={}, reads=("reassess_care",))
def regrade(call: ServiceCall) -> Outputs:
    """The grade found anew holds from now on (特困办法 art. 23); what it changes in money was decided before."""
    benefit_of(call).care_grade = str(call.flow["care_grade"])
    return {}


def opened(call: ServiceCall, benefit: Benefit) -> Outputs:
    """What the flow knows of a benefit at the beginning."""
    household = call.session.get(Household, benefit.household_id)
    begun = call.session.get(Case, benefit.instance_id)
    current = queries.amount_in(call.session, benefit, months.of(call.now))
    return {
        "benefit_id": benefit.id,
        "scheme": benefit.scheme,
        "applicant": begun.applicant,
        "members": benefit.persons,
        "rural": household.rural,
        "mode": str(call.parameters.get(f"{benefit.scheme}_mode") or call.parameters["dibao_mode"]),
        "current_amount": current,
        "amount": current,
        "reviewed_amount": -1,
        "care_grade": benefit.care_grade,
        "review_interval": _interval(call, benefit),
        "eligible": True,
        "failed_tests": "",
        "exit_ground": "",
        "publicised": False,
        "objections": 0,
    }


@services.service(
    "exits.prepare", "核对变更依据", outputs={"ending": "boolean"}, fixed={"ending": True}, reads=("propose_exit",)
)
def prepare(call: ServiceCall) -> Outputs:
    """Nobody proposes a change of what has ended already; what is proposed names at least one ground."""
    benefit, proposed = benefit_of(call), call.values("propose_exit")
    if benefit.status != "active":
        raise DoudiError("这项待遇已经停止，不用再变更。请选择“维持不变”结束办理。")
    if not proposed.get("grounds") and not call.flow.get("failed_tests") and proposed.get("exit_kind") != "increase":
        raise DoudiError("变更或退出必须写明理由，请重新提出意见。")
    return {"ending": True}


@services.service("exits.refer", "核查能否转入其他救助", outputs={"other_help": "text"}, reads=("propose_exit",))
def refer(call: ServiceCall) -> Outputs:
    """Who leaves one scheme is looked at for the others (特困办法 art. 27): their tests on the newest figures of the
    family. `other_help` names the schemes whose tests are all met, then those of which the figures say nothing, with
    a `?`. What was got by fraud is claimed back (649号令 art. 68)."""
    benefit, proposed = benefit_of(call), call.values("propose_exit")
    if "fraud" in (proposed.get("grounds") or []):
        asking.ask_all_paid(
            call.session,
            instance_id=benefit.instance_id,
            ground="fraud",
            note="退出时认定骗取救助。",
            who=call.actor.name,
            now=call.now,
            since=str(proposed.get("since_month") or ""),
        )
    kept = assessments.latest(call.session, call.instance.id) or assessments.latest(call.session, benefit.instance_id)
    figures = {**(kept.figures if kept is not None else {}), "receives": ""}
    asked = [each.strip() for each in str(call.parameters["exit_referrals"]).split(",")]
    found = {scheme: _fits(call, scheme, figures) for scheme in asked if scheme != benefit.scheme}
    sure = [scheme for scheme, fits in found.items() if fits]
    return {"other_help": ",".join([*sure, *(f"{scheme}?" for scheme, fits in found.items() if fits is None)])}


def _fits(call: ServiceCall, scheme: str, figures: dict[str, Any]) -> bool | None:
    """Whether the figures meet every test of a scheme; None when they do not say."""
    try:
        found = decide(call.release, f"{scheme}_tests", call.parameters, **{**figures, "scheme": scheme})
    except DoudiError:
        return None
    return found["failed_tests"] == ""


def _granted(call: ServiceCall, *, active: bool) -> Benefit | None:
    """The last benefit that the parent case confirmed; None when there is none (that is active)."""
    parent = call.session.get(Instance, call.instance.parent_id or 0)
    if parent is None:
        raise DoudiError("退出要从享受待遇的办件发起，请打开那件办件，从“相关办理”选择。")
    asked = select(Benefit).where(Benefit.instance_id == parent.id)
    if active:
        asked = asked.where(Benefit.status == "active")
    return call.session.scalar(asked.order_by(Benefit.id.desc()).limit(1))


def _interval(call: ServiceCall, benefit: Benefit) -> str:
    return str(call.parameters.get(f"{benefit.scheme}_review_interval") or call.parameters["review_interval_stable"])
