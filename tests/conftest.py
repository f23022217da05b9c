"""Fixtures of all tests.

`app`, `session` and `client` run twice, on SQLite (a file with its write-ahead log) and on PostgreSQL (a cluster of
our own). `@pytest.mark.sqlite` or `@pytest.mark.postgres` keeps a test to one of them. A test that asks for none of
these touches no database and costs nothing.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from engine import clock
from tests.support import beginnings, guards, routes
from tests.support.databases import BACKENDS, Database, PostgresDatabase, SqliteFiles, Unusable
from tests.support.statements import Statements

MARKERS = (
    "sqlite: runs on SQLite only",
    "network: may connect to other machines",
    "mail: may send mail over SMTP",
)
# A machine that is busy with something else is no fault of the code under test.
hypothesis.settings.register_profile("doudi", deadline=None)
hypothesis.settings.load_profile("doudi")
MESSAGES = ("DOUDI_SMTP", "DOUDI_MAIL_FROM", "DOUDI_ADDRESS", "WEBHOOK_HOSTS")
#: One key for all tests of a worker, since what they begin from is sealed with it (tests/support/beginnings.py).
KEY = base64.b64encode(os.urandom(32))
ENVIRONMENT = ("DATABASE_URL", "DOUDI_INSTANCE", "DOUDI_KEY", "DOUDI_DEMO", "SECRET_KEY", *MESSAGES)


def pytest_configure(config: pytest.Config) -> None:
    routes.compile_once()
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_collection_finish() -> None:
    beginnings.settle()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        kept = {"sqlite": "sqlite", "postgres": "postgresql"}
        asked = [name for mark, name in kept.items() if metafunc.definition.get_closest_marker(mark)]
        metafunc.parametrize("backend", [name for name in BACKENDS if not asked or name in asked])


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """Gives the source of fresh databases of a backend, made when first asked for."""
    made: dict[str, Database] = {}
    failed: dict[str, str] = {}

    def get(backend: str) -> Database:
        if backend in failed:
            pytest.fail(failed[backend], pytrace=False)
        if backend not in made:
            try:
                if backend == "sqlite":
                    made[backend] = SqliteFiles(tmp_path_factory.mktemp("sqlite"))
                else:
                    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
                    made[backend] = PostgresDatabase(run, os.environ.get("PYTEST_XDIST_WORKER", "main"))
            except Unusable as unusable:  # Said once in full, not found out again for every test.
                failed[backend] = str(unusable)
                pytest.fail(failed[backend], pytrace=False)
        return made[backend]

    yield get
    for database in made.values():
        database.close()


@pytest.fixture
def database_url(backend: str, databases: Callable[[str], Database], tmp_path: Path) -> str:
    """The address of an empty migrated database."""
    return databases(backend).fresh(tmp_path)


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test file may override to give create_app further settings."""
    return {}


@pytest.fixture
def app(database_url: str, tmp_path: Path, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application on a fresh database, its context pushed."""
    from argon2 import PasswordHasher

    from engine.database import db
    from web.app import create_app

    # A township opens a score of accounts: the cost of their passwords is tested where passwords are.
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("registers.accounts.operations.hasher", cheap)
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "data.key").touch(mode=0o600)
    (tmp_path / "data.key").write_bytes(KEY)
    given = {"DOUDI_INSTANCE": str(tmp_path), "SQLALCHEMY_DATABASE_URI": database_url, "TESTING": True}
    made = create_app({**given, **settings})
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Any) -> Any:
    """The session of the pushed context; a request of `client` has one of its own."""
    from engine.database import db

    return db.session()


@pytest.fixture
def client(app: Any) -> Any:
    """A test client of the application."""
    return app.test_client()


@pytest.fixture
def statements(app: Any) -> Iterator[Statements]:
    """Counts SQL statements and commits: `with statements.counted() as count`."""
    from engine.database import db

    counter = Statements(db.engine)
    yield counter
    counter.close()


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """`at("2026-02-10 09:00")` holds the business clock there (Shanghai) for the rest of the test."""
    with ExitStack() as held:

        def hold(text: str) -> datetime:
            instant = datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)
            held.enter_context(clock.at(instant))
            return instant

        yield hold


@pytest.fixture(autouse=True)
def _guards(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reaches another machine or sends mail without its mark; a clock that one moved does not stay moved."""
    if request.node.get_closest_marker("network") is None:
        guards.no_network(monkeypatch)
    if request.node.get_closest_marker("mail") is None:
        guards.no_mail(monkeypatch)
    yield
    clock.set_offset(timedelta(0))
