"""What flows ask of the filing register."""

from __future__ import annotations

from sqlalchemy import delete, select

from engine.runtime.services import Outputs, ServiceCall, services
from registers.accounts.models import Account
from registers.cases.services import of
from registers.filings.models import Filing, StaffKin
from registers.households.models import Person


@services.service("filings.declare", "近亲属登记备案", outputs={"filed": "boolean"}, reads=("declare_relatives",))
def declare(call: ServiceCall) -> Outputs:
    """Files what the applicant declares and what the register of relatives knows (57号 art. 11). A declared name that
    is the name of an account is kept with it: until cleared up, that person may not touch the case."""
    case = of(call)
    call.session.execute(delete(Filing).where(Filing.instance_id == call.instance.id))
    filings = []
    given = call.values("declare_relatives")
    for relative in given.get("relatives") or []:
        account = call.session.scalar(select(Account.id).where(Account.name == relative["name"]).limit(1))
        filings.append(("declared", account, relative["name"], relative.get("post", ""), relative["relation"]))
    known = call.session.scalars(
        select(StaffKin)
        .join(Person, Person.fingerprint == StaffKin.fingerprint)
        .where(Person.household_id == case.household_id, Person.left_on.is_(None))
    )
    filings += [("register", kin.account_id, kin.staff_name, kin.post, kin.relation) for kin in known]
    for source, account_id, name, post, relation in filings:
        call.session.add(
            Filing(
                instance_id=call.instance.id,
                source=source,
                account_id=account_id,
                staff_name=name,
                post=post,
                relation=relation,
                filed_at=call.now,
            )
        )
    case.filed = bool(filings)
    return {"filed": case.filed}
