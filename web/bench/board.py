"""`doudi bench board`: what the leaders' room costs with 50,000 open cases, through HTTP.

One browser of the township head, one worker (waitress, one thread). Rows are put in by the thousand, with a small
state: no operation ever made them, but every table that the board reads is as full as it would be: open items of all
tasks, roles, villages and holders (4 % red, 15 % due within the week), the same share of clocks, some paused and
extended, publicity timers, incidents, second signatures, and 100,000 finished items over a year.
An empty database is needed: a SQLite file of its own, or `DATABASE_URL`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.actors import SYSTEM, cut
from engine.clocks.models import Clock
from engine.database import Base, db
from engine.releases import queries as releases
from engine.runtime.models import Incident, Instance, Signature, WaitingTimer, WorkItem
from registers.accounts.models import Account
from registers.areas import operations as areas
from registers.cases.models import Case
from registers.demonstration.cast import COUNTY, TOWNSHIP
from web.bench.ground import Browser, Say, counted, furnish, ground, served, settled

TITLE = "督办室（五万件在办办件）"
VILLAGES = 20
CHUNK = 5000
SCHEMES = ("dibao", "tekun", "temporary_relief", "marginal", "hardship", "elderly_allowance", "objection")
STAGES = ("申请受理", "调查核实", "公示", "审核确认")
#: The share that is red, and that turns red within the week.
RED, WEEK = 0.04, 0.15


def run(cases: int = 50_000, requests: int = 40, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Figures in milliseconds; `url` is an empty database (SQLite in a temporary folder when absent)."""
    with ground(url) as made:
        furnish()
        say(f"写入 {cases} 件在办办件……")
        fill(cases, say)
        db.session.rollback()
        with served(made.app) as port, counted(db.engine) as counts:
            browser = Reader(port, "head")
            paths = {
                "room": "/leaders/",
                "list": "/leaders/overdue?state=red",
                "list_by_cause": "/leaders/overdue?state=week&cause=clerk",
                "trends": "/leaders/trends.json",
                "load": "/leaders/load.json",
                "report": f"/leaders/report?month={clock.today():%Y-%m}",
            }
            taken = {}
            for name, path in paths.items():
                say(f"打开 {path} ……")
                taken[name] = ask(browser, path, requests if name == "room" else max(requests // 4, 3))
            before = len(counts)
            browser.get(paths["room"])
            statements = len(counts) - before
        room = taken.pop("room")
        return {
            "name": "board",
            "database": made.database,
            "open_cases": cases,
            "requests": len(room),
            "median_ms": round(statistics.median(room), 1),
            "p95_ms": round(room[int(len(room) * 0.95) - 1], 1),
            "max_ms": round(room[-1], 1),
            "statements": statements,
            "others_median_ms": {name: round(statistics.median(times), 1) for name, times in taken.items()},
        }


class Reader(Browser):
    """A leader at a browser."""

    def get(self, path: str) -> float:
        """Milliseconds from the first byte sent to the last received; RuntimeError for anything but a page."""
        begun = clock.monotonic()
        self.connection.request("GET", path, headers={"Cookie": self.cookie})
        self._answer()
        spent = (clock.monotonic() - begun) * 1000
        if self.status != 200:
            raise RuntimeError(f"{path}: {self.status}")
        return spent


def ask(browser: Reader, path: str, times: int) -> list[float]:
    """Milliseconds of so many requests, sorted; the first, which warms the connection, is left out."""
    browser.get(path)
    return sorted(browser.get(path) for _ in range(times))


def fill(cases: int, say: Say = lambda _: None) -> None:
    """The rows. Each table in chunks of thousands, in one transaction of its own."""
    places = [f"{TOWNSHIP}/village{number}" for number in range(VILLAGES)]
    areas.register(SYSTEM, [(path, f"测试{path[len(TOWNSHIP) + 8 :]}村") for path in places], synthetic=True)
    insert(Account, accounts_of(places))
    release = releases.load(releases.current(db.session()).id, db.session())
    tasks = [each for each in release.elements.values() if each.properties.get("role")]
    random, now = Random(1), clock.now()  # noqa: S311 -- synthetic rows
    people = dict(db.session.execute(sa.select(Account.id, Account.grants)).all())
    world = _World(random, now, places, tasks, people, release.id, cases)
    finished = cases // 4
    for table, rows in (
        (Instance, world.instances(cases + finished)),
        (Case, world.cases(cases + finished)),
        (WorkItem, world.open_items()),
        (WorkItem, world.done_items(finished)),
        (Clock, world.clocks(finished)),
        (WaitingTimer, world.timers()),
        (Signature, world.signatures()),
        (Incident, world.incidents()),
    ):
        say(f"  {table.__tablename__}：{insert(table, rows)} 行")
    settled()


def insert(table: type[Base], rows: Iterator[dict[str, Any]]) -> int:
    """Puts rows into a table of the bench's own database; nothing here is a case of anybody."""
    done, chunk = 0, []

    def flush() -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.Table.insert(table.__table__), chunk)

    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            flush()
            done, chunk = done + len(chunk), []
    if chunk:
        flush()
    return done + len(chunk)


def accounts_of(places: list[str]) -> Iterator[dict[str, Any]]:
    """Forty people more: a village worker for every village but the last two, clerks, investigators, the county."""
    parts = [("village", place) for place in places[:-2]]
    parts += [("clerk", TOWNSHIP)] * 10 + [("investigator", TOWNSHIP)] * 10 + [("county_check", COUNTY)] * 2
    for number, (role, area) in enumerate(parts):
        yield {
            "username": f"bench{number}", "name": f"测试{number}", "password_hash": "-", "active": True, "failures": 0,
            "grants": [{"role": role, "area": area}], "must_change_password": False, "epoch": 1,
            "created_at": clock.now(),
        }  # fmt: skip


class _World:
    """Invents rows; instance ids are 1 … n, the open ones first."""

    def __init__(self, random: Random, now: datetime, places: list[str], tasks: list[Any], people: dict[int, Any],
                 release: str, open_: int) -> None:  # fmt: skip
        self.random, self.now, self.places, self.tasks, self.people = random, now, places, tasks, people
        self.release, self.open = release, open_
        self.area = [random.choice(places) for _ in range(open_ * 5 // 4 + 1)]
        self.second: list[tuple[int, str]] = []

    def instances(self, number: int) -> Iterator[dict[str, Any]]:
        for key in range(1, number + 1):
            started = self.now - timedelta(days=self.random.random() * (40 if key <= self.open else 365))
            ended = None if key <= self.open else min(started + timedelta(days=self.random.random() * 50), self.now)
            yield {
                "id": key, "process_id": SCHEMES[key % len(SCHEMES)], "release_id": self.release,
                "area": self.area[key], "status": "completed" if ended else "running",
                "outcome": self.random.choice(("confirmed", "refused")) if ended else None,
                "stage": "" if ended else self.random.choice(STAGES), "position": {}, "flow": {},
                "started_at": started, "ended_at": ended, "parameters_on": started.date(), "state": b"x" * 200,
                "version": 1, "journal_seq": 0, "journal_hash": "",
            }  # fmt: skip

    def cases(self, number: int) -> Iterator[dict[str, Any]]:
        for key in range(1, number + 1):
            yield {
                "instance_id": key, "number": f"基准{key:06d}", "scheme": SCHEMES[key % len(SCHEMES)],
                "title": "测试", "applicant": "测试人", "area": self.area[key], "filed": False, "complaint": False,
                "accepted_on": self.now.date() - timedelta(days=self.random.randrange(40)),
                "created_at": self.now - timedelta(days=self.random.randrange(300)),
            }  # fmt: skip

    def due(self) -> datetime:
        """A due instant: red, within the week, or later."""
        lot, today = self.random.random(), self.now.date()
        days = (
            -self.random.randrange(1, 15)
            if lot < RED
            else self.random.randrange(0, 8)
            if lot < RED + WEEK
            else self.random.randrange(8, 45)
        )
        return clock.end_of(today + timedelta(days=days))

    def item(self, key: int, number: int) -> dict[str, Any]:
        task = self.random.choice(self.tasks)
        role, area = task.properties["role"], cut(self.area[key], task.properties["area"])
        able = [who for who, grants in self.people.items() if any(g["role"] == role for g in grants)]
        holder = self.random.choice(able) if able and self.random.random() < 0.6 else None
        return {
            "instance_id": key, "task_id": f"t{number}", "process_id": task.process_id, "element_id": task.id,
            "name": task.name, "role": role, "area": area, "form": task.properties["form"],
            "people": int(task.properties.get("people", "1")), "separate": [], "state": "open", "version": 1,
            "holder_id": holder, "holder_name": f"测试{holder}" if holder else None,
            "created_at": self.now - timedelta(days=self.random.random() * 10), "due_at": self.due(),
            "waits_for": "applicant" if task.id == "receive_corrections" else None,
        }  # fmt: skip

    def open_items(self) -> Iterator[dict[str, Any]]:
        """One for most cases, two for a tenth, none for those in publicity."""
        number = 0
        for key in range(1, self.open + 1):
            for _ in range(0 if key % 20 == 0 else 2 if key % 10 == 1 else 1):
                number += 1
                made = self.item(key, number)
                if made["people"] > 1 and self.random.random() < 0.4:
                    self.second.append((number, made["element_id"]))
                yield made

    def done_items(self, cases: int) -> Iterator[dict[str, Any]]:
        for number in range(cases * 8):
            made = self.item(self.open + 1 + number % cases, 10_000_000 + number)
            completed = self.now - timedelta(days=self.random.random() * 365)
            created = completed - timedelta(days=self.random.random() * 6)
            due_at = clock.end_of(created.date() + timedelta(days=4))
            yield {**made, "state": "completed", "completed_at": completed, "created_at": created, "due_at": due_at}

    def clocks(self, finished: int) -> Iterator[dict[str, Any]]:
        """The clock of every case; one in fifty paused, one in forty extended."""
        for key in range(1, self.open + finished + 1):
            kind = "service" if key % 5 == 0 else "legal"
            ended = self.now - timedelta(days=self.random.random() * 365) if key > self.open else None
            paused = ended is None and key % 50 == 0
            yield {
                "instance_id": key, "name": "total", "title": "全程办理时限" if kind == "legal" else "信息核对时限",
                "kind": kind, "budget": "30wd", "lap": 1 if key % 40 == 0 else 0, "basis": {}, "version": 1,
                "started_at": (ended or self.now) - timedelta(days=20),
                "due_at": None if paused else ended + timedelta(days=3) if ended else self.due(),
                "paused_at": self.now if paused else None, "ended_at": ended,
                "ending": "satisfied" if ended else None,
            }  # fmt: skip

    def timers(self) -> Iterator[dict[str, Any]]:
        for key in range(20, self.open + 1, 20):
            yield {
                "instance_id": key, "task_id": f"w{key}", "process_id": "publicity", "element_id": "wait",
                "name": "公示期", "due_at": self.now + timedelta(days=4), "basis": {}, "attempts": 0,
            }  # fmt: skip

    def signatures(self) -> Iterator[dict[str, Any]]:
        for number, element in self.second:
            yield {
                "work_item_id": number, "instance_id": 0, "element_id": element, "submission_id": 0, "actor_id": 1,
                "actor_name": "测试", "signed_at": self.now, "valid": True,
            }  # fmt: skip

    def incidents(self) -> Iterator[dict[str, Any]]:
        for key in range(500, self.open + 1, 500):
            yield {
                "instance_id": key, "task_id": "x", "process_id": "dibao", "element_id": "x", "name": "测试",
                "kind": "service", "cause": "测试", "opened_at": self.now,
            }  # fmt: skip
