"""A county that lives in memory: the same at the start of every story, and time passes in it as it does outside.

Whoever puts the application together (web/trials.py) gives it a database of its own; the registers never make one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.calendar.days import Calendar
from engine.database import db
from engine.holidays import queries as holidays
from engine.ladders import operations as climbing
from engine.ladders import queries as rungs
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import WaitingTimer
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.areas import operations as areas
from registers.demonstration.cast import CAST, COUNTY, PASSWORD, TOWNSHIP, VILLAGES

#: What the timers process does beside firing; here once a day, a little after midnight.
Chore = Callable[[Callable[[], bool]], None]
CHORES_AT = timedelta(minutes=5)
#: Firing that comes back to the same row is a fault; so many at one instant are one.
MOST_AT_ONCE = 500


def furnish() -> None:
    """Areas and people, into a database that has its release and parameters."""
    areas.register(SYSTEM, [(COUNTY, "平罗县"), (TOWNSHIP, "高仁乡")])
    areas.register(SYSTEM, [(f"{TOWNSHIP}/{key}", name) for key, name in VILLAGES.items()], synthetic=True)
    for part in CAST:
        accounts.create(
            SYSTEM,
            username=part.username,
            name=part.name,
            password=PASSWORD,
            grants=[{"role": part.role, "area": part.area}],
        )


@dataclass(frozen=True)
class Kept:
    """A world at an instant."""

    database: sqlite3.Connection
    now: datetime


@dataclass
class World:
    """`template` is how every story finds the county; `chores` what happens daily."""

    template: sqlite3.Connection
    chores: Sequence[Chore] = ()
    now: datetime = field(default_factory=clock.now)
    #: Whether ladders climb; they tell people and change nothing else.
    ladders: bool = True

    @contextmanager
    def fresh(self, begins: datetime) -> Iterator[Session]:
        """The county as it was in the beginning, its clock at `begins` and held by this world."""
        _copy(self.template)
        self.now = begins
        with clock.at(lambda: self.now):
            try:
                yield self.session
            finally:
                db.session.remove()

    def keep(self) -> Kept:
        """How everything stands now, to be put back."""
        copy = sqlite3.connect(":memory:")
        db.session.remove()
        with db.engine.connect() as connection:
            connection.connection.driver_connection.backup(copy)
        return Kept(copy, self.now)

    def put_back(self, kept: Kept) -> None:
        """Everything stands again as it was kept."""
        _copy(kept.database)
        self.now = kept.now
        kept.database.close()

    @property
    def session(self) -> Session:
        """A session that sees what is so now."""
        session = db.session()
        session.rollback()
        return session

    @property
    def release(self) -> LoadedRelease:
        """The models that the stories are told on."""
        session = db.session()
        return releases.load(releases.current(session).id, session)

    def calendar(self) -> Calendar:
        """The working calendar in force."""
        return holidays.current(self.session)

    def people(self) -> Mapping[str, Actor]:
        """Everybody who can act, by username, in the order of their accounts."""
        found = sorted(account_queries.everyone(self.session), key=lambda each: each.id)
        return {account.username: account_queries.actor(account) for account in found}

    # Time

    def pass_to(self, when: datetime) -> None:
        """Lets time pass: timers, ladders and chores come in the order in which they are due."""
        while True:
            at = min(filter(None, (self._next_due(), self._next_chores())), default=None)
            if at is None or at > when:
                break
            chores = at == self._next_chores()
            self.now = max(self.now, at)
            self.fire()
            if chores:
                self.do_chores()
        self.now = max(self.now, when)
        self.fire()

    def fire(self) -> int:
        """Fires what is due now, rungs before the timer of the same instant; returns how many."""
        fired, passed = 0, set[tuple[str, int]]()
        while fired < MOST_AT_ONCE:
            session = self.session
            waiting = select(WaitingTimer.due_at, WaitingTimer.id).where(
                WaitingTimer.id.in_(queries.due_timers(session, self.now))
            )
            timers = [(at, 1, "timer", key) for at, key in session.execute(waiting)]
            rising = rungs.due(session, self.now, 50) if self.ladders else ()
            climbs = [(each.at, 0, each.subject, each.subject_id) for each in rising]
            due = [each for each in sorted((*timers, *climbs)) if each[2:] not in passed]
            if not due:
                break
            _, _, subject, key = due[0]
            done = runtime.fire(key) if subject == "timer" else climbing.climb(subject, key)
            if not done:
                passed.add((subject, key))
            fired += 1
        return fired

    def do_chores(self) -> None:
        """What the timers process does beside firing."""
        for chore in self.chores:
            chore(lambda: False)

    def next_working_hour(self, day: date) -> datetime:
        """Nine o'clock of the first working day from `day` on."""
        calendar = self.calendar()
        while not calendar.is_workday(day):
            day += timedelta(days=1)
        return max(self.now, clock.instant(day, 9))

    def _next_due(self) -> datetime | None:
        session = self.session
        awake = WaitingTimer.held.is_(False)  # A suspended case's timers wait with it.
        timer = session.scalar(select(func.min(WaitingTimer.due_at)).where(WaitingTimer.due_at > self.now, awake))
        rung = rungs.next_due(session, self.now) if self.ladders else None
        return min(filter(None, (timer, rung)), default=None)

    def _next_chores(self) -> datetime | None:
        if not self.chores:
            return None
        today = clock.instant(self.now.date()) + CHORES_AT
        return today if self.now < today else today + timedelta(days=1)


def _copy(database: sqlite3.Connection) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        database.backup(connection.connection.driver_connection)


__all__ = ["Chore", "Kept", "World", "furnish"]
