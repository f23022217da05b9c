"""What a case knows of a household: declared on the application, verified by the visit. What the visit says wins, key
by key; in a review there is no application, so the household's last statement stands in its place."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.runtime.services import ServiceCall
from registers.assessments.people import Member, of_household
from registers.cases.services import of
from registers.households.models import IncomeStatement
from registers.households.services import APPLICATIONS, application

#: User tasks that verify what was declared, the last one that says something wins.
VERIFYING = ("confirm_emergency", "elderly_check", "home_visit")
READS = (*APPLICATIONS, *VERIFYING)

INCOME = ("income_wage", "income_business", "income_property", "income_transfer", "income_other")
#: Money of a household, in fen a month.
MONTHLY = (
    *INCOME, "income_exempt", "basic_pension", "elderly_income", "job_cost", "expense_medical", "expense_education",
    "expense_rent", "expense_disability", "rigid_expense",
)  # fmt: skip
#: The same over twelve months.
YEARLY = ("year_income", "year_living", "year_medical", "year_education", "year_rehabilitation", "year_other")
ASSETS = (
    "asset_car", "asset_machinery", "asset_second_house", "asset_employs", "asset_school", "asset_abroad",
    "asset_luxury",
)  # fmt: skip
OTHER = ("asset_cars", "asset_car_use", "homes", "home_area", "house_area")


def values(call: ServiceCall) -> Mapping[str, Any]:
    """Everything that is known, by the keys of the forms. Not one dictionary of it all: a field that nobody asks for is
    not read, and can be corrected without counting anew."""
    known = application(call) or _stated(call)
    return ChainMap(*(call.values(task) for task in reversed(VERIFYING)), dict(known))


def members(call: ServiceCall) -> list[Member]:
    """The people of the case's household, the head first, with what its forms say of them."""
    found = values(call)
    rows = [found, *(found.get("members") or [])]
    return of_household(call.session, of(call).household_id, call.now.date(), rows)


def reviewing(call: ServiceCall) -> bool:
    """Whether the case looks again at somebody who was confirmed before: it began with no application."""
    return not application(call)


def figures(found: Mapping[str, Any]) -> dict[str, Any]:
    """The money and the assets, as a statement keeps them; what no form asked for is 0 or no."""
    kept: dict[str, Any] = {key: money(found, key) for key in (*MONTHLY, *YEARLY, "assets_financial")}
    kept |= {key: bool(found.get(key)) for key in ASSETS}
    return kept | {key: found[key] for key in OTHER if found.get(key) is not None}


def money(found: Mapping[str, Any], key: str) -> int:
    """Fen; nothing said is nothing."""
    return int(found.get(key) or 0)


def number(found: Mapping[str, Any], key: str, absent: int = 0) -> int | float:
    """A number of a form, or `absent` when it was not asked or not answered."""
    value = found.get(key)
    return absent if value is None else value


def _stated(call: ServiceCall) -> dict[str, Any]:
    """The household's last statement."""
    made = call.session.scalar(
        select(IncomeStatement)
        .where(IncomeStatement.household_id == of(call).household_id)
        .order_by(IncomeStatement.id.desc())
        .limit(1)
    )
    return dict(made.figures) if made is not None else {}
