"""What was put right in a case, for the letter that says so (更正通知书)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.documents.facts import register
from engine.errors import DoudiError
from engine.forms import mask
from engine.runtime.services import ServiceCall
from registers.households.models import Household, HouseholdChange, Person

FIELDS = {"phone": "联系电话", "address": "住址", "name": "成员姓名", "id_number": "成员身份证号"}


def corrected(call: ServiceCall) -> list[dict[str, Any]]:
    """[{"what", "before", "after"}] of the corrections registered at this case, numbers masked; an error when there is
    none, since the letter would say nothing."""
    changes = call.session.scalars(
        select(HouseholdChange)
        .where(HouseholdChange.instance_id == call.instance.id, HouseholdChange.kind == "corrected")
        .order_by(HouseholdChange.id)
    )
    found = {(change.told.get("field"), change.person_id): _row(call, change) for change in changes}
    if not found:
        raise DoudiError("这件办件没有登记过更正")
    return list(found.values())


def _row(call: ServiceCall, change: HouseholdChange) -> dict[str, Any]:
    name = str(change.told.get("field") or "")
    person = call.session.get(Person, change.person_id) if change.person_id else None
    household = call.session.get(Household, change.household_id)
    now = {"name": person.name, "id_number": person.masked} if person else dict(household.contact if household else {})
    return {
        "what": FIELDS.get(name, name),
        "before": change.told.get("before") or "（空）",
        "after": mask.value(name, now.get(name)) or "（空）",
    }


register("corrected", corrected, "更正的内容：what、before、after")
