"""What flows ask of the filing register."""

from __future__ import annotations

from sqlalchemy import delete, select

from engine.runtime.services import Outputs, ServiceCall, services
from registers.accounts.models import Account
from registers.cases.models import Case
from registers.cases.services import of
from registers.filings.models import Filing, StaffKin
from registers.households import ties
from registers.households.models import Person


@services.service("filings.declare", "近亲属登记备案", outputs={"filed": "boolean"}, reads=("declare_relatives",))
def declare(call: ServiceCall) -> Outputs:
    """Files what the applicant declares and what the registers know (57号 art. 11), each under its source. A declared
    name that is the name of an account is kept with it: until cleared up, that person may not touch the case."""
    case = of(call)
    call.session.execute(delete(Filing).where(Filing.instance_id == call.instance.id, Filing.confirmed.is_(None)))
    filings = [*_declared(call, case), *_registered(call, case)]
    call.session.add_all(filings)
    case.filed = bool(filings)
    return {"filed": case.filed}


@services.service("filings.look", "查对近亲属备案", outputs={"filed": "boolean"})
def look(call: ServiceCall) -> Outputs:
    """Whether somebody of the household is, by now, kin of staff: who was elected or hired while the case ran is found
    before it is decided, and the county visits (57号 art. 11, 20)."""
    case = of(call)
    there = {
        (each.source, each.account_id, each.staff_name)
        for each in call.session.scalars(select(Filing).where(Filing.instance_id == call.instance.id))
    }
    new = [each for each in _registered(call, case) if (each.source, each.account_id, each.staff_name) not in there]
    call.session.add_all(new)
    case.filed = case.filed or bool(new)
    return {"filed": case.filed}


def _declared(call: ServiceCall, case: Case) -> list[Filing]:
    relatives = call.values("declare_relatives").get("relatives") or []
    namesakes: dict[str, list[int]] = {}
    found = select(Account.name, Account.id).where(Account.name.in_({each["name"] for each in relatives}))
    for name, account_id in call.session.execute(found) if relatives else ():
        namesakes.setdefault(name, []).append(account_id)
    return [
        filing(call, "declared", account_id, each["name"], each.get("post") or "", each["relation"])
        for each in relatives
        for account_id in namesakes.get(each["name"], [None])
    ]


def _registered(call: ServiceCall, case: Case) -> list[Filing]:
    living = select(Person.fingerprint).where(Person.household_id == case.household_id, Person.left_on.is_(None))
    known = ties.numbers(living)
    kin = select(StaffKin).where(StaffKin.fingerprint.in_(known)).order_by(StaffKin.id)
    staff = select(Account).where(Account.person.in_(known)).order_by(Account.id)
    # Of namesakes nobody knows yet which one it is: the relation is filed once, under the name alone.
    named = {
        (each.account_id if each.certain else None, each.staff_name, each.post, each.relation): None
        for each in call.session.scalars(kin)
    }
    return [
        *(filing(call, "register", *each) for each in named),
        *(filing(call, "self", each.id, each.name, "", "self") for each in call.session.scalars(staff)),
    ]


def filing(call: ServiceCall, source: str, account_id: int | None, staff_name: str, post: str, relation: str) -> Filing:
    """A filing of this case, not yet cleared up."""
    return Filing(
        instance_id=call.instance.id,
        source=source,
        account_id=account_id,
        staff_name=staff_name,
        post=post,
        relation=relation,
        filed_at=call.now,
    )
