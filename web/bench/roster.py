"""`doudi bench roster`: what a county's monthly roster costs, 20,000 rows in one run (policy.md §13).

Two months are run. In the first every account is new, so every row has a doubt and all of them are settled; in the
second nothing is doubtful. Each step is the operation that people and the system use, its commit included. An empty
database is needed: a SQLite file of its own, or `DATABASE_URL`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, secrets
from engine.actors import Actor
from engine.database import db
from engine.forms import mask
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, WorkItem
from engine.runtime.openings import operations as openings
from registers.benefits.models import Benefit, Decision
from registers.demonstration import paying
from registers.demonstration.cast import TOWNSHIP, VILLAGES
from registers.demonstration.people import id_number
from registers.households.models import Household, Person
from registers.payments import operations
from registers.payments.bank import batches
from registers.payments.models import PayHit, PayRow, PayRun
from web.bench.ground import Say, furnish, ground

TITLE = "一次按月发放（两万户）"
WHO = {
    "settle_hits": "accountant",
    "compile_roster": "accountant",
    "check_roster": "director",
    "county_check_roster": "review",
    "release_funds": "finance",
    "send_files": "finance",
    "import_return": "accountant",
    "post_monthly_list": "clerk",
    "archive_run": "accountant2",
}


def run(rows: int = 20_000, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Seconds for each step of two months; `url` is an empty database."""
    with ground(url) as made, clock.at(clock.instant(date(2026, 3, 20), 9, 0)):
        people = furnish()
        say(f"建立 {rows} 户……")
        populate(db.session(), rows)
        figures: dict[str, Any] = {"name": "roster", "database": made.database, "rows": rows}
        for month in ("2026-04", "2026-05"):
            say(f"发放 {month}……")
            figures |= {f"{month}_{step}": seconds for step, seconds in told(people, month)}
        return figures


def told(people: dict[str, Actor], month: str) -> Iterator[tuple[str, float]]:
    """(step, seconds) of a month, from the freeze to the archive."""
    session, began = db.session(), clock.monotonic()
    request = {"key": month, "process_id": "payment_run", "area": TOWNSHIP}
    openings.request(**request, flow={"fund": "rural_dibao", "month": month})
    openings.carry_out_due()
    session.rollback()
    yield "freeze_and_compare", lap(began)
    run_ = session.scalars(select(PayRun).where(PayRun.month == month)).one()
    while True:
        session.rollback()
        item = session.scalar(
            select(WorkItem).where(WorkItem.instance_id == run_.instance_id, WorkItem.state == "open").limit(1)
        )
        if item is None:
            return
        began = clock.monotonic()
        if item.element_id == "settle_hits":
            settle(session, run_, people["accountant"])
            yield "settle_doubts", lap(began)
            began = clock.monotonic()
        if item.element_id == "import_return":
            files = returned(session, run_)
            began = clock.monotonic()
            for key, data in files:
                operations.import_return(people["accountant"], key, data)
            yield "import_return_file", lap(began)
            began = clock.monotonic()
        flow = session.get(Instance, run_.instance_id, populate_existing=True).flow
        given = paying.values(item.form, flow, clock.today().isoformat())
        runtime.complete(item.id, people[WHO[item.element_id]], values=given)
        yield item.element_id, lap(began)


def settle(session: Session, run_: PayRun, accountant: Actor) -> None:
    """Every doubt is kept, as many at once as an act takes."""
    open_ = list(session.scalars(select(PayHit.id).where(PayHit.run_id == run_.id, PayHit.decision.is_(None))))
    for at in range(0, len(open_), operations.MOST):
        some = open_[at : at + operations.MOST]
        operations.settle(accountant, run_.id, some, decision="keep", reason="已核实")


def returned(session: Session, run_: PayRun) -> list[tuple[int, bytes]]:
    """What the banks send back: all is paid."""
    found = []
    for file in batches.of_batch(session, session.get(PayRun, run_.id, populate_existing=True)):
        rows = session.scalars(select(PayRow).where(PayRow.run_id == run_.id, PayRow.bank == file.bank))
        lines = [f"{row.id},{row.account['number']},{row.amount},成功," for row in rows]
        found.append((file.id, "\n".join(["流水号,账号,金额（分）,结果,原因", *lines]).encode()))
    return found


def populate(session: Session, rows: int) -> None:
    """So many households of two, each with a case that confirmed its benefit; rows are inserted, since what is
    measured comes after them."""
    villages, now = list(VILLAGES), clock.now()
    release = releases.current(session).id
    session.rollback()
    with db.engine.begin() as connection:
        for first in range(0, rows, 1000):
            some = range(first + 1, min(first + 1000, rows) + 1)
            areas = {n: f"{TOWNSHIP}/{villages[n % len(villages)]}" for n in some}
            homes = [
                {"id": n, "area": areas[n], "rural": True, "contact": {"bank_account": account(n)}, "created_at": now}
                for n in some
            ]
            for table, made in (
                (Household, homes),
                (Person, [person(n, other) for n in some for other in (0, 1)]),
                (Instance, [instance(n, areas[n], release) for n in some]),
                (Decision, [decision(n, release) for n in some]),
                (Benefit, [benefit(n, areas[n]) for n in some]),
            ):
                connection.execute(table.metadata.tables[table.__tablename__].insert(), made)


def account(n: int) -> str:
    return f"999999{n:012d}0"


def person(n: int, other: int) -> dict[str, Any]:
    born = date(1950 + n % 50, 1 + n % 12, 1 + n % 28)
    number = id_number(born, n % 499, True)
    return {
        "household_id": n,
        "name": "马甲" if other else "马乙",
        "id_number": number,
        "fingerprint": secrets.fingerprint(f"{n}:{other}"),
        "masked": mask.id_number(number),
        "birth": born,
        "male": True,
        "relation": "spouse" if other else "head",
        "circumstances": {},
    }


def instance(n: int, area: str, release: str) -> dict[str, Any]:
    return {
        "id": n,
        "process_id": "dibao",
        "release_id": release,
        "area": area,
        "status": "completed",
        "stage": "",
        "position": {},
        "flow": {},
        "started_at": clock.now(),
        "parameters_on": clock.today(),
        "state": b"",
        "version": 1,
    }


def decision(n: int, release: str) -> dict[str, Any]:
    return {
        "instance_id": n,
        "outcome": "confirm",
        "amount": 40000 + n % 500 * 100,
        "effective_month": "2026-04",
        "decided_by": "何少华",
        "decided_at": clock.now(),
        "release_id": release,
    }


def benefit(n: int, area: str) -> dict[str, Any]:
    return {
        "household_id": n,
        "scheme": "dibao",
        "area": area,
        "persons": 2,
        "amount": 40000 + n % 500 * 100,
        "from_month": "2026-04",
        "instance_id": n,
        "created_at": clock.now(),
    }


def lap(began: float) -> float:
    """Seconds since."""
    return round(clock.monotonic() - began, 2)
