"""What the timers process does beside firing: each chore is a function that is cheap when there is nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.clocks import operations as clocks
from engine.database import db, refresh_statistics
from engine.deployments import operations as deployments
from engine.holidays import operations as holidays
from engine.outbox import operations as outbox
from engine.runtime.hands import operations as hands
from engine.runtime.moves import operations as moves
from engine.runtime.openings import operations as openings
from engine.runtime.openings import plans

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Chore:
    """A function and how often it comes, in seconds. It looks at `stop` between two pieces of work."""

    name: str
    every: float
    run: Callable[[Stop], None]


def deliver(stop: Stop) -> None:
    """Messages go out: those of acts that were committed, never inside one."""
    while not stop() and outbox.deliver():
        pass


def recount(stop: Stop) -> None:
    """Open dates are counted anew after the calendar changed, chunk by chunk."""
    holidays.recount_if_needed()
    while not stop() and holidays.go_on() is not None:
        pass


def missing_schedule(stop: Stop) -> None:
    """Administrators hear, from November on, that next year's schedule is not there."""
    holidays.warn_missing()


def lasting_pauses(stop: Stop) -> None:
    """The head and the discipline office hear every week of a clock that still stands still."""
    clocks.recall_pauses()


def open_cases(stop: Stop) -> None:
    """Cases that the system is to open are opened, those that failed before in their turn."""
    openings.carry_out_due(stop)


def planned(stop: Stop) -> None:
    """What the registers plan for certain days is asked for: monthly runs, reviews."""
    plans.look(stop)


def suspended(stop: Stop) -> None:
    """Cases go on when their suspension has reached its last day; the head and the discipline office hear every week
    of one that lasts; what was to end with its case ends."""
    moves.resume_due(stop)
    moves.recall_suspensions()
    moves.end_linked_due(stop)


def stranded(stop: Stop) -> None:
    """Items in the hands of somebody who left go back to those who can take them."""
    hands.put_back_stranded(stop)


def releases(stop: Stop) -> None:
    """People hear of planned releases whose day has come; they are current without it."""
    deployments.announce_due()


def statistics(stop: Stop) -> None:
    """The database learns how its tables are filled, so that the lists of a full house find their indexes."""
    refresh_statistics(db.engine)


CHORES = (
    Chore("deliver", 2.0, deliver),
    Chore("releases", 30.0, releases),
    Chore("planned", 300.0, planned),
    Chore("open-cases", 5.0, open_cases),
    Chore("recount", 5.0, recount),
    Chore("missing-schedule", 3600.0, missing_schedule),
    Chore("lasting-pauses", 3600.0, lasting_pauses),
    Chore("suspended", 300.0, suspended),
    Chore("stranded", 300.0, stranded),
    Chore("statistics", 21600.0, statistics),
)
