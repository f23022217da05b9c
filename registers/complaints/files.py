"""What the operations of complaints, reports and checks share: the row of a case, dates that count from another day."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import cut
from engine.errors import DoudiError
from engine.holidays import queries as holidays
from engine.ladders.recipients import recipients
from engine.outbox.operations import enqueue
from engine.runtime.deadlines import deadline, last_day
from engine.runtime.models import Instance
from engine.runtime.openings import ask
from engine.runtime.services import ServiceCall
from registers.benefits.models import Decision
from registers.cases.models import Case
from registers.cases.numbers import called, case_number
from registers.complaints.models import Complaint

#: How a list names whom it must not name.
UNNAMED, ANONYMOUS, KEPT = "实名信访人", "匿名信访人", "保密"


def file_case(call: ServiceCall, applicant: str, household_id: int | None = None) -> Case:
    """The case's row with its number; `applicant` is what lists say, never a name."""
    process = call.release.processes[call.instance.process_id]
    scheme = process.scheme or process.id
    case = call.session.get(Case, call.instance.id)
    if case is None:
        case = Case(
            instance_id=call.instance.id,
            number=case_number(call.session, call.instance.area, scheme, call.now.year),
            scheme=scheme,
            title=process.name,
            created_at=call.now,
            filed=False,
            complaint=False,
        )
        call.session.add(case)
    case.applicant, case.area, case.household_id = applicant, call.instance.area, household_id
    call.session.flush()
    return case


def counted(call: ServiceCall, length: str, since: date) -> str:
    """A period that counts from the day on which something came in: the length itself when that is today, else the
    date that it leads to, so that a matter entered late is late."""
    if since >= call.now.date():
        return length
    return last_day_of(call, length, since).isoformat()


def last_day_of(call: ServiceCall, length: str, since: date) -> date:
    """The last day of a length that counts from a day."""
    return last_day(deadline(length, clock.instant(since), holidays.current(call.session)).at)


def mark_case(session: Session, case_id: int | None) -> None:
    """A complaint about a case whose decision is still to come: the county visits it (57号 art. 20). The case is
    locked, so that complaint and decision come one after the other."""
    if case_id is None:
        return
    instance = session.get(Instance, case_id, with_for_update=True, populate_existing=True)
    case = session.get(Case, case_id)
    if case is not None and instance is not None and instance.status == "running":
        case.complaint = case.complaint or session.get(Decision, case_id) is None


def ask_report(call: ServiceCall, source: str, level: str) -> None:
    """Asks that the discipline office get a report; the county's when the township's cannot be asked."""
    area = cut(call.instance.area, "county" if level == "county" else "township")
    key = f"report:{source}:{call.instance.id}:{call.element.id}"
    flow = {"source_id": call.instance.id}
    ask(call.session, key=key, process_id="report", area=area, flow=flow, now=call.now)


def offer_help(call: ServiceCall, made: Complaint) -> None:
    """Asks that somebody look after a person who is poor, once a complaint, and tells the window whom. The outreach is
    no sub-case of the complaint: whoever visits for it need not know that somebody complained."""
    made.tests = {**(made.tests or {}), "helped": (made.tests or {}).get("helped") or "已转入主动帮扶，上门走访"}
    asked = ask(
        call.session,
        key=outreach_key(call.instance.id),
        process_id="outreach",
        area=call.instance.area,
        flow={},
        now=call.now,
    )
    enqueue(
        call.session,
        kind="assign",
        subject=f"{called(call.session, call.instance)}：信访人生活困难，请登记走访线索",
        body="系统已开出一件走访帮扶。请认领“登记线索”，对象是这件信访的信访人，来源选“信访”或者“12349”。",
        to=recipients(call.session, "clerk", call.instance, None).actors,
        area=call.instance.area,
        instance_id=call.instance.id,
        key=f"help:{asked.key}",
        now=call.now,
    )


def outreach_key(instance_id: int) -> str:
    """Under which the outreach of a complaint is asked for."""
    return f"outreach:petition:{instance_id}"


def day(given: Any, what: str) -> date:
    """A date of a form; DoudiError that names what is missing."""
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise DoudiError(f"没有填写{what}，请补填后再办。") from None
