"""What flows ask of the register of decisions."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits.models import Decision
from registers.benefits.reasons import reasons

#: The tasks at which a case is decided, in the two operating modes.
DECIDING = ("county_decide", "township_decide")


@services.service(
    "benefits.confirm",
    "确认救助",
    outputs={"effective_month": "text"},
    repeat="bars return",
    reads=DECIDING,
)
def confirm(call: ServiceCall) -> Outputs:
    """Confirms the amount from the month after the decision (57号 art. 21). Nobody is confirmed who was not in
    publicity (art. 19, 28), whatever the drawing says."""
    if not call.flow.get("publicised"):
        raise DoudiError("没有公示期满的办件不能确认救助（57号第19条、第28条）。")
    year, month = call.now.year, call.now.month
    effective = f"{year + month // 12}-{month % 12 + 1:02d}"
    decision = _decision(call, "confirm")
    decision.amount, decision.effective_month = call.flow["amount"], effective
    return {"effective_month": effective}


@services.service("benefits.refuse", "不予确认", outputs={}, repeat="bars return", reads=DECIDING)
def refuse(call: ServiceCall) -> Outputs:
    """Refuses with the reasons that the decider named, each with the case's figures (57号 art. 21)."""
    decision = _decision(call, "refuse")
    given = _given(call)
    decision.reasons = reasons(given.get("grounds") or [], call.flow, call.parameters)
    return {}


def _given(call: ServiceCall) -> dict[str, object]:
    made = [found for found in (call.submission(task) for task in DECIDING) if found is not None]
    if not made:
        raise DoudiError("没有找到审批人的决定，请先办理审核确认。")
    return dict(max(made, key=lambda each: each.id).values)


def _decision(call: ServiceCall, outcome: str) -> Decision:
    decision = call.session.get(Decision, call.instance.id)
    if decision is None:
        decision = Decision(instance_id=call.instance.id)
        call.session.add(decision)
    decision.outcome, decision.amount, decision.reasons = outcome, 0, []
    decision.remark = str(_given(call).get("reasons") or "")
    decision.decided_by, decision.decided_at = call.actor.name, call.now
    decision.release_id = call.instance.release_id
    return decision
