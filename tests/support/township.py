"""A township for acceptance tests: the shipped models, the seed's parameters, the demonstration's people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.parameters import operations as parameters
from engine.releases import operations as releases
from engine.runtime import operations as runtime
from engine.runtime.models import Incident, Instance, WaitingTimer, WorkItem
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.accounts.models import Account
from registers.areas import operations as areas
from registers.cases import operations as cases
from registers.demonstration.acts import Plan, values
from registers.demonstration.cast import CAST, COUNTY, PASSWORD, TOWNSHIP, VILLAGES
from registers.demonstration.people import Family, person
from tests.support.beginnings import begin

MODELS = Path(__file__).parents[2] / "bpmn"
START = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)


def family_of_three(per_head: int = 300, **given: Any) -> Family:
    """Rural, three people; policy.md §1.2: 300 yuan a head gives (560 − 300) × 3 = 780."""
    random, today = Random(7), date(2026, 3, 2)  # noqa: S311 -- synthetic people
    home = Family(head=person(random, "马", 51, True, today), village="hongliu", phone="13000000001")
    home.bank_account = "9999990000000000000"
    home.others = [
        (person(random, "李", 49, False, today), "spouse"),
        (person(random, "马", 12, True, today), "child"),
    ]
    home.wage = per_head * 3
    for name, value in given.items():
        setattr(home, name, value)
    return home


_judged: set[str] = set()


def deploy(files: Mapping[str, bytes]) -> None:
    """Deploys the shipped models. They are judged once a run of the tests, since judging them takes seconds and every
    township deploys the same."""
    key = releases.identity(files)
    with pytest.MonkeyPatch.context() as patched:
        if key in _judged:
            patched.setattr(releases, "judge", lambda _files: [])
        releases.deploy(files, SYSTEM)
    _judged.add(key)


class Township:
    """Signs what a plan says; each step is as a person of the role would do it."""

    def __init__(self, session: Session, mode: str = "A") -> None:
        self.session = session
        begin(session, f"{type(self).__name__} {mode}", lambda: self.build(mode))
        found = {each.username: account_queries.actor(each) for each in session.scalars(select(Account))}
        self.people: dict[str, Actor] = {part.username: found[part.username] for part in CAST}
        session.commit()  # A transaction left open would not see what the requests of a test write.

    def build(self, mode: str) -> None:
        """Puts everything into an empty database; a township of its own kind adds to it."""
        with clock.at(START - timedelta(days=30)):
            parameters.load(SYSTEM)
            deploy(releases.read(MODELS))
            areas.register(SYSTEM, [(COUNTY, "平罗县"), (TOWNSHIP, "高仁乡")])
            areas.register(SYSTEM, [(f"{TOWNSHIP}/{key}", name) for key, name in VILLAGES.items()], synthetic=True)
            parameters.set_value(SYSTEM, "dibao_mode", mode, START.date(), "测试")
            for part in CAST:
                accounts.create(
                    SYSTEM,
                    username=part.username,
                    name=part.name,
                    password=PASSWORD,
                    grants=[{"role": part.role, "area": part.area}],
                )

    def apply(self, plan: Plan, clerk: str = "clerk") -> Instance:
        given = values("fill_application", plan, clock.now(), {})
        return cases.apply("dibao", self.people[clerk], township=TOWNSHIP, values=given)

    def items(self, instance: Instance) -> dict[str, WorkItem]:
        found = self.session.scalars(
            select(WorkItem)
            .where(WorkItem.instance_id == instance.id, WorkItem.state == "open")
            .execution_options(populate_existing=True)
        )
        return {item.element_id: item for item in found}

    def sign(
        self, instance: Instance, element: str, *usernames: str, plan: Plan, given: Mapping[str, Any] | None = None
    ) -> Any:
        """Lets each of the people sign the same; returns the last outcome."""
        outcome = None
        item = self.items(instance)[element]
        flow = self.session.get(Instance, instance.id, populate_existing=True).flow
        filled = dict(values(item.form, plan, clock.now(), flow)) | dict(given or {})
        for username in usernames:
            outcome = runtime.complete(item.id, self.people[username], values=filled)
        return outcome

    def survey(self, instance: Instance, plan: Plan, until: str = "") -> None:
        """From the window to the opinion; `until` leaves that task to the test."""
        self.sign(instance, "check_completeness", "clerk", plan=plan)
        if "receive_corrections" in self.items(instance):
            self.sign(instance, "receive_corrections", "clerk", plan=plan)
        self.sign(instance, "declare_relatives", "clerk", plan=plan)
        self.sign(instance, "arrange_survey", "director", plan=plan)
        self.sign(instance, "data_check", "check", plan=plan)
        self.sign(instance, "home_visit", "investigator", "investigator2", plan=plan)
        self.sign(instance, "neighbour_visit", "investigator2", "investigator3", plan=plan)
        if "letters" in self.items(instance):
            self.sign(instance, "letters", "investigator", "investigator3", plan=plan)
        if "recheck" in self.items(instance):
            self.sign(instance, "recheck", "check", plan=plan)
        if until != "opinion":
            self.sign(instance, "opinion", "director", plan=plan)

    def post(self, instance: Instance, plan: Plan) -> WaitingTimer:
        """From the draft to the posted notice; the timer of the publicity."""
        self.sign(instance, "draft_notice", "clerk", plan=plan)
        self.sign(instance, "check_notice", "director", plan=plan)
        self.sign(instance, "post_notice", plan.family.village, plan=plan)
        return self.timer(instance)

    def timer(self, instance: Instance) -> WaitingTimer:
        return self.session.scalars(select(WaitingTimer).where(WaitingTimer.instance_id == instance.id)).one()

    def incidents(self, instance: Instance) -> list[str]:
        found = self.session.scalars(
            select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
        )
        return [incident.cause for incident in found]

    def again(self, instance: Instance) -> Instance:
        """The instance as the database has it now."""
        return self.session.get(Instance, instance.id, populate_existing=True)
