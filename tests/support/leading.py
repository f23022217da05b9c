"""A case that stands at its survey in a township with everybody in place: for ladders, urging, orders, extensions."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.clocks.models import Clock
from engine.ladders.models import Rung
from engine.outbox.models import Copy, Message
from engine.runtime.models import Instance
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.accounts.models import Account
from registers.demonstration.acts import Plan
from registers.demonstration.cast import CAST, PASSWORD
from registers.filings import operations as filings
from tests.support.township import START, Township, family_of_three

LADDER = "holder@-1wd,director@0,deputy@+1wd,head@+3wd"
#: Everybody of the discipline office, the township's and the county's.
DISCIPLINE = tuple(part.username for part in CAST if part.role == "discipline")


def at(text: str) -> Any:
    """`with at("2026-03-05 09:00")`: the business clock held there, in Shanghai."""
    return clock.at(datetime.fromisoformat(text).replace(tzinfo=clock.ZONE))


class Led(Township):
    """A township with one case that was accepted on 2 March 2026 and waits for its survey to be arranged."""

    def __init__(self, session: Any) -> None:
        self.plan = Plan(family_of_three(), Random(3))  # noqa: S311 -- synthetic people
        super().__init__(session)
        self.case: Instance = session.scalars(select(Instance)).one()
        session.commit()

    def build(self, mode: str) -> None:
        super().build(mode)
        self.people = {each.username: account_queries.actor(each) for each in self.session.scalars(select(Account))}
        with clock.at(START):
            case = self.apply(self.plan)
            self.sign(case, "check_completeness", "clerk", plan=self.plan)
            self.sign(case, "declare_relatives", "clerk", plan=self.plan)
        # The shipped drawing leaves the leaders to the clock of this step; here the step has a whole ladder of its own.
        self.items(case)["arrange_survey"].ladder = LADDER

    def clock(self, name: str) -> Clock:
        found = self.session.scalars(
            select(Clock)
            .where(Clock.instance_id == self.case.id, Clock.name == name)
            .execution_options(populate_existing=True)
        )
        return found.one()

    def rungs(self, subject: str | None = None) -> list[Rung]:
        asked = select(Rung).where(Rung.instance_id == self.case.id).order_by(Rung.id)
        return [each for each in self.session.scalars(asked) if subject in (None, each.subject)]

    def told(self, rung: Rung) -> list[str]:
        return self.copies(rung.message_id)

    def copies(self, message_id: int | None) -> list[str]:
        """Who finds a message in the system."""
        asked = select(Copy.name).where(Copy.message_id == message_id, Copy.channel == "app").order_by(Copy.name)
        return list(self.session.scalars(asked))

    def messages(self, kind: str) -> list[Message]:
        return list(self.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))

    def hire(self, username: str, name: str, role: str, area: str) -> Actor:
        with clock.at(START):
            account = accounts.create(
                SYSTEM, username=username, name=name, password=PASSWORD, grants=[{"role": role, "area": area}]
            )
        return account_queries.actor(account)

    def dismiss(self, username: str) -> None:
        """Closes an account."""
        with clock.at(START):
            accounts.set_grants(SYSTEM, self.people[username].id, [], active=False)

    def make_kin(self, username: str) -> None:
        """Registers the head of the household as this person's brother."""
        with clock.at(START):
            filings.register_kin(
                SYSTEM,
                account_id=self.people[username].id,
                staff_name="",
                post="",
                relative_name=self.plan.family.head.name,
                id_number=self.plan.family.head.id_number,
                relation="sibling",
            )
