"""`doudi bench long`: what a step costs at the end of a long case, through HTTP, beside what it cost at its start.

A 低保 case is sent back from the check of its notice to the draft again and again (`check_notice` says no), as often as
it takes to make sixty steps. Two ratios are told: the last ten steps beside the first ten, whatever they do, and the
last rounds of the two tasks of the loop beside their first rounds, which do the same. Reading the page for its token
is not timed.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import func, select

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.runtime.models import Instance, WorkItem
from registers.demonstration.acts import Plan
from registers.demonstration.cast import CAST
from web.bench.ground import Browser, Say, filled, fire, furnish, ground, served, start

TITLE = "一件办件办到第六十步时，每一步还要多久（经网页）"
#: Steps of a case, how many of them count as its start and its end, and how many cases.
STEPS, ENDS, CASES = 60, 10, 8
#: The tasks that go round, and how many rounds count as the first and the last.
LOOP, ROUNDS = ("draft_notice", "check_notice"), 5


@dataclass(frozen=True)
class Taken:
    """One POST: the how-manieth step of its case, its task, milliseconds, bytes of the state before it."""

    number: int
    task: str
    spent: float
    state: int


def run(cases: int = CASES, steps: int = STEPS, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Figures in milliseconds; `url` is an empty database (SQLite in a temporary folder when absent)."""
    with ground(url) as made:
        people = furnish()
        begun, random = clock.offset(), Random(3)  # noqa: S311 -- synthetic people
        taken: list[Taken] = []
        with served(made.app) as port:
            browsers = {name: Browser(port, name) for name in people}
            warm(people, browsers, random)
            for number in range(cases):
                say(f"第 {number + 1} 件，共 {cases} 件……")
                taken += walk(people, browsers, random, steps)
        clock.set_offset(begun)
        return {"name": "long", "database": made.database, "cases": cases, "steps": steps} | figures(taken, steps)


def warm(people: dict[str, Actor], browsers: dict[str, Browser], random: Random) -> None:
    """A short case first: what is made once a process is no cost of a step."""
    walk(people, browsers, random, 20)


def walk(people: dict[str, Actor], browsers: dict[str, Browser], random: Random, steps: int) -> list[Taken]:
    """So many steps of a new case; its application at the window was the first."""
    instance, plan = start(people, random)
    taken: list[Taken] = []
    while len(taken) < steps:
        db.session.rollback()
        item = db.session.scalar(
            select(WorkItem)
            .where(WorkItem.instance_id == instance.id, WorkItem.state == "open")
            .order_by(WorkItem.id)
            .limit(1)
        )
        if item is None:
            if not fire(instance.id):
                raise RuntimeError(f"the case ended after {len(taken)} steps")
            continue
        taken += step(people, browsers, plan, item, len(taken))
    return taken[:steps]


def step(
    people: dict[str, Actor], browsers: dict[str, Browser], plan: Plan, item: WorkItem, before: int
) -> list[Taken]:
    """Everybody whose signature the item wants presses; the notice is never good enough."""
    if item.element_id == "check_notice":
        plan.notes["redraft"] = True
    key, task, needed, posted = item.id, item.element_id, item.people, filled(item, plan)
    able = [
        part.username
        for part in CAST
        if part.role == item.role and any(grant.covers(item.area) for grant in people[part.username].grants)
    ]
    taken = []
    for name in able[:needed]:
        db.session.rollback()
        version = db.session.scalar(select(WorkItem.version).where(WorkItem.id == key))
        state = db.session.scalar(select(func.length(Instance.state)).where(Instance.id == item.instance_id))
        db.session.rollback()
        spent = browsers[name].post(f"/desk/items/{key}", {**posted, "_version": [str(version)]})
        taken.append(Taken(before + len(taken) + 1, task, spent, int(state or 0)))
    return taken


def figures(taken: list[Taken], steps: int) -> dict[str, Any]:
    """Both ratios, what they are of, and how the state grew."""
    first = statistics.median(each.spent for each in taken if each.number <= ENDS)
    last = statistics.median(each.spent for each in taken if each.number > steps - ENDS)
    rounds: dict[str, list[Taken]] = {task: [each for each in taken if each.task == task] for task in LOOP}
    numbers = sorted({each.number for each in rounds[LOOP[0]]})
    early, late = numbers[:ROUNDS][-1] + 1, numbers[-ROUNDS:][0]
    same = {
        task: (
            statistics.median(each.spent for each in rows if each.number <= early),
            statistics.median(each.spent for each in rows if each.number >= late),
        )
        for task, rows in rounds.items()
    }
    return {
        "first_ms": round(first, 1),
        "last_ms": round(last, 1),
        "ratio": round(last / first, 2),
        "same_task": {
            task: {"first_ms": round(a, 1), "last_ms": round(b, 1), "ratio": round(b / a, 2)}
            for task, (a, b) in same.items()
        },
        "state_bytes": [
            round(statistics.median(each.state for each in taken if each.number == number))
            for number in (1, steps // 2, steps)
        ],
    }
