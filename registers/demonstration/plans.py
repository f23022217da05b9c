"""Which cases a demonstration has: how each goes, and when it begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from engine import clock
from engine.calendar.days import national
from registers.demonstration.acts import Plan
from registers.demonstration.people import Family, family

FAMILIES = 122
FINISHED_FIRST, FINISHED_AGAIN = 107, 37

#: Where live cases stand, and how many; the days are how long ago they began.
STANDS = (
    ("check_completeness", 5, (0, 1)),
    ("receive_corrections", 4, (1, 8)),
    ("declare_relatives", 4, (0, 2)),
    ("arrange_survey", 4, (2, 5)),
    ("data_check", 5, (4, 8)),
    ("home_visit", 6, (4, 9)),
    ("neighbour_visit", 3, (5, 9)),
    ("recheck", 2, (9, 13)),
    ("opinion", 4, (9, 14)),
    ("draft_notice", 2, (10, 14)),
    ("check_notice", 2, (11, 15)),
    ("post_notice", 2, (12, 16)),
    ("publicity_period", 6, (13, 19)),
    ("take_down", 2, (26, 30)),
    ("handle_objections", 2, (28, 34)),
    ("submit_dossier", 2, (27, 32)),
    ("county_decide", 4, (29, 38)),
    ("deliver_refusal", 1, (16, 22)),
)


def make(random: Random, end: datetime) -> Iterator[tuple[Plan, datetime]]:
    """The plans with the instants at which they begin."""
    today = end.date()
    families = [family(random, today, poor=random.random() < 0.72) for _ in range(FAMILIES)]
    again: list[Family] = []
    for number, home in enumerate(families[:FINISHED_FIRST]):
        poor = home.wage + home.transfer < 560 * home.size
        plan = Plan(home, random, complete=random.random() < 0.8, letters=random.random() < 0.2)
        plan.related = number % 16 == 3
        plan.check_passes = random.random() < 0.85
        plan.recheck_passes = random.random() < 0.7
        if not plan.complete and random.random() < 0.4:
            plan.withdraw = True
        if poor and number % 11 == 5:
            plan.objections, plan.upheld = 1, number % 22 == 5
        refused = not poor or plan.upheld or not (plan.check_passes or plan.recheck_passes)
        if plan.withdraw or refused:
            again.append(home)
        yield plan, _day(random, end, 215, 295)
    for home in again[:FINISHED_AGAIN]:
        yield Plan(home, random), _day(random, end, 85, 140)
    live = [*families[FINISHED_FIRST:], *again[FINISHED_AGAIN:], *again[:FINISHED_AGAIN]]
    for plan, days in _standing(random, live):
        yield plan, _day(random, end, *days)


def _standing(random: Random, homes: list[Family]) -> Iterator[tuple[Plan, tuple[int, int]]]:
    taken = iter(homes)
    for place, (stop, number, days) in enumerate(STANDS):
        for turn in range(number):
            home = next(taken, None)
            if home is None:
                return
            home = _poor(home) if stop != "deliver_refusal" else home
            plan = Plan(home, random, stop=stop, letters=turn == 1)
            plan.complete = stop != "receive_corrections"
            plan.check_passes = stop != "recheck"
            plan.objections = 1 if stop == "handle_objections" or (stop == "publicity_period" and turn == 0) else 0
            plan.related = stop == "county_decide" and turn == 0
            plan.fails = stop == "arrange_survey" and turn == 0
            if place % 5 == 1 and turn == 0:
                plan.slow, days = 2, (days[0] + 12, days[1] + 16)
            yield plan, days


def _poor(home: Family) -> Family:
    """The same family, now under the line: a live case should get past the opinion, so that every stage has one."""
    return replace(home, wage=240 * home.size, business=0, transfer=60 * home.size, rigid=0)


def _day(random: Random, end: datetime, least: int, most: int) -> datetime:
    """An office hour of a working day `least` to `most` days before the end."""
    day = national().preceding((end - timedelta(days=random.randrange(least, most + 1))).date())
    return clock.instant(day, random.randrange(9, 11), random.randrange(60))
