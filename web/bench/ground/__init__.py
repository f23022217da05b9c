"""What the benchmarks stand on: an installation in an empty database, cases, a server, people at browsers."""

from __future__ import annotations

import http.client
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
import waitress
from flask import Flask
from sqlalchemy import select

from engine import clock, forms
from engine.actors import SYSTEM, Actor
from engine.database import db, refresh_statistics
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
from web.cli.serve import settle

MODELS = Path(__file__).parents[3] / "bpmn"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Ground:
    """An application over a migrated, empty database, inside its context."""

    app: Flask
    folder: str
    url: str

    @property
    def database(self) -> str:
        """sqlite or postgresql."""
        return self.url.split(":")[0].split("+")[0]


@contextmanager
def ground(url: str | None) -> Iterator[Ground]:
    """`url` is an empty database; without one it is SQLite in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/bench.db"
        app = create_app({"DOUDI_INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": url, "DEMO": False})
        made = Ground(app, folder, app.config["SQLALCHEMY_DATABASE_URI"])
        with app.app_context():
            upgrade(made.url)
            yield made


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


def settled() -> None:
    """The database learns how full its tables are, as it does by itself after such growth in an installation: by the
    chore `statistics` on SQLite, by its own on PostgreSQL."""
    refresh_statistics(db.engine)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


@contextmanager
def served(app: Any) -> Iterator[int]:
    """The application behind waitress with one worker thread; gives the port."""
    settle()
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
