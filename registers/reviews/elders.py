"""The yearly look at whoever receives an elderly allowance: alive, still here, in which band."""

from __future__ import annotations

from engine.errors import DoudiError
from engine.runtime.deadlines import last_day
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments.decide import decide
from registers.benefits import months
from registers.benefits.changing import benefit_of, leave
from registers.benefits.ledger import change
from registers.benefits.models import Benefit
from registers.households.models import Household, Person

#: {what was found: the ground on which the end is looked at}
ENDS = {"dead": "death", "moved": "moved", "income": "income_up"}


@services.service(
    "elders.settle", "登记年审结果", outputs={"life_result": "text"}, reads=("see_person", "approve_life_check")
)
def settle(call: ServiceCall) -> Outputs:
    """Who was seen keeps the allowance, in the band of the age by then; for whoever died or left, the end is looked at
    in a case of its own. What the director approved counts, never what was only reported."""
    benefit, seen, approved = benefit_of(call), call.values("see_person"), call.values("approve_life_check")
    result = str(seen.get("life_result") or "")
    if not approved.get("life_check_ok"):
        raise DoudiError("年审结果没有经过审核同意，不能登记。")
    if benefit.status != "active":
        return {"life_result": result}
    if result in ENDS:
        leave(call, benefit, ENDS[result], "review")
        return {"life_result": result}
    _band(call, benefit)
    benefit.review_on = last_day(call.deadline(str(call.parameters["elderly_alive_interval"])).at)
    return {"life_result": result}


def _band(call: ServiceCall, benefit: Benefit) -> None:
    """The amount of the age that the person has now."""
    person = call.session.get(Person, benefit.person_id)
    household = call.session.get(Household, benefit.household_id)
    today, born = call.now.date(), person.birth
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    fixed = bool(call.values("see_person").get("fixed_income"))
    found = decide(
        call.release,
        "elderly_amount",
        call.parameters,
        eligible=True,
        age=age,
        fixed_income=fixed,
        rural=household.rural,
    )
    new = int(found["amount"])
    if new != benefit.amount:
        kind = "increase" if new > benefit.amount else "decrease"
        by = call.submission("approve_life_check").author_name
        change(call, benefit, kind, months.after(call.now), new, benefit.persons, [], by=by)
        benefit.amount = new
