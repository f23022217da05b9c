"""`doudi bench step`: what completing a human task costs through HTTP, database commit included.

One client, one worker (waitress, one thread), 2,000 open cases beside, along the whole dibao flow of twenty cases in
operating mode A. The clock runs from the first byte of the POST to the last byte of its answer. Reading the page for
its token is not timed. An empty database is needed: a SQLite file of its own, or `DATABASE_URL`.
"""

from __future__ import annotations

import statistics
from random import Random
from typing import Any

from sqlalchemy import select

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.runtime.models import WorkItem
from registers.demonstration.cast import CAST
from web.bench.ground import Browser, Say, counted, filled, fire, furnish, ground, served, start

TITLE = "经网页办结一步（含数据库提交）"


def run(cases: int = 2000, flows: int = 20, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Figures in milliseconds; `url` is an empty database (SQLite in a temporary folder when absent)."""
    with ground(url) as made:
        people = furnish()
        say(f"建立 {cases} 件在办办件……")
        populate(people, cases)
        say(f"走完 {flows} 件低保办件……")
        begun = clock.offset()
        with served(made.app) as port, counted(db.engine) as counts:
            taken = drive(people, flows, port, counts)
        clock.set_offset(begun)
        times = sorted(ms for _, ms, _ in taken)
        slowest = max(taken, key=lambda each: each[1])
        return {
            "name": "step",
            "database": made.database,
            "open_cases": cases,
            "steps": len(times),
            "median_ms": round(statistics.median(times), 1),
            "p95_ms": round(times[int(len(times) * 0.95) - 1], 1),
            "max_ms": round(slowest[1], 1),
            "slowest": slowest[0],
            "statements_median": statistics.median(each[2] for each in taken),
            "statements_max": max(each[2] for each in taken),
            "by_task": by_task(taken),
        }


def populate(people: dict[str, Actor], number: int) -> None:
    """So many open cases that stand at the completeness check."""
    random = Random(1)  # noqa: S311 -- synthetic people
    for _ in range(number):
        start(people, random)


def drive(people: dict[str, Actor], flows: int, port: int, counts: list[str]) -> list[tuple[str, float, int]]:
    """[(task, milliseconds, statements)] of every POST along the flow."""
    random, taken = Random(2), []  # noqa: S311 -- synthetic people
    browsers = {name: Browser(port, name) for name in people}
    roles: dict[str, list[str]] = {}
    for part in CAST:
        roles.setdefault(part.role, []).append(part.username)
    for _ in range(flows):
        instance, plan = start(people, random)
        while True:
            db.session.rollback()
            item = db.session.scalar(
                select(WorkItem)
                .where(WorkItem.instance_id == instance.id, WorkItem.state == "open")
                .order_by(WorkItem.id)
                .limit(1)
            )
            if item is None:
                if not fire(instance.id):
                    break
                continue
            key, task, people_needed, posted = item.id, item.element_id, item.people, filled(item, plan)
            able = [name for name in roles[item.role] if any(g.covers(item.area) for g in people[name].grants)]
            for name in able[:people_needed]:
                db.session.rollback()
                version = db.session.scalar(select(WorkItem.version).where(WorkItem.id == key))
                db.session.rollback()
                before = len(counts)
                spent = browsers[name].post(f"/desk/items/{key}", {**posted, "_version": [str(version)]})
                taken.append((task, spent, len(counts) - before))
    return taken


def by_task(taken: list[tuple[str, float, int]]) -> dict[str, dict[str, float]]:
    """Median milliseconds and most statements of each task."""
    found: dict[str, list[tuple[float, int]]] = {}
    for task, spent, statements in taken:
        found.setdefault(task, []).append((spent, statements))
    return {
        task: {
            "median_ms": round(statistics.median(ms for ms, _ in rows), 1),
            "statements": max(count for _, count in rows),
        }
        for task, rows in found.items()
    }
