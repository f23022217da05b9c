"""`doudi bench step`: what completing a human task costs through HTTP, database commit included.

One client, one worker (waitress, one thread), 2,000 open cases beside, along the whole dibao flow of twenty cases in
operating mode A. The clock runs from the first byte of the POST to the last byte of its answer. Reading the page for
its token is not timed. An empty database is needed: a SQLite file of its own, or `DATABASE_URL`.
"""

from __future__ import annotations

import http.client
import re
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
import waitress
from sqlalchemy import select

from engine import clock, forms
from engine.actors import SYSTEM, Actor
from engine.database import db
from engine.errors import Refused
from engine.migrations import upgrade
from engine.parameters import operations as parameters
from engine.releases import operations as releases
from engine.releases import queries as release_queries
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.areas import operations as areas
from registers.cases import operations as cases
from registers.demonstration.acts import Plan, values
from registers.demonstration.cast import CAST, COUNTY, PASSWORD, TOWNSHIP, VILLAGES
from registers.demonstration.people import family
from web.app import create_app

TITLE = "经网页办结一步（含数据库提交）"
MODELS = Path(__file__).parents[2] / "bpmn"
Say = Callable[[str], None]


def run(cases: int = 2000, flows: int = 20, url: str | None = None, say: Say = lambda _: None) -> dict[str, Any]:
    """Figures in milliseconds; `url` is an empty database (SQLite in a temporary folder when absent)."""
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/bench.db"
        app = create_app({"DOUDI_INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": url, "DEMO": False})
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        with app.app_context():
            upgrade(url)
            people = furnish()
            say(f"建立 {cases} 件在办办件……")
            populate(people, cases)
            say(f"走完 {flows} 件低保办件……")
            begun = clock.offset()
            with served(app) as port, counted(db.engine) as counts:
                taken = drive(people, flows, port, counts)
            clock.set_offset(begun)
        times = sorted(ms for _, ms, _ in taken)
        slowest = max(taken, key=lambda each: each[1])
        return {
            "name": "step",
            "database": url.split(":")[0].split("+")[0],
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


def furnish() -> dict[str, Actor]:
    """Release, parameters, areas and one account for every role."""
    parameters.load(SYSTEM)
    releases.deploy(releases.read(MODELS), SYSTEM)
    areas.register(SYSTEM, [(COUNTY, "平罗县"), (TOWNSHIP, "高仁乡")])
    areas.register(SYSTEM, [(f"{TOWNSHIP}/{key}", name) for key, name in VILLAGES.items()], synthetic=True)
    parameters.set_value(SYSTEM, "dibao_mode", "A", clock.today(), "基准测试")
    people = {}
    for part in CAST:
        account = accounts.create(
            SYSTEM,
            username=part.username,
            name=part.name,
            password=PASSWORD,
            grants=[{"role": part.role, "area": part.area}],
        )
        people[part.username] = account_queries.actor(account)
    return people


def populate(people: dict[str, Actor], number: int) -> None:
    """So many open cases that stand at the completeness check."""
    random = Random(1)  # noqa: S311 -- synthetic people
    for _ in range(number):
        start(people, random)


def start(people: dict[str, Actor], random: Random) -> tuple[Instance, Plan]:
    """A new application of a poor family. Among thousands of invented people two may share a number by chance: the
    register refuses the second, and another family comes."""
    while True:
        home = family(random, clock.today(), poor=True)
        home.wage, home.transfer, home.rigid = 300 * home.size, 0, 0
        plan = Plan(home, random)
        given = values("fill_application", plan, clock.now(), {})
        try:
            return cases.apply("dibao", people["clerk"], township=TOWNSHIP, values=given), plan
        except Refused:
            continue


@contextmanager
def served(app: Any) -> Iterator[int]:
    """The application behind waitress with one worker thread; gives the port."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        thread.join(timeout=5)


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Every statement of the process, BEGIN and savepoints left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


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


def filled(item: WorkItem, plan: Plan) -> dict[str, list[str]]:
    """The item's form as a browser posts it."""
    instance = db.session.get(Instance, item.instance_id, populate_existing=True)
    form = release_queries.load(instance.release_id).forms[item.form]
    given = values(item.form, plan, clock.now(), instance.flow)
    return {name: list(texts) for name, texts in forms.to_posted(form, given, strict=True).items() if any(texts)}


def fire(instance_id: int) -> bool:
    """Lets the publicity of a case end, the business clock moved there; False when nothing waits any more."""
    db.session.rollback()
    timer = db.session.scalar(select(WaitingTimer).where(WaitingTimer.instance_id == instance_id))
    if timer is None:
        return False
    clock.set_offset(clock.offset() + (timer.due_at + timedelta(hours=9) - clock.now()))
    return runtime.fire(timer.id)


class Browser:
    """A signed-in person: a connection that is kept, a cookie, a form token."""

    def __init__(self, port: int, username: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""
        self.token = self._token("/sign-in")
        self.post("/sign-in", {"username": [username], "password": [PASSWORD]})
        self.token = self._token("/desk/inbox")

    def _token(self, path: str) -> str:
        self.connection.request("GET", path, headers={"Cookie": self.cookie})
        page = self._answer().decode()
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        if found is None:
            raise RuntimeError(f"no token on {path}")
        return found[1]

    def post(self, path: str, fields: dict[str, list[str]]) -> float:
        """Milliseconds from the first byte sent to the last received; RuntimeError unless it was accepted."""
        body = urlencode({**fields, "csrf_token": [self.token]}, doseq=True)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        begun = clock.monotonic()
        self.connection.request("POST", path, body=body, headers=headers)
        answer = self._answer()
        spent = (clock.monotonic() - begun) * 1000
        if self.status not in (302, 303):
            told = re.sub(r"<[^>]+>|\s+", " ", answer.decode())
            raise RuntimeError(f"{path}: {self.status} {told[:600]}")
        return spent

    def _answer(self) -> bytes:
        response = self.connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.split(";")[0]
        self.status = response.status
        return response.read()


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


