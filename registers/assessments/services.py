"""Adding up what the survey found of a household. Sums and counts only: what they mean is said by the decisions."""

from __future__ import annotations

from typing import Any

from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments.given import INCOME, MONTHLY, READS, figures, members, number, values
from registers.assessments.people import counts
from registers.assessments.received import by_household
from registers.cases.services import of
from registers.households.models import Household, IncomeStatement

#: What stands for a floor area that nobody asked for: the decision exempts no home whose area is not known.
UNKNOWN_AREA = -1
#: Counts that the visit may correct; ages are the register's alone.
VERIFIED = ("severely_disabled", "seriously_ill", "able_bodied")


@services.service(
    "assessment.prepare",
    "汇总家庭收入与财产",
    outputs={
        "members": "number",
        "rural": "boolean",
        "local": "boolean",
        "data_check_ok": "boolean",
        "receives": "text",
        "income_wage": "number",
        "income_total": "number",
        **dict.fromkeys(MONTHLY[len(INCOME) :], "number"),
        "assets_per_head": "number",
        "cars": "number",
        "car_use": "text",
        "asset_machinery": "boolean",
        "asset_employs": "boolean",
        "asset_school": "boolean",
        "asset_abroad": "boolean",
        "asset_luxury": "boolean",
        "homes": "number",
        "home_area_per_head": "number",
        "minors": "number",
        "elderly": "number",
        "severely_disabled": "number",
        "seriously_ill": "number",
        "able_bodied": "number",
        "income_unstable": "boolean",
    },
    reads=READS,
)
def prepare(call: ServiceCall) -> Outputs:
    """The verified figures of the household (57号 art. 13, 14) as sums and counts, in whole fen. They are kept as a
    statement of the household, so that the next review starts from them."""
    found, people = values(call), members(call)
    kept = figures(found)
    call.session.add(
        IncomeStatement(
            household_id=of(call).household_id,
            instance_id=call.instance.id,
            source="verified",
            figures=kept,
            made_at=call.now,
        )
    )
    checked = call.values("data_check").get("data_check_passed", False)
    counted = counts(people, call.parameters)
    return {
        "members": len(people),
        "rural": call.session.get_one(Household, of(call).household_id).rural,
        "local": found.get("local") is not False,
        "data_check_ok": bool(checked or call.values("recheck").get("recheck_passed", False)),
        "receives": ",".join(sorted(by_household(call))),
        "income_wage": kept["income_wage"],
        "income_total": sum(kept[key] for key in INCOME),
        **{key: kept[key] for key in MONTHLY[len(INCOME) :]},
        "assets_per_head": a_head(kept["assets_financial"], len(people)),
        **_owned(found, len(people)),
        # The investigators count whom they met; without their count it is the register's.
        **{key: number(found, key, absent) if key in VERIFIED else absent for key, absent in counted.items()},
        "income_unstable": bool(found.get("income_unstable")),
    }


def a_head(total: int, people: int) -> int:
    """Fen a person, rounded half up."""
    return (2 * total + people) // (2 * people)


def _owned(found: dict[str, Any], people: int) -> Outputs:
    """Cars and homes as numbers; older forms ask only whether there is one, and whether there are two."""
    cars = max(1, int(number(found, "asset_cars", 1))) if found.get("asset_car") else 0
    homes = int(number(found, "homes", 2 if found.get("asset_second_house") else 1))
    area = found.get("home_area")
    return {
        "cars": cars,
        "car_use": str(found.get("asset_car_use") or "private") if cars else "none",
        "homes": homes,
        "home_area_per_head": UNKNOWN_AREA if area is None else area / people,
        **{
            key: bool(found.get(key))
            for key in ("asset_machinery", "asset_employs", "asset_school", "asset_abroad", "asset_luxury")
        },
    }
