"""What flows ask of the publicity register."""

from __future__ import annotations

from sqlalchemy import func, select

from engine import clock
from engine.errors import DoudiError
from engine.runtime.deadlines import last_day
from engine.runtime.services import Outputs, ServiceCall, services
from registers.cases.own import own
from registers.cases.services import of
from registers.objections.models import Objection
from registers.publicity import queries
from registers.publicity.models import Publicity


@services.service(
    "publicity.open",
    "登记公示起止",
    outputs={"publicity_until": "text", "publicised": "boolean"},
    fixed={"publicised": False},
    reads=("post_notice",),
)
def open_(call: ServiceCall) -> Outputs:
    """Starts the publicity on the day of posting; the calendar says its last day, rolled, never shortened
    (57号 art. 19; 民法典 art. 201, 203)."""
    case = of(call)
    earlier = queries.latest(call.session, call.instance.id)
    if earlier is not None and earlier.closed_at is None:
        # It was torn down or drafted anew: the days begin again; what was objected to in the same round still counts.
        earlier.closed_at, earlier.superseded = call.now, True
    ending = bool(call.flow.get("ending"))
    end = call.deadline(str(own(call.parameters, "publicity_length", case.scheme, ending=ending)))
    until = last_day(end.at)
    call.session.add(
        Publicity(
            instance_id=call.instance.id,
            area=case.area,
            applicant=case.applicant,
            members=call.flow["members"],
            scheme=case.title,
            amount=call.flow["amount"],
            round=1 if earlier is None else earlier.round + (not earlier.superseded),
            place=call.values("post_notice").get("place", ""),
            phone=call.parameters["complaint_phone"],
            posted_at=call.now,
            until=until,
            basis=end.basis,
        )
    )
    return {"publicity_until": until.isoformat(), "publicised": False}


@services.service(
    "publicity.close",
    "结束公示",
    outputs={"publicised": "boolean", "objections": "number", "republicise": "boolean"},
    fixed={"publicised": True},
    reads=("take_down",),
)
def close(call: ServiceCall) -> Outputs:
    """Ends the publicity and counts what was objected to during it. It never ends early, whatever the drawing says."""
    posted = queries.latest(call.session, call.instance.id)
    if posted is None:
        raise DoudiError("这件办件还没有张贴公示，不能结束公示。")
    if not posted.superseded:  # One that was taken down because somebody died confirms nothing (registers.benefits).
        if call.now < clock.end_of(posted.until):
            raise DoudiError(f"公示到{posted.until:%Y年%m月%d日}24时才期满，不能提前结束（57号第19条）。")
        posted.closed_at = call.now
    count = call.session.scalar(
        select(func.count())
        .select_from(Objection)
        .join(Publicity, Publicity.id == Objection.publicity_id)
        .where(Publicity.instance_id == call.instance.id, Publicity.round == posted.round)
    )
    return {
        "publicised": True,
        "objections": count or 0,
        "republicise": bool(count) and _republicised(call),
    }


@services.service("publicity.renew", "原公示作废", outputs={"publicised": "boolean"}, fixed={"publicised": False})
def renew(call: ServiceCall) -> Outputs:
    """The household changed: what was publicised is no longer what is decided, so what is found anew is publicised anew
    (57号 art. 19, 30)."""
    return {"publicised": False}


@services.service("publicity.waive", "按规定不公示", outputs={"publicised": "boolean"}, fixed={"publicised": True})
def waive(call: ServiceCall) -> Outputs:
    """A recognition for which no rule asks for a publicity (刚支办法 has none): only where the parameter of the scheme
    says so; for everybody else the case stops here."""
    if call.parameters.get(f"{of(call).scheme}_publicity", True):
        raise DoudiError("这类救助按规定要公示，不能免去公示（57号第19条）。")
    return {"publicised": True}


def _republicised(call: ServiceCall) -> bool:
    """Whether this scheme publicises again after an objection: 低保 does not (57号 art. 19), 特困 must (art. 15)."""
    return bool(call.parameters.get(f"republicise_{of(call).scheme}", False))
