"""What the petition flow asks of its register: taking a matter in, sending it on, accepting it."""

from __future__ import annotations

from sqlalchemy import select

from engine.actors import cut
from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.cases.models import Case
from registers.complaints import files, matching, people, queries
from registers.complaints.models import Complaint, Seal

HOTLINES = ("12345", "12349")
#: Who may hear of a report.
CIRCLE = ("discipline", "county_check", "county_review", "county_decide")
#: What is kept, sealed, of the form on which a matter was taken in.
TOLD = ("name", "phone", "id_number", "address", "sender", "sender_number", "content", "request", "case_number")


@services.service(
    "complaints.register",
    "登记信访事项",
    outputs={
        "complaint_kind": "text",
        "about": "text",
        "named": "boolean",
        "hotline": "boolean",
        "transferred": "boolean",
        "standing": "text",
        "earlier": "text",
        "accepted": "boolean",
        "notice_limit": "text",
        "return_limit": "text",
        "return_until": "text",
        "dispatch_limit": "text",
    },
    reads=("register_petition",),
    fixed={"accepted": False},
)
def register(call: ServiceCall) -> Outputs:
    """Every channel is entered alike (art. 21). The periods count from the day on which the matter came in. A case that
    it is about and that is still to be decided must be visited by the county."""
    given = call.values("register_petition")
    accused = given.get("accused") or []
    # Whoever names staff reports them, whatever was ticked: the discipline office sees it first.
    made = call.session.get(Complaint, call.instance.id) or Complaint(instance_id=call.instance.id)
    made.kind, made.about = ("report", "staff") if accused else (given["kind"], given["about"])
    made.channel, made.subject = given["channel"], given["subject"]
    made.named, made.area = bool(given.get("named")), call.instance.area
    made.told = {key: given.get(key) for key in TOLD}
    made.received_on = files.day(given.get("received_on"), "收到日期")
    made.recorded_at, made.recorded_by = call.now, call.actor.name
    made.person = matching.person(given)
    made.matter = matching.matter(made.person, made.subject, given.get("case_number"))
    made.case_id = _case(call, given.get("case_number"))
    call.session.add(made)
    call.session.flush()
    people.accuse(call.session, call.instance.id, accused)
    files.file_case(call, files.UNNAMED if made.named else files.ANONYMOUS)
    files.mark_case(call.session, made.case_id)
    if given.get("help_wanted") and not accused:
        files.offer_help(call, made)
    before = matching.earlier(call.session, made)
    made.repeats_id = before.instance_id if before is not None else None
    length = {key: str(call.parameters[key]) for key in LIMITS}
    return {
        "complaint_kind": made.kind,
        "about": made.about,
        "named": made.named,
        "hotline": made.channel in HOTLINES,
        "transferred": made.channel == "transfer",
        "standing": matching.standing(call.session, before),
        "earlier": _number(call, made.repeats_id),
        "accepted": False,
        "notice_limit": files.counted(call, length["petition_notice_limit"], made.received_on),
        "return_limit": files.counted(call, length["petition_return_limit"], made.received_on),
        "return_until": files.last_day_of(call, length["petition_return_limit"], made.received_on).isoformat(),
        "dispatch_limit": files.counted(call, length["hotline_dispatch_limit"], made.received_on),
    }


LIMITS = ("petition_notice_limit", "petition_return_limit", "hotline_dispatch_limit")


@services.service("complaints.hand_over", "移交纪检监察", outputs={}, inputs={"route": "text"})
def hand_over(call: ServiceCall) -> Outputs:
    """A complaint against staff is sealed at once and goes to the discipline office; to the county's when the
    township's own officer or its head is accused (art. 30)."""
    made = of(call)
    made.route, made.result, made.closed_at = call.inputs["route"], "handed_over", call.now
    level = people.level(call.session, people.accused_of(call.session, call.instance.id), call.instance.area)
    seal(call, call.instance.id, level)
    # Whoever saw it as a complaint does not find it from now on.
    call.instance.seen_by = f",{','.join(CIRCLE)},"
    files.file_case(call, files.KEPT)
    files.ask_report(call, "petition", level)
    return {}


@services.service("complaints.triage", "登记审查结果", outputs={}, inputs={"route": "text"}, reads=("triage_petition",))
def triage(call: ServiceCall) -> Outputs:
    """Keeps which way a matter goes. A repeat that turns out to be another matter is no repeat."""
    made, given = of(call), call.values("triage_petition")
    made.route = call.inputs["route"]
    if given.get("same_matter") is False and made.matter is not None:
        made.repeats_id, made.matter = None, matching.matter(made.matter, "another", str(call.instance.id))
    tests = {key: given.get(key) for key in ("helped", "solved", "explained") if given.get(key)}
    made.tests = {**(made.tests or {}), **tests}
    return {}


@services.service("complaints.accept", "受理信访事项", outputs={"accepted": "boolean"}, fixed={"accepted": True})
def accept(call: ServiceCall) -> Outputs:
    """From this day the sixty days count (art. 34)."""
    made, case = of(call), call.session.get(Case, call.instance.id)
    made.accepted_on = call.acted.date()
    if case is not None:
        case.accepted_on = made.accepted_on
    call.decide_on(made.accepted_on)
    return {"accepted": True}


@services.service("complaints.help", "转入主动帮扶", outputs={})
def help_(call: ServiceCall) -> Outputs:
    """Who is poor is helped to apply, whatever comes of the complaint (art. 37; plan 2.3.1)."""
    files.offer_help(call, of(call))
    return {}


@services.service("complaints.conclude", "登记信访结果", inputs={"result": "text"}, outputs={})
def conclude(call: ServiceCall) -> Outputs:
    """How a matter ended that was not taken up, or was answered at once."""
    made = of(call)
    made.result, made.closed_at = call.inputs["result"], call.now
    return {}


@services.service("complaints.look", "查对投诉举报", outputs={"complaint": "boolean"})
def look(call: ServiceCall) -> Outputs:
    """Whether a complaint about this case waits for the county's visit (57号 art. 20)."""
    return {"complaint": queries.unvisited(call.session, call.instance.id)}


def of(call: ServiceCall) -> Complaint:
    """The complaint of a petition; DoudiError when the flow has not registered it."""
    made = call.session.get(Complaint, call.instance.id)
    if made is None:
        raise DoudiError("这件信访还没有登记在册，请先运行“登记信访事项”。")
    return made


def seal(call: ServiceCall, instance_id: int, level: str) -> None:
    """Keeps a case from all but those who may hear of a report; never lower than before."""
    kept = call.session.get(Seal, instance_id) or Seal(instance_id=instance_id, at=call.now)
    kept.level = "county" if "county" in (level, kept.level) else "township"
    call.session.add(kept)
    call.session.flush()


def _number(call: ServiceCall, instance_id: int | None) -> str:
    case = call.session.get(Case, instance_id) if instance_id is not None else None
    return case.number if case is not None else ""


def _case(call: ServiceCall, number: str | None) -> int | None:
    """The case of a number, within the same county."""
    if not number:
        return None
    found = select(Case.instance_id).where(
        Case.number == number.strip(), Case.area.startswith(cut(call.instance.area, "county"))
    )
    return call.session.scalar(found)
