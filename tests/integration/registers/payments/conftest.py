"""Households with benefits, and runs that pay them, as people of a township do it."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock, secrets
from engine.forms import mask
from engine.runtime import operations as runtime
from engine.runtime.models import Incident, Instance, WorkItem
from engine.runtime.openings import operations as openings
from registers.benefits.models import Benefit, BenefitChange, Decision
from registers.demonstration import paying
from registers.demonstration.people import id_number
from registers.households.models import Household, Person
from registers.payments import operations
from registers.payments.accounts.models import PayAccount
from registers.payments.bank import batches
from registers.payments.models import PayHit, PayRow, PayRun
from registers.scenarios.money import returned

TOWNSHIP = "pingluo/gaoren"
VILLAGE = f"{TOWNSHIP}/hongliu"


#: Who usually does what.
USUAL = {
    "settle_hits": "accountant", "compile_roster": "accountant", "check_roster": "director",
    "county_check_roster": "review", "release_funds": "finance", "send_files": "finance",
    "import_return": "accountant", "handle_failures": "accountant", "post_monthly_list": "clerk",
    "archive_run": "accountant2",
}  # fmt: skip


class Payments:
    """What a test of payments says and asks."""

    def __init__(self, town: Any) -> None:
        self.town, self.session = town, town.session
        self.numbers = count(1)
        for username, role, area in (
            ("accountant", "accountant", TOWNSHIP),
            ("accountant2", "accountant", TOWNSHIP),
            ("director", "director", TOWNSHIP),
            ("clerk", "clerk", TOWNSHIP),
            ("review", "county_review", "pingluo"),
            ("finance", "finance", "pingluo"),
        ):
            town.person(username, role, area)
        self.people = town.actors

    def home(
        self,
        amount: int = 78000,
        *,
        members: int = 1,
        scheme: str = "dibao",
        first: str = "2026-04",
        last: str | None = None,
        account: str = "",
        known: bool = True,
        confirmed: bool = True,
        area: str = VILLAGE,
        rural: bool = True,
        born: date = date(1960, 1, 1),
        persons: int | None = None,
        **more: Any,
    ) -> Benefit:
        """A household of so many people with a benefit that a case confirmed; its account is known unless told."""
        number = next(self.numbers)
        account = account if account or not known else f"9999990000000{number:06d}"
        home = Household(area=area, rural=rural, contact={"bank_account": account}, created_at=clock.now())
        self.session.add(home)
        self.session.flush()
        for n in range(members):
            own = id_number(born, (number * 7 + n) % 499, True)
            self.session.add(
                Person(
                    household_id=home.id,
                    name=f"马{'一二三四五六七八九'[number % 9]}{'甲乙丙丁'[n]}",
                    id_number=own,
                    fingerprint=secrets.fingerprint(own),
                    masked=mask.id_number(own),
                    birth=born,
                    male=True,
                    relation="head" if n == 0 else "child",
                    circumstances={},
                )
            )
        case = self.town.instance(area=area)
        if confirmed:
            self.session.add(
                Decision(
                    instance_id=case.id, outcome="confirm", amount=amount, effective_month=first, reasons=[],
                    decided_by="何少华", decided_at=clock.now(), parameters={}, release_id=self.town.release.id,
                )
            )  # fmt: skip
        made = Benefit(
            household_id=home.id, scheme=scheme, area=area, persons=members if persons is None else persons,
            amount=amount, from_month=first, to_month=last, instance_id=case.id, created_at=clock.now(), **more,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        self.change(made, "start", first, amount)
        if known:
            self.account(made, account)
        return made

    def account(self, benefit: Benefit, number: str) -> PayAccount:
        """An account that was in use before."""
        made = PayAccount(
            household_id=benefit.household_id, account={"holder": "马甲", "number": number},
            account_hash=secrets.fingerprint(number), masked=mask.bank_account(number), bank="黄河农商行",
            since=clock.now(),
        )  # fmt: skip
        self.session.add(made)
        self.session.commit()
        return made

    def change(self, benefit: Benefit, kind: str, month: str, amount: int) -> None:
        """A decided change from a month on."""
        self.session.add(
            BenefitChange(
                benefit_id=benefit.id, kind=kind, month=month, amount=amount, persons=benefit.persons, reasons=[],
                instance_id=benefit.instance_id, decided_by="何少华", decided_at=clock.now(),
            )
        )  # fmt: skip
        self.session.commit()

    def run(self, month: str = "2026-04", fund: str = "rural_dibao", key: str = "") -> PayRun:
        """The run of a month, opened by the system."""
        opening = openings.request(
            key=key or f"run:{fund}:{month}",
            process_id="payment_run",
            area=TOWNSHIP,
            flow={"fund": fund, "month": month},
        )
        openings.carry_out_due()
        self.session.rollback()
        instance = self.session.get(type(opening), opening.id, populate_existing=True).instance_id
        return self.session.scalars(select(PayRun).where(PayRun.instance_id == instance)).one()

    def item(self, run: PayRun) -> WorkItem | None:
        """What is to do in a run."""
        asked = select(WorkItem).where(WorkItem.instance_id == run.instance_id, WorkItem.state == "open")
        return self.session.scalar(asked.execution_options(populate_existing=True))

    def stands(self, run: PayRun) -> str:
        """The task at which a run stands; empty when there is none."""
        item = self.item(run)
        return item.element_id if item else ""

    def do(self, run: PayRun, who: str, **changed: Any) -> Any:
        """Somebody hands in the open task with the usual answers."""
        item = self.item(run)
        flow = self.session.get(Instance, run.instance_id, populate_existing=True).flow
        given = {**paying.values(item.form, flow, clock.today().isoformat()), **changed}
        return runtime.complete(item.id, self.people[who], values=given)

    def until(self, run: PayRun, task: str) -> None:
        """Everybody does what is usual until a task is open (until nothing is: `""`)."""
        for _ in range(20):
            here = self.stands(run)
            if here in ("", task):
                break
            if here == "settle_hits":
                self.settle(run)
            if here == "import_return":
                self.back(run)
            self.do(run, USUAL[here])
        assert self.stands(run) == task, self.incidents(run)

    def hits(self, run: PayRun, **where: Any) -> list[PayHit]:
        """The doubts of a run."""
        asked = select(PayHit).where(PayHit.run_id == run.id).filter_by(**where).order_by(PayHit.id)
        return list(self.session.scalars(asked.execution_options(populate_existing=True)))

    def settle(self, run: PayRun, decision: str = "keep", who: str = "accountant", **where: Any) -> int:
        """Somebody settles the doubts."""
        ids = [hit.id for hit in self.hits(run, **where) if hit.decision is None]
        return operations.settle(self.people[who], run.id, ids, decision=decision, reason="已核实") if ids else 0

    def rows(self, run: PayRun, **where: Any) -> list[PayRow]:
        """The rows of a run."""
        asked = select(PayRow).where(PayRow.run_id == run.id).filter_by(**where).order_by(PayRow.id)
        return list(self.session.scalars(asked.execution_options(populate_existing=True)))

    def again(self, run: PayRun) -> PayRun:
        """The run as the database has it now."""
        return self.session.get(PayRun, run.id, populate_existing=True)

    def back(self, run: PayRun, fail: int = 0) -> None:
        """What the banks send back is taken in."""
        for file in batches.of_batch(self.session, self.again(run)):
            rows = [row for row in self.rows(run, batch=file.batch) if row.bank == file.bank]
            text = returned(rows, rows[:fail], "账户已销户")
            operations.import_return(self.people["accountant"], file.id, text.encode())

    def incidents(self, run: PayRun) -> list[str]:
        """Where a run is parked, and why."""
        asked = select(Incident.cause).where(Incident.instance_id == run.instance_id, Incident.resolved_at.is_(None))
        return list(self.session.scalars(asked))

    def parked(self) -> list[str]:
        """Every open incident."""
        return list(self.session.scalars(select(Incident.cause).where(Incident.resolved_at.is_(None))))


@pytest.fixture
def pay(town):
    """A township that pays in April 2026; it is the freeze day of March."""
    with clock.at(clock.instant(date(2026, 3, 20), 9, 0)):
        yield Payments(town)
