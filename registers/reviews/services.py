"""What the periodic review asks of the registers."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.deadlines import last_day
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits import months
from registers.benefits.changing import benefit_of
from registers.benefits.ledger import change
from registers.benefits.reasons import reasons
from registers.exits.services import OPENED, opened


@services.service("reviews.open", "调取复核对象", outputs=OPENED)
def open_(call: ServiceCall) -> Outputs:
    """The benefit whose review is due. Its case is judged by the parameters of this day, not of the day of the
    application (57号 art. 31)."""
    call.decide_on(call.now.date())
    return opened(call, benefit_of(call))


@services.service(
    "reviews.compare",
    "与在享待遇比较",
    outputs={"review_changed": "boolean", "reviewed_amount": "number", "proposal": "text"},
)
def compare(call: ServiceCall) -> Outputs:
    """What the new figures ask for: nothing, more, less or the end (57号 art. 31, 32)."""
    new, old = int(call.flow["amount"]), int(call.flow["current_amount"])
    if not call.flow["eligible"]:
        proposal = "stop"
    elif new == old:
        proposal = "keep"
    else:
        proposal = "increase" if new > old else "reduce"
    return {"review_changed": proposal != "keep", "reviewed_amount": new, "proposal": proposal}


@services.service("reviews.close", "登记复核结论", outputs={})
def close(call: ServiceCall) -> Outputs:
    """The day of the next review: the interval that was decided, from today (57号 art. 31)."""
    benefit = benefit_of(call)
    if benefit.status == "active":
        benefit.review_on = last_day(call.deadline(str(call.flow["review_interval"])).at)
    return {}


@services.service(
    "exits.expiring",
    "调取到期的认定",
    outputs={"benefit_id": "number", "scheme": "text", "expires_until": "text", "expires_in": "text"},
)
def expiring(call: ServiceCall) -> Outputs:
    """A recognition that lapses by itself: the family hears of it in time and may apply again (刚支办法 art. 10)."""
    benefit = benefit_of(call)
    if benefit.expires_on is None:
        raise DoudiError("这项认定没有有效期，不会自动到期。")
    left = max((benefit.expires_on - call.now.date()).days, 0)
    until = benefit.expires_on.isoformat()
    return {"benefit_id": benefit.id, "scheme": benefit.scheme, "expires_until": until, "expires_in": f"{left}d"}


@services.service("benefits.expire", "认定到期", outputs={}, repeat="bars return")
def expire(call: ServiceCall) -> Outputs:
    """The recognition ends on the day that it was given with; no earlier, and only if nothing ended it before."""
    benefit = benefit_of(call)
    if benefit.expires_on is None or call.now.date() < benefit.expires_on:
        raise DoudiError("认定还没有到期，不能提前终止。")
    if benefit.status == "active":
        month = months.after(benefit.expires_on)
        reason = reasons(["expired"], None, call.flow, call.parameters, call.release)
        change(call, benefit, "expire", month, 0, benefit.persons, reason, by="系统")
        benefit.status, benefit.to_month = "ended", months.of(benefit.expires_on)
    return {}
