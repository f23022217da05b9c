"""Runs commands inside the test's process, on the test's database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from engine.database import db
from web import cli


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it said where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def doudi(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`doudi("due", "2026-02-10", "7d")`."""

    def run(*arguments: str) -> Ran:
        code = cli.run(list(arguments))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def installed(app: Any, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commands open the test's database and its instance folder as an installation of its own."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DOUDI_INSTANCE", app.instance_path)
    yield app
    db.session.rollback()
