"""Filing the near relatives of whoever is newly hired, elected or recruited, and looking at all of them again."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from engine import secrets
from engine.calendar.arithmetic import due
from engine.calendar.days import national
from engine.calendar.lengths import Length
from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits.changing import leave
from registers.benefits.models import Benefit
from registers.filings.models import KinFiling
from registers.filings.staff import keep as keep_kin
from registers.filings.staff import who
from registers.filings.telling import tell_namesakes
from registers.households import ties
from registers.households.models import Person


@services.service(
    "filings.match",
    "比对在享救助对象",
    outputs={"kin_matches": "number", "kin_limit": "text"},
    reads=("report_appointment",),
)
def match(call: ServiceCall) -> Outputs:
    """Registers the relatives, so that the person keeps out of their cases from now on, and finds those among them who
    receive something (方案 二（二）1). Who the person is goes by their ID number; where only the name fits an account,
    the director finds out. The month for filing runs from the appointment, not from its report."""
    given = call.values("report_appointment")
    appointed = date.fromisoformat(str(given["appointed_on"]))
    number = str(given.get("id_number") or "").upper()
    staff = who(call.session, given["name"], secrets.fingerprint(number) if number else None)
    matches = 0
    for relative in given.get("relatives") or []:
        print_ = secrets.fingerprint(str(relative["id_number"]).upper())
        keep_kin(
            call.session,
            staff,
            post=given.get("post") or "",
            relative=relative["name"],
            fingerprint=print_,
            relation=relative["relation"],
            now=call.now,
        )
        for benefit in call.session.scalars(
            select(Benefit)
            .join(Person, Person.household_id == Benefit.household_id)
            .where(Person.fingerprint.in_(ties.numbers([print_])), Person.left_on.is_(None), Benefit.status == "active")
            .distinct()
        ):
            matches += 1
            _keep_filing(call, given, relative, benefit, appointed)
    limit = due(appointed, Length.parse(str(call.parameters["kin_filing_limit"])), national())
    left = max((limit.day - call.now.date()).days, 0)
    if not staff.certain:
        tell_namesakes(call.session, staff, call.instance.area, call.actor, call.now)
    return {"kin_matches": matches, "kin_limit": f"{left}d"}


@services.service("filings.keep", "登记备案", outputs={}, reads=("file_kin", "visit_kin"))
def keep(call: ServiceCall) -> Outputs:
    """The filing is done once the county has visited; whoever is no longer entitled is looked at in a case of its own
    (方案 二（二）1: 及时终止)."""
    visit = call.values("visit_kin")
    for filing in _filings(call):
        filing.filed_on, filing.visited_on = call.now.date(), date.fromisoformat(str(visit["visited_on"]))
        filing.entitled = bool(visit.get("entitled"))
        if not filing.entitled:
            leave(
                call,
                call.session.get(Benefit, filing.benefit_id),
                str(visit.get("exit_ground") or "income_up"),
                "review",
            )
    return {}


@services.service("filings.list", "列出全部备案对象", outputs={"kin_count": "number"})
def list_(call: ServiceCall) -> Outputs:
    """How many filed families of the township still receive something."""
    return {"kin_count": len(standing(call))}


@services.service("filings.settle", "落实核查结果", outputs={}, reads=("recheck_filed",))
def settle(call: ServiceCall) -> Outputs:
    """Every filed family was looked at; for those who are no longer entitled the end is looked at."""
    found = {int(each["filing_no"]): each for each in call.values("recheck_filed").get("results") or []}
    due_ = {filing.id: filing for filing in standing(call)}
    missing = sorted(set(due_) - set(found))
    if missing:
        raise DoudiError(f"备案{'、'.join(map(str, missing))}还没有核查结果，请补齐后再提交。")
    for key, filing in due_.items():
        filing.rechecked_on = call.now.date()
        filing.entitled = found[key].get("finding") == "entitled"
        if not filing.entitled:
            leave(call, call.session.get(Benefit, filing.benefit_id), "income_up", "review")
    return {}


def standing(call: ServiceCall) -> list[KinFiling]:
    """The filings of the area whose families still receive something, by number."""
    area = call.instance.area
    return list(
        call.session.scalars(
            select(KinFiling)
            .join(Benefit, Benefit.id == KinFiling.benefit_id)
            .where(
                KinFiling.filed_on.is_not(None),
                Benefit.status == "active",
                (Benefit.area == area) | Benefit.area.startswith(f"{area}/", autoescape=True),
            )
            .order_by(KinFiling.id)
        )
    )


def _filings(call: ServiceCall) -> list[KinFiling]:
    return list(call.session.scalars(select(KinFiling).where(KinFiling.instance_id == call.instance.id)))


def _keep_filing(
    call: ServiceCall, given: dict[str, Any], relative: dict[str, Any], benefit: Benefit, appointed: date
) -> None:
    there = select(KinFiling).where(
        KinFiling.instance_id == call.instance.id,
        KinFiling.benefit_id == benefit.id,
        KinFiling.relative_name == relative["name"],
    )
    if call.session.scalar(there.limit(1)) is None:
        call.session.add(
            KinFiling(
                instance_id=call.instance.id,
                staff_name=given["name"],
                unit=given.get("unit") or "",
                post=given.get("post") or "",
                appointed_on=appointed,
                relative_name=relative["name"],
                relation=relative["relation"],
                benefit_id=benefit.id,
            )
        )
