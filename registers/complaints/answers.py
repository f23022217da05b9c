"""What is found out about a complaint, the answer that reaches the person, and its end."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.complaints import files, people
from registers.complaints.services import of


@services.service(
    "complaints.found",
    "登记调查情况",
    outputs={"hardship": "boolean", "mediate": "boolean"},
    reads=("investigate_petition",),
)
def found(call: ServiceCall) -> Outputs:
    """What speaks against staff goes to the discipline office at once, without the complaint waiting for it; whoever it
    speaks against keeps out of the complaint from now on."""
    given = call.values("investigate_petition")
    accused = people.accuse(call.session, call.instance.id, given.get("accused") or [])
    if given.get("clue"):
        known = accused or people.accused_of(call.session, call.instance.id)
        files.ask_report(call, "clue", people.level(call.session, known, call.instance.area))
    return {"hardship": bool(given.get("hardship")), "mediate": bool(given.get("mediate"))}


@services.service(
    "complaints.replied", "登记答复送达", outputs={"ask_until": "text"}, reads=("deliver_petition_opinion",)
)
def replied(call: ServiceCall) -> Outputs:
    """From the day on which the answer reached the person, they may ask for a review (art. 35)."""
    made = of(call)
    made.replied_on = files.day(call.values("deliver_petition_opinion").get("delivered_on"), "送达日期")
    if made.replied_on > call.now.date():
        raise DoudiError("答复的送达日期在今天以后，请核对送达回证后重新登记。")
    made.ask_until = files.last_day_of(call, str(call.parameters["petition_review_ask_limit"]), made.replied_on)
    return {"ask_until": made.ask_until.isoformat()}


@services.service("complaints.answered", "登记处理意见", outputs={}, reads=("petition_opinion",))
def answered(call: ServiceCall) -> Outputs:
    """How the complaint was answered: supported, partly, unsupported."""
    of(call).result = call.values("petition_opinion")["petition_result"]
    return {}


@services.service("complaints.close", "信访办结", outputs={})
def close(call: ServiceCall) -> Outputs:
    """The plan's three tests (2.3.1), as the call-back found them: helped in hardship, solved when reasonable,
    explained when not."""
    made, given = of(call), call.values("call_back")
    tests = {key: given.get(key) for key in ("helped", "solved", "explained") if given.get(key)}
    made.tests, made.closed_at = {**(made.tests or {}), **tests}, call.now
    return {}
