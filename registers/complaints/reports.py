"""Reports against staff (检举控告): sealed, verified by the discipline office, each real-name one told its result."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.errors import DoudiError
from engine.runtime.models import Instance, Submission
from engine.runtime.services import Outputs, ServiceCall, services
from registers.complaints import files, matching, people
from registers.complaints.models import Complaint, Report
from registers.complaints.services import seal


@services.service("complaints.open_report", "登记检举控告", outputs={"named": "boolean", "repeated": "boolean"})
def open_report(call: ServiceCall) -> Outputs:
    """Takes over who reports, what, against whom, from the complaint or the check that it came from, and seals it."""
    source = call.session.get(Instance, int(call.flow["source_id"]))
    if source is None:
        raise DoudiError("没有找到这件举报的来源，请管理员核对。")
    made = call.session.get(Report, call.instance.id) or Report(instance_id=call.instance.id)
    made.source_id, made.area, made.recorded_at = source.id, call.instance.area, call.now
    complaint = call.session.get(Complaint, source.id)
    if complaint is not None:
        _from_complaint(call, made, complaint)
    else:
        _from_check(call, made, source)
    call.session.add(made)
    call.session.flush()
    accused = people.accused_of(call.session, source.id)
    rows = [{"name": each.told["name"], "unit": each.told["unit"], "post": each.post} for each in accused]
    people.accuse(call.session, call.instance.id, rows)
    seal(call, call.instance.id, people.level(call.session, accused, source.area))
    files.file_case(call, files.KEPT)
    before = matching.reported_before(call.session, made)
    made.repeats_id = before.instance_id if before is not None else None
    return {"named": made.named, "repeated": before is not None}


def _from_complaint(call: ServiceCall, made: Report, complaint: Complaint) -> None:
    handed = complaint.route == "discipline"
    made.source, made.named = ("petition", complaint.named) if handed else ("clue", False)
    made.told, made.matter = dict(complaint.told), complaint.matter
    made.case_id, made.received_on = complaint.case_id, complaint.received_on
    if not handed:  # What investigators found is their clue: who complained of something else is not its reporter.
        made.told, made.matter = {"content": _said(call, complaint.instance_id, "investigate_petition")}, None
        made.received_on = call.now.date()


def _from_check(call: ServiceCall, made: Report, source: Instance) -> None:
    made.source, made.named, made.matter, made.case_id = "check", False, None, None
    made.told = {"content": _said(call, source.id, "confirm_rectified") or _said(call, source.id, "check_visit")}
    made.received_on = call.now.date()


def _said(call: ServiceCall, instance_id: int, task: str) -> str:
    """What a form of another case says of the clue."""
    values: Any = call.session.scalar(
        select(Submission)
        .where(Submission.instance_id == instance_id, Submission.element_id == task)
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return str((values.values.get("clue_text") if values is not None else "") or "")


@services.service("complaints.report_taken", "登记受理决定", outputs={}, reads=("take_report",))
def taken(call: ServiceCall) -> Outputs:
    """Accepted, forwarded or not taken."""
    of(call).taken = call.flow.get("taken")
    return {}


@services.service("complaints.verified", "登记核查结论", outputs={}, reads=("verify_report",))
def verified(call: ServiceCall) -> Outputs:
    """What the verification came to."""
    of(call).result = call.values("verify_report")["report_result"]
    return {}


@services.service("complaints.close_report", "检举控告办结", outputs={})
def close(call: ServiceCall) -> Outputs:
    """When the reporter was told, and that the report is done with."""
    made = of(call)
    told = call.values("tell_accepted").get("told_on") or call.values("tell_not_taken").get("told_on")
    back = call.values("deliver_feedback").get("delivered_on")
    made.told_on = files.day(told, "告知日期") if told else None
    made.fed_back_on = files.day(back, "反馈日期") if back else None
    made.closed_at = call.now
    return {}


def of(call: ServiceCall) -> Report:
    """The report of this case; DoudiError when the flow has not registered it."""
    made = call.session.get(Report, call.instance.id)
    if made is None:
        raise DoudiError("这件举报还没有登记在册，请先运行“登记检举控告”。")
    return made
