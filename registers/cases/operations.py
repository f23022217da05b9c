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
from registers.filings.models import StaffKin


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

    def keep_out_kin(deed: Deed, instance: Instance, submission: Submission) -> None:
        given = submission.values
        people = [given, *(given.get("members") or [])]
        numbers = {secrets.fingerprint(each["id_number"]) for each in people if each.get("id_number")}
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
        on_started=keep_out_kin,
    )
