"""What flows ask of the register of decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.errors import DoudiError
from engine.runtime.models import Submission
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments import queries as assessments
from registers.benefits import months
from registers.benefits.ledger import begin
from registers.benefits.models import Decision
from registers.benefits.reasons import failed_of, reasons
from registers.cases.services import of
from registers.publicity import queries as publicity

#: The tasks at which a case is decided, in the two operating modes.
DECIDING = ("county_decide", "township_decide")


@services.service(
    "benefits.confirm",
    "确认救助",
    outputs={"effective_month": "text", "decided": "boolean", "granted": "boolean"},
    fixed={"decided": True, "granted": True},
    repeat="bars return",
    reads=DECIDING,
)
def confirm(call: ServiceCall) -> Outputs:
    """Confirms the amount from the month after the decision (57号 art. 21). Nobody is confirmed who was not assessed as
    eligible and, where the scheme asks for it, in publicity with that amount (art. 19, 28): the registers are asked,
    whatever the drawing says."""
    assessed = assessments.latest(call.session, call.instance.id)
    if assessed is None or not assessed.figures.get("eligible"):
        raise DoudiError("按核算结果不符合保障条件的，不能确认救助（57号第21条）。")
    if assessed.figures.get("amount") != call.flow.get("amount"):
        raise DoudiError("确认的金额与核算的金额不一致，不能确认救助（57号第21条）。")
    if call.parameters.get(f"{of(call).scheme}_publicity", True):
        _publicised(call, assessed.figures)
    decision = _decision(call, "confirm")
    decision.amount = call.flow["amount"]
    decision.effective_month = months.after(decision.decided_at)
    begin(call, decision, decision.effective_month)
    return {"effective_month": decision.effective_month, "decided": True, "granted": True}


def _publicised(call: ServiceCall, figures: Mapping[str, Any]) -> None:
    posted = publicity.latest(call.session, call.instance.id)
    hung = posted is not None and posted.closed_at is not None and not posted.superseded
    if not hung or call.now < clock.end_of(posted.until):
        raise DoudiError("没有公示期满的办件不能确认救助（57号第19条、第28条）。")
    if posted.amount != figures.get("amount"):
        raise DoudiError("确认的金额与公示的金额不一致，不能确认救助（57号第19条）。")


@services.service(
    "benefits.send_back",
    "退回重新调查",
    outputs={"decided": "boolean", "granted": "boolean", "publicised": "boolean"},
    fixed={"decided": False, "granted": False, "publicised": False},
    reads=DECIDING,
)
def send_back(call: ServiceCall) -> Outputs:
    """The decider decides nothing yet: the case is surveyed anew, and what is found then is publicised anew."""
    _made(call)
    return {"decided": False, "granted": False, "publicised": False}


@services.service(
    "benefits.refuse",
    "不予确认",
    outputs={"decided": "boolean", "granted": "boolean"},
    fixed={"decided": True, "granted": False},
    repeat="bars return",
    reads=DECIDING,
)
def refuse(call: ServiceCall) -> Outputs:
    """Refuses with every test that failed and the reasons that the decider named, each with the case's figures (57号
    art. 21). Without a reason there is no refusal."""
    decision = _decision(call, "refuse")
    named = _made(call).values.get("grounds") or []
    decision.reasons = reasons(named, failed_of(call.flow), call.flow, call.parameters, call.release)
    if not decision.reasons:
        raise DoudiError("不予确认必须写明理由，请审批人重新填写决定。")
    return {"decided": True, "granted": False}


def _made(call: ServiceCall) -> Submission:
    """What the decider handed in; the decision is that person's and of that instant, whoever runs the step."""
    made = [found for found in (call.submission(task) for task in DECIDING) if found is not None]
    if not made:
        raise DoudiError("没有找到审批人的决定，请先办理审核确认。")
    return max(made, key=lambda each: each.id)


def _decision(call: ServiceCall, outcome: str) -> Decision:
    made, assessed = _made(call), assessments.latest(call.session, call.instance.id)
    decision = call.session.get(Decision, call.instance.id) or Decision(instance_id=call.instance.id)
    decision.outcome, decision.amount, decision.effective_month, decision.reasons = outcome, 0, None, []
    decision.remark = str(made.values.get("reasons") or "")
    decision.decided_by, decision.decided_at = made.author_name, made.acted_at
    decision.parameters = assessed.parameters if assessed else {}
    decision.release_id = call.instance.release_id
    call.settle()
    call.session.add(decision)
    return decision
