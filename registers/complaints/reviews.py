"""Reviews (复查) and rechecks (复核), each a case of its own."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.models import Instance
from engine.runtime.services import Outputs, ServiceCall, services
from registers.complaints import files, queries
from registers.complaints.models import Complaint, Review


@services.service(
    "complaints.begin_review",
    "登记复查复核申请",
    outputs={"level": "text", "in_time": "boolean", "review_limit": "text"},
    reads=("ask_review",),
)
def begin(call: ServiceCall) -> Outputs:
    """An answer of the township is reviewed, a review is rechecked; each within thirty days of its being received,
    after that the right has lapsed (art. 35, 36)."""
    parent = call.session.get(Instance, call.instance.parent_id) if call.instance.parent_id else None
    answer = queries.answered(call.session, parent) if parent is not None else None
    if parent is None or answer is None or answer.final:
        raise DoudiError("没有可以复查、复核的答复，请从已经答复的信访件登记。")
    level = "review" if parent.process_id == "petition" else "recheck"
    asked = files.day(call.values("ask_review").get("asked_on"), "申请日期")
    made = call.session.get(Review, call.instance.id) or Review(instance_id=call.instance.id)
    made.complaint_id, made.parent_id, made.level, made.asked_on = answer.complaint_id, parent.id, level, asked
    made.in_time = answer.ask_until is None or asked <= answer.ask_until
    call.session.add(made)
    call.session.flush()
    files.file_case(call, files.UNNAMED)
    limit = str(call.parameters[f"petition_{level}_limit"])
    return {"level": level, "in_time": made.in_time, "review_limit": files.counted(call, limit, asked)}


@services.service(
    "complaints.review_replied",
    "登记复查复核答复",
    outputs={"ask_until": "text", "final": "boolean"},
    reads=("deliver_review_opinion", "record_recheck"),
)
def replied(call: ServiceCall) -> Outputs:
    """A recheck ends the matter: the same facts and reasons are not accepted again (art. 36)."""
    made = of(call)
    given = call.values("record_recheck") if made.level == "recheck" else call.values("deliver_review_opinion")
    made.replied_on = files.day(given.get("delivered_on"), "送达日期")
    if made.replied_on > call.now.date():
        raise DoudiError("答复的送达日期在今天以后，请核对送达回证后重新登记。")
    made.outcome = str(call.flow.get("review_outcome") or "")
    made.ask_until = files.last_day_of(call, str(call.parameters["petition_recheck_ask_limit"]), made.replied_on)
    final = made.level == "recheck"
    if final:
        complaint = call.session.get(Complaint, made.complaint_id, with_for_update=True)
        if complaint is not None:
            complaint.final = True
    return {"ask_until": made.ask_until.isoformat(), "final": final}


@services.service("complaints.close_review", "复查复核办结", outputs={})
def close(call: ServiceCall) -> Outputs:
    """The review is over: answered, or refused because it was asked for too late."""
    of(call).closed_at = call.now
    return {}


def of(call: ServiceCall) -> Review:
    """The review of this case; DoudiError when the flow has not registered it."""
    made = call.session.get(Review, call.instance.id)
    if made is None:
        raise DoudiError("这件复查还没有登记在册，请先运行“登记复查复核申请”。")
    return made
