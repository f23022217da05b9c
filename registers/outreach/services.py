"""What the outreach flow asks of its register. Nobody is ever enrolled by it: 57号 art. 28."""

from __future__ import annotations

from sqlalchemy import select

from engine import secrets
from engine.errors import DoudiError
from engine.runtime import openings
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits.changing import leave
from registers.benefits.models import Benefit
from registers.cases.schemes import SCHEMES
from registers.households import ties
from registers.households.models import Person
from registers.outreach.models import Lead


@services.service(
    "outreach.match",
    "比对在享救助",
    outputs={
        "groups": "number",
        "medical_spend": "number",
        "severely_disabled": "number",
        "living_alone": "boolean",
        "lead_kind": "text",
    },
    reads=("report_lead",),
)
def match(call: ServiceCall) -> Outputs:
    """Who is named by whom, what they receive already, which of the four ways it goes (2023意见 三（四）)."""
    given = call.values("report_lead")
    number = str(given.get("id_number") or "").upper()
    print_ = secrets.fingerprint(number) if number else secrets.fingerprint(f"{given['name']}:{call.instance.area}")
    receives = call.session.scalars(
        select(Benefit.scheme)
        .join(Person, Person.household_id == Benefit.household_id)
        .where(Person.fingerprint.in_(ties.numbers([print_])), Person.left_on.is_(None), Benefit.status == "active")
        .distinct()
    ).all()
    lead = call.session.get(Lead, call.instance.id) or Lead(instance_id=call.instance.id)
    lead.area, lead.fingerprint, lead.reported_at = call.instance.area, print_, call.now
    lead.person = {"name": given["name"], "phone": given.get("phone"), "id_number": number}
    lead.groups, lead.receives = list(given.get("groups") or []), ",".join(sorted(receives))
    lead.kind = str(given["lead_kind"])
    if lead.kind == "doubtful" and not receives:
        lead.kind = "uncovered"
    call.session.add(lead)
    return {
        "groups": len(lead.groups),
        "medical_spend": int(given.get("medical_spend") or 0),
        "severely_disabled": 1 if "disabled" in lead.groups else 0,
        "living_alone": bool(given.get("living_alone")),
        "lead_kind": lead.kind,
    }


@services.service("outreach.assist", "协助提交申请", outputs={}, reads=("visit_lead",))
def assist(call: ServiceCall) -> Outputs:
    """Opens the application for whoever said yes, to be filled in with them at the window. Without a signed consent
    nothing is opened (57号 art. 6, 28)."""
    lead, visit = _lead(call), call.values("visit_lead")
    scheme = str(visit.get("scheme") or "")
    if not visit.get("consent") or scheme not in SCHEMES:
        raise DoudiError("没有本人同意或者没有选定救助种类，不能协助申请。")
    lead.result, lead.scheme = "apply", scheme
    openings.ask(
        call.session,
        key=f"outreach:{call.instance.id}:{scheme}",
        process_id=scheme,
        area=call.instance.area,
        flow={},
        parent_id=call.instance.id,
        now=call.now,
    )
    return {}


@services.service("outreach.close", "登记走访结果", outputs={}, reads=("visit_lead",))
def close(call: ServiceCall) -> Outputs:
    """Not needed, or not wanted: the latter with the person's signature."""
    lead, visit = _lead(call), call.values("visit_lead")
    lead.result = str(visit.get("visit_result") or "")
    if lead.result == "refuses" and not visit.get("refusal_signed"):
        raise DoudiError("本人不愿申请的，要有本人签字。")
    return {}


@services.service("outreach.doubt", "对在享待遇发起核实", outputs={})
def doubt(call: ServiceCall) -> Outputs:
    """Somebody who may no longer be entitled is looked at in a case of its own; nothing is stopped by an alert."""
    lead = _lead(call)
    for benefit in call.session.scalars(
        select(Benefit)
        .join(Person, Person.household_id == Benefit.household_id)
        .where(
            Person.fingerprint.in_(ties.numbers([lead.fingerprint])),
            Person.left_on.is_(None),
            Benefit.status == "active",
        )
        .distinct()
    ):
        leave(call, benefit, "income_up", "data")
    return {}


def _lead(call: ServiceCall) -> Lead:
    lead = call.session.get(Lead, call.instance.id)
    if lead is None:
        raise DoudiError("这条线索没有登记在册，请重新登记。")
    return lead
