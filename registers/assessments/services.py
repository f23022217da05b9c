"""Adding up what the survey found, and keeping what was decided on it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, select

from engine import feel
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments.models import Assessment
from registers.cases.services import of
from registers.households.models import Household, IncomeStatement, Person
from registers.households.services import ASSETS, INCOME, figures

KEPT = (
    "members",
    "rural",
    "income_per_head",
    "assets_per_head",
    "asset_violation",
    "data_check_ok",
    "eligible",
    "refusal_code",
    "amount",
)


@services.service(
    "assessment.prepare",
    "汇总收入与财产",
    outputs={
        "members": "number",
        "rural": "boolean",
        "income_per_head": "number",
        "assets_per_head": "number",
        "asset_violation": "boolean",
        "data_check_ok": "boolean",
    },
    reads=("fill_application", "home_visit", "data_check", "recheck"),
)
def prepare(call: ServiceCall) -> Outputs:
    """Income by 57号 art. 13: the five classes less job cost and prescribed expenses, a head; figures that the visit
    verified win over declared ones. Assets by art. 14. Money in whole fen, rounded half up."""
    case = of(call)
    visited = call.values("home_visit")
    found = figures(visited or call.values("fill_application"))
    call.session.add(
        IncomeStatement(
            household_id=case.household_id,
            instance_id=call.instance.id,
            source="verified",
            figures=found,
            made_at=call.now,
        )
    )
    members = call.session.scalar(
        select(func.count())
        .select_from(Person)
        .where(Person.household_id == case.household_id, Person.left_on.is_(None))
    )
    household = call.session.get(Household, case.household_id)
    income = sum(found[key] for key in INCOME) - found["job_cost"] - found["rigid_expense"]
    checked = call.values("data_check").get("data_check_passed", False)
    return {
        "members": members,
        "rural": household.rural,
        "income_per_head": a_head(max(income, 0), members),
        "assets_per_head": a_head(found["assets_financial"], members),
        "asset_violation": any(found[key] for key in ASSETS),
        "data_check_ok": bool(checked or call.values("recheck").get("recheck_passed", False)),
    }


def a_head(total: int, members: int) -> int:
    """Fen a person, rounded half up."""
    return int((Decimal(total) / members).quantize(Decimal(1), ROUND_HALF_UP))


@services.service("assessment.record", "留存核算依据", outputs={})
def record(call: ServiceCall) -> Outputs:
    """Keeps the figures, the decisions' rows and the parameters that they read."""
    call.session.add(
        Assessment(
            instance_id=call.instance.id,
            figures={key: call.flow[key] for key in KEPT if key in call.flow},
            parameters=_read(call),
            decisions=dict(call.decisions),
            release_id=call.instance.release_id,
            made_at=call.now,
        )
    )
    return {}


def _read(call: ServiceCall) -> dict[str, Any]:
    """The parameters that the decisions of this case read, with their values."""
    names = set()
    for key in call.decisions:
        decision = call.release.decisions[key]
        texts = [decision.expression or ""]
        texts += [column.expression for column in decision.inputs]
        texts += [text for row in decision.rows for text in (*row.tests, *row.outputs)]
        for text in texts:
            names |= {path.split(".")[1] for path in feel.paths(text) if path.startswith("parameters.")}
    return {name: call.parameters[name] for name in sorted(names) if name in call.parameters}
