"""What happened to a family: twelve months of income and necessary expenses, and the cause for which help is asked."""

from __future__ import annotations

from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments.given import READS, YEARLY, members, money, values
from registers.assessments.received import RECOGNISED, by_household, relieved
from registers.cases.services import of
from registers.households.models import Household


@services.service("assessment.year", "汇总十二个月收支", outputs=dict.fromkeys(YEARLY, "number"), reads=READS)
def year(call: ServiceCall) -> Outputs:
    """Income and rigid expenses of the household over twelve months, in fen (民发〔2024〕57号 art. 4, 5)."""
    found = values(call)
    return {key: money(found, key) for key in YEARLY}


@services.service(
    "assessment.relief",
    "汇总救助事由",
    outputs={
        "relief_type": "text",
        "relief_cause": "text",
        "relief_asked": "number",
        "relief_expense": "number",
        "relief_same_cause": "number",
        "relief_this_year": "number",
        "members": "number",
        "rural": "boolean",
        "recognised": "boolean",
        "receives": "text",
        "data_check_ok": "boolean",
    },
    reads=READS,
)
def relief(call: ServiceCall) -> Outputs:
    """The cause and the need, and what was given before in this calendar year (649号令 art. 47–49). Who is recognised
    already need not be checked again; an emergency is helped first (2026年意见)."""
    found, received = values(call), by_household(call)
    cause = str(found.get("relief_cause") or "other")
    same, this_year = relieved(call, cause)
    # Whatever was asked for: what goes on as expenditure relief is tested as that.
    kind = str(call.flow.get("relief_type") or found.get("relief_type") or "expenditure")
    recognised = bool(received & RECOGNISED)
    return {
        "relief_type": kind,
        "relief_cause": cause,
        "relief_asked": money(found, "relief_asked"),
        "relief_expense": money(found, "relief_expense"),
        "relief_same_cause": same,
        "relief_this_year": this_year,
        "members": len(members(call)),
        "rural": call.session.get_one(Household, of(call).household_id).rural,
        "recognised": recognised,
        "receives": ",".join(sorted(received)),
        "data_check_ok": _checked(call, excused=recognised or kind == "emergency"),
    }


def _checked(call: ServiceCall, *, excused: bool) -> bool:
    """Whether the data check passed; where none was made, whether none is asked for."""
    made = call.values("data_check").get("data_check_passed")
    if made is None:
        return excused
    return bool(made or call.values("recheck").get("recheck_passed", False))
