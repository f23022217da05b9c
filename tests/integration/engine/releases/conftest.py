"""Two small releases and the people who deploy them."""

from __future__ import annotations

from typing import Any

import pytest

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.drafts import operations as drafts
from engine.releases import queries as releases
from registers.accounts import operations as accounts
from registers.accounts.queries import actor
from registers.areas import operations as areas
from registers.demonstration.cast import PASSWORD
from tests.support import release as text
from tests.support.standing import stand

COUNTY, TOWNSHIP = "pingluo", "pingluo/gaoren"
FILES = {
    "main.bpmn": text.process("main", "start s; user a; end e\ns > a > e"),
    "forms/note.form": text.form(),
    "clocks.json": b"{}",
}


class Office:
    """Its people, and drafts that only the lint's rules would object to."""

    def __init__(self, session: Any) -> None:
        self.session = session
        areas.register(SYSTEM, [(COUNTY, "平罗县"), (TOWNSHIP, "高仁乡")])
        self.owner, self.other, self.head = (
            self.person("owner", "owner"),
            self.person("other", "owner"),
            self.person("head", "head"),
        )
        stand(session, "0" * 64, releases_pack(FILES), clock.now())

    def person(self, username: str, *roles: str, **more: Any) -> Actor:
        given = {"username": username, "name": f"测{username}", "password": PASSWORD}
        return actor(
            accounts.create(SYSTEM, grants=[{"role": role, "area": TOWNSHIP} for role in roles], **given, **more)
        )

    def draft(self, title: str = "修改") -> int:
        return drafts.begin(self.owner, title).id

    def changed(self, body: bytes = b"<changed/>", path: str = "main.bpmn") -> int:
        """A draft in which a file was changed."""
        draft = self.draft()
        drafts.save(draft, self.owner, path, body, version=0)
        return draft

    @property
    def current(self) -> str:
        return releases.current(self.session).id


def releases_pack(files: dict[str, bytes]) -> bytes:
    from engine.releases.loaded import pack

    return pack(files)


@pytest.fixture
def office(session: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> Office:
    """On a Monday morning; the lint is content with everything (what it says is tested where it is)."""
    at("2026-03-02 09:00")
    monkeypatch.setattr("engine.releases.operations.judge", lambda _files: [])
    return Office(session)
