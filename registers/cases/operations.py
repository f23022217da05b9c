"""Taking an application at the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from engine import secrets
from engine.actors import Actor
from engine.database import db
from engine.errors import Invalid, Refused
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed
from registers.accounts.models import Account
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.filings.models import StaffKin
from registers.households.models import Person


def apply(
    process_id: str,
    actor: Actor,
    *,
    township: str,
    posted: Mapping[str, Sequence[str]] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Instance:
    """Starts a case in the village that its form names, so that publicity hangs where the family lives.

    Raises Invalid with the form's problems, Refused when the actor may not take applications there or is kin of
    somebody on the form: relatives are taken in by a colleague.
    """
    village = (values or {}).get("village") or next(iter((posted or {}).get("village", [])), "")
    known = {each.path for each in areas.villages(db.session(), township)}
    if known and f"{township}/{village}" not in known:
        raise Invalid(problems=[{"field": "village", "message": "请选择本乡镇的村。"}])

    def look_first(deed: Deed, instance: Instance, submission: Submission) -> None:
        given = submission.values
        people = [given, *(given.get("members") or [])]
        numbers = {secrets.fingerprint(each["id_number"]) for each in people if each.get("id_number")}
        refuse_second(deed, process_id, numbers)
        kin = select(StaffKin.id).where(StaffKin.account_id == actor.id, StaffKin.fingerprint.in_(numbers))
        own = select(Account.id).where(Account.id == actor.id, Account.person.in_(numbers))
        if deed.session.scalar(select(or_(kin.exists(), own.exists()))):
            raise Refused("您与本户存在近亲属关系，依规回避。请由其他受理员登记。", clause="mca-2021-57:11")

    return runtime.start(
        process_id,
        area=f"{township}/{village}",
        actor=actor,
        posted=posted,
        values=values,
        on_started=look_first,
    )


def refuse_second(deed: Deed, process_id: str, numbers: set[str]) -> None:
    """Nobody is in two open cases of a kind at once: a second one would change the household that the first is being
    judged on. Raises Refused with the number of the open case."""
    found = deed.session.execute(
        select(Case.number, Person.name)
        .join(Instance, Instance.id == Case.instance_id)
        .join(Person, Person.household_id == Case.household_id)
        .where(
            Instance.status == "running",
            Instance.process_id == process_id,
            Person.fingerprint.in_(numbers),
            Person.left_on.is_(None),
        )
        .limit(1)
    ).first()
    if found is not None:
        number, name = found
        raise Refused(f"{name}已在办件{number}中，办结之前不能重复登记。家庭情况有变化的，请在原办件中说明。")
