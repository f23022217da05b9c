"""What the evaluation flow asks of its register."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.accounts.models import Account
from registers.cases.services import of
from registers.evaluations.models import Evaluation
from registers.filings.models import Filing
from registers.households.models import Person

#: Of those who attend: the representatives of the villagers.
VILLAGER = "villager"


@services.service(
    "evaluations.check",
    "核对名册和回避",
    outputs={"roster_ok": "boolean", "roster_note": "text"},
    reads=("convene_evaluation",),
)
def check(call: ServiceCall) -> Outputs:
    """Whether the meeting may be held as it was convened: enough people, two thirds of them villagers' representatives,
    nobody of the family and none of its kin among them (220号 art. 17 as the model; 57号 art. 11)."""
    roster = call.values("convene_evaluation").get("attendees") or []
    faults = [*_too_few(call, roster), *_not_apart(call, roster)]
    return {"roster_ok": not faults, "roster_note": "；".join(faults) or "名册合规"}


@services.service(
    "evaluations.record",
    "登记评议结论",
    outputs={"evaluation_result": "text"},
    reads=("convene_evaluation", "hold_evaluation"),
)
def record(call: ServiceCall) -> Outputs:
    """Keeps the meeting. More votes than people is no vote."""
    roster = call.values("convene_evaluation").get("attendees") or []
    held = call.values("hold_evaluation")
    votes = {key: int(held.get(key) or 0) for key in ("votes_for", "votes_against", "votes_abstain")}
    if sum(votes.values()) > len(roster):
        raise DoudiError("票数合计多于参会人数，请核对表决记录后重新登记。")
    made = call.session.scalar(select(Evaluation).where(Evaluation.task_id == call.task_id)) or Evaluation(
        instance_id=call.instance.id, task_id=call.task_id
    )
    made.held_on, made.place = date.fromisoformat(str(held["held_on"])), str(held.get("place") or "")
    made.chair, made.recorder = str(held.get("chair") or ""), str(held.get("recorder") or "")
    made.attendees = [{"name": each["name"], "capacity": each["capacity"]} for each in roster]
    made.votes_for, made.votes_against, made.votes_abstain = votes.values()
    made.conclusion, made.recorded_at = str(held.get("conclusion") or ""), call.now
    call.session.add(made)
    return {"evaluation_result": "for" if votes["votes_for"] > votes["votes_against"] else "against"}


def _too_few(call: ServiceCall, roster: list[dict[str, Any]]) -> list[str]:
    faults, people = [], len(roster)
    least = int(call.parameters["evaluation_least_people"])
    if people < least:
        faults.append(f"参会人数不足{least}人")
    villagers = sum(each.get("capacity") == VILLAGER for each in roster)
    if villagers < people * Fraction(str(call.parameters["evaluation_villager_share"])):
        faults.append(f"村民代表不足参会人数的{call.parameters['evaluation_villager_share']}")
    if len({each.get("name") for each in roster}) != people:
        faults.append("名册上有重名，请写清是不是同一人")
    return faults


def _not_apart(call: ServiceCall, roster: list[dict[str, Any]]) -> list[str]:
    case = of(call)
    family = set(
        call.session.scalars(
            select(Person.name).where(Person.household_id == case.household_id, Person.left_on.is_(None))
        )
    )
    kin = set(
        call.session.scalars(
            select(Filing.staff_name).where(Filing.instance_id == call.instance.id, Filing.confirmed.is_not(False))
        )
    )
    staff = set(call.session.scalars(select(Account.name).where(Account.name.in_([r.get("name") for r in roster]))))
    faults = []
    for each in roster:
        name = each.get("name")
        if name in family:
            faults.append(f"{name}是申请家庭成员，应当回避")
        elif name in kin:
            faults.append(f"{name}与申请家庭有近亲属关系，应当回避")
        elif name in staff and each.get("capacity") == VILLAGER:
            faults.append(f"{name}是工作人员，不能作为村民代表")
    return faults
