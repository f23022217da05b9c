"""A township that has parameters and the people who propose and confirm them, without models or cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.outbox.models import Copy, Message
from engine.parameters import operations, queries, snapshots
from engine.parameters.models import ParameterProposal
from engine.parameters.wishes import Wish
from engine.releases.loaded import pack
from engine.releases.models import Release
from engine.runtime.models import Instance
from registers.accounts import operations as accounts
from registers.accounts.models import Account
from registers.accounts.queries import actor
from registers.areas import operations as areas
from registers.cases.models import Case
from registers.demonstration.cast import PASSWORD
from tests.support.beginnings import begin
from tests.support.standing import stand

COUNTY, TOWNSHIP = "pingluo", "pingluo/gaoren"
NAME = "dibao_standard_rural"
NOW = datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)


def wish(**given: Any) -> Wish:
    """A plain rise of the rural standard from April on, but for what is given."""
    usual = {
        "name": NAME,
        "value": "600",
        "valid_from": "2026-04-01",
        "source": "宁民发〔2026〕12号",
        "reason": "自治区提高标准",
    }
    return Wish(**{**usual, **given})


class House:
    """Its people by their roles' names, and what tests ask of it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        begin(session, f"house {clock.now():%Y-%m-%d %H:%M}", self.build)
        found = {each.username: actor(each) for each in session.scalars(select(Account))}
        session.commit()
        self.owner, self.admin, self.head, self.deputy = (found[key] for key in ("owner", "admin", "head", "deputy"))
        self.county, self.discipline = found["county"], found["discipline"]
        self.director, self.clerk = found["director"], found["clerk"]

    def build(self) -> None:
        operations.load(SYSTEM)
        areas.register(SYSTEM, [(COUNTY, "平罗县"), (TOWNSHIP, "高仁乡")])
        for role in ("owner", "head", "deputy", "discipline", "director", "clerk"):
            self.person(role, role)
        self.person("admin", "admin", area=COUNTY)
        self.person("county", "county_decide", area=COUNTY)

    def person(self, username: str, *roles: str, area: str = TOWNSHIP, **more: Any) -> Actor:
        given = {"username": username, "name": f"测{username}", "password": PASSWORD}
        grants = [{"role": role, "area": area} for role in roles]
        return actor(accounts.create(SYSTEM, grants=grants, **given, **more))

    def propose(self, key: str = "k1", by: Actor | None = None, **given: Any) -> ParameterProposal:
        return operations.propose(by or self.owner, wish(**given), key=key)

    def value(self, day: str, name: str = NAME) -> Any:
        return queries.on(self.session, datetime.fromisoformat(day).date()).get(name)

    def subjects(self, who: Actor) -> list[str]:
        """What somebody was told, the first first."""
        told = select(Message.subject).join(Copy).where(Copy.account_id == who.id).order_by(Message.id)
        return list(self.session.scalars(told))

    def case(self, *, accepted: bool = True, decided: bool = False, status: str = "running") -> Instance:
        """A case that stands nowhere: only its row is asked."""
        if self.session.get(Release, "r" * 64) is None:
            stand(self.session, "r" * 64, pack({}))
        made = Instance(
            process_id="dibao",
            release_id="r" * 64,
            area=f"{TOWNSHIP}/hongliu",
            status=status,
            stage="测试环节",
            position={},
            flow={},
            started_at=clock.now(),
            parameters_on=clock.today(),
            parameters_kept=snapshots.keep(self.session, {}) if decided else None,
            state=b"",
            journal_seq=0,
            journal_hash="",
        )
        self.session.add(made)
        self.session.flush()
        file = Case(
            instance_id=made.id,
            number=f"测试{made.id}",
            scheme="dibao",
            title="低保",
            applicant="测试人",
            area=made.area,
            accepted_on=clock.today() if accepted else None,
            created_at=clock.now(),
        )
        self.session.add(file)
        self.session.commit()
        return made
