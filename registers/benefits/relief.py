"""Emergency relief: help first, papers afterwards; never without the emergency confirmed and the figures kept."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments import queries as assessments
from registers.benefits import months
from registers.benefits.ledger import begin
from registers.benefits.models import Decision

#: Who grants an emergency relief.
GRANTING = ("head_grants", "county_grants")


@services.service(
    "benefits.grant_relief",
    "登记快救金额",
    outputs={"emergency_result": "text", "decided": "boolean", "granted": "boolean"},
    fixed={"emergency_result": "helped", "decided": True, "granted": True},
    repeat="bars return",
    reads=("confirm_emergency", *GRANTING),
)
def grant(call: ServiceCall) -> Outputs:
    """A one-off relief for an emergency that somebody confirmed and another granted: at most the cap, by the township
    only within its ceiling (2026年意见; 649号令 art. 48). No publicity is asked for."""
    if call.values("confirm_emergency").get("relief_type") != "emergency":
        raise DoudiError("急难情形没有核实属实，不能按小额快救办理。")
    assessed = assessments.latest(call.session, call.instance.id)
    if assessed is None or not assessed.figures.get("eligible"):
        raise DoudiError("按核算结果不符合小额快救条件的，不能给予快救。")
    amount = call.flow.get("amount")
    if assessed.figures.get("amount") != amount or not amount:
        raise DoudiError("快救金额与核算的金额不一致，不能给予快救。")
    made = [found for found in (call.submission(task) for task in GRANTING) if found is not None]
    if not made or not made[-1].values.get("grant"):
        raise DoudiError("没有找到给予快救的审批，请先审批。")
    by = max(made, key=lambda each: each.id)
    if by.element_id == "head_grants" and call.flow.get("route") != "township":
        raise DoudiError("超过乡镇审批额度的，要由县级审批。")
    decision = call.session.get(Decision, call.instance.id) or Decision(instance_id=call.instance.id)
    decision.outcome, decision.amount, decision.reasons = "confirm", amount, []
    decision.effective_month, decision.remark = months.of(by.acted_at), str(by.values.get("reasons") or "")
    decision.decided_by, decision.decided_at = by.author_name, by.acted_at
    decision.parameters, decision.release_id = assessed.parameters, call.instance.release_id
    call.settle()
    call.session.add(decision)
    call.session.flush()
    begin(call, decision, decision.effective_month)
    return {"emergency_result": "helped", "decided": True, "granted": True}


@services.service(
    "benefits.pass_on",
    "转支出型办理",
    outputs={"emergency_result": "text", "relief_type": "text"},
    fixed={"emergency_result": "passed", "relief_type": "expenditure"},
)
def pass_on(call: ServiceCall) -> Outputs:
    """What is no emergency, or not granted as one, goes on as an ordinary application: nobody is sent away unheard."""
    return {"emergency_result": "passed", "relief_type": "expenditure"}
