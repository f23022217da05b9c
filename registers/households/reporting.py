"""A change of the household that is reported while its case runs (57号 art. 30)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import secrets
from engine.errors import DoudiError, Invalid, Refused
from engine.runtime.models import Instance, Submission
from engine.runtime.services import Outputs, ServiceCall, services
from engine.transactions import Deed
from registers.cases import starts
from registers.cases.models import Case
from registers.households import changes
from registers.households.models import Household, Person

PROCESS = "household_change"


def running(session: Session, asked: starts.Asked) -> None:
    """Refused at a case that is over: what changes afterwards is reported for a review, or as leaving."""
    parent = asked.parent
    case = session.get(Case, parent.id) if parent is not None else None
    if parent is None or parent.status != "running" or case is None or case.household_id is None:
        raise Refused("这件办件已经办结，家庭变化请在复核或者退出时申报。", clause=changes.CLAUSE)


def checked(deed: Deed, instance: Instance, submission: Submission) -> None:
    """Looks at the people of the report while its clerk is still there: what could not be registered later is said at
    its field now."""
    given = submission.values
    case = deed.session.get(Case, instance.parent_id or 0)
    if case is None or case.household_id is None:
        return
    kind = given.get("kind")
    if kind == "joined":
        key = secrets.fingerprint(str(given["id_number"]).upper())
        if changes.dead(deed.session, [key]):
            raise Invalid.at("id_number", "这个身份证号已登记死亡，不能登记为家庭成员。")
        if changes.lives_there(deed.session, case.household_id, key):
            raise Invalid.at("id_number", "这个人已经是这户的成员。")
    if kind in ("left", "head"):
        for field in ("leaver", "new_head"):
            if given.get(field):
                one(deed.session, case.household_id, str(given[field]), field)
    if kind == "left" and one(deed.session, case.household_id, str(given["leaver"]), "leaver").relation == "head":
        if not given.get("new_head"):
            raise Invalid.at("new_head", "户主离开的，要写明由谁担任新的申请人。")
        if given["new_head"] == given["leaver"]:
            raise Invalid.at("new_head", "新的申请人不能是离开的人。")


starts.register(PROCESS, check=running, keep=checked)


@services.service(
    "households.register_change",
    "登记变更",
    outputs={"change_kind": "text"},
    repeat="bars return",
    reads=("report_change", "approve_change"),
)
def register_change(call: ServiceCall) -> Outputs:
    """What was reported and approved holds from now on; the case of the household goes back to the survey before it is
    decided. Who joins while in another open case, or leaves without being there, is refused with words."""
    given, approved = call.values("report_change"), call.values("approve_change")
    if not approved.get("change_accepted"):
        raise DoudiError("变更没有经过确认，不能登记。")
    parent = call.session.get(Case, call.instance.parent_id or 0)
    if parent is None or parent.household_id is None:
        raise DoudiError("没有找到要变更的家庭，请从正在办理的办件登记变更。")
    household, kind = call.session.get_one(Household, parent.household_id), str(given["kind"])
    try:
        person = _people(call, household, kind, given)
        changes.register(
            call.session,
            household_id=household.id,
            kind=kind,
            happened_on=date.fromisoformat(str(given["happened_on"])),
            now=call.now,
            who=call.actor.name,
            person_id=person.id if person is not None else None,
            told={"name": person.name if person is not None else "", "by": given.get("facts") or ""},
            instance_id=call.instance.id,
        )
    except Invalid as error:
        raise DoudiError(error.data["problems"][0]["message"]) from error
    return {"change_kind": kind}


def _people(call: ServiceCall, household: Household, kind: str, given: dict[str, Any]) -> Person | None:
    if kind == "joined":
        return changes.join(call.session, household, given)
    if kind == "left":
        person = one(call.session, household.id, str(given.get("leaver") or ""), "leaver")
        if person.relation == "head":
            head = one(call.session, household.id, str(given.get("new_head") or ""), "new_head")
            changes.lead(call.session, household.id, head, call.now)
        changes.leave(call.session, person, date.fromisoformat(str(given["happened_on"])))
        return person
    if kind == "head":
        person = one(call.session, household.id, str(given.get("new_head") or ""), "new_head")
        changes.lead(call.session, household.id, person, call.now)
        return person
    return None


def one(session: Session, household_id: int, name: str, field: str) -> Person:
    """The one member of that name. Invalid at the field when there is none, or several."""
    found = [each for each in changes.living(session, household_id) if each.name == name.strip()]
    if len(found) != 1:
        raise Invalid.at(field, f"这户没有找到名叫“{name}”的唯一一名成员，请按家庭成员表填写姓名。")
    return found[0]
