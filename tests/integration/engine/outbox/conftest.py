"""People with addresses, a real SMTP listener, a real robot's server, a wall clock that can be moved."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.outbox import operations as outbox
from engine.outbox import settings as channels
from engine.outbox.group import operations as group
from engine.outbox.models import Copy, Message, Robot
from engine.parameters import operations as parameters
from engine.transactions import scratch
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries

TOWNSHIP = "pingluo/gaoren"
#: A Tuesday, ten o'clock.
TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=clock.ZONE)


class Wall:
    """The wall clock of a test: stands still until it is moved."""

    def __init__(self) -> None:
        self.now = TUESDAY

    def __call__(self) -> datetime:
        return self.now

    def to(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)

    def on(self, **span: int) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    monkeypatch.setattr(clock, "wall", made)
    return made


class AnyPort(Controller):
    """aiosmtpd knocks at its own port when it starts; with any port it must learn first which one it got."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Listener:
    """An SMTP server: keeps what it takes; `refuse` is what it answers instead."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.refuse = ""
        self.controller = AnyPort(self, hostname="127.0.0.1", port=0)
        self.controller.start()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def texts(self) -> list[str]:
        return [each.get_content() for each in self.letters]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.controller.stop()


@pytest.fixture
def channel(app: Any, listener: Listener, robot_server: RobotServer) -> Callable[..., channels.Settings]:
    """`channel()` opens mail to the listener and robots to the local server."""

    def use(**given: str) -> channels.Settings:
        plain = {
            "DOUDI_SMTP": f"smtp://127.0.0.1:{listener.controller.port}",
            "DOUDI_MAIL_FROM": "doudi@gaoren.example.cn",
            "DOUDI_ADDRESS": "https://doudi.example.cn",
            "WEBHOOK_HOSTS": robot_server.origin,
        }
        made = channels.use({**plain, **given})
        assert made.problems == ()
        return made

    return use


class RobotServer:
    """A robot's address: keeps what was posted; `answers` are given in turn, then {"errcode": 0}."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, json.loads(body)))
                status, said, headers = outer.answers.pop(0) if outer.answers else (200, b'{"errcode": 0}', {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_given: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, status: int = 200, said: bytes = b'{"errcode": 0}', **headers: str) -> None:
        self.answers.append((status, said, headers))


@pytest.fixture
def robot_server() -> Iterator[RobotServer]:
    made = RobotServer()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Office:
    """People and their messages."""

    def __init__(self, session: Any) -> None:
        self.session = session
        parameters.load(SYSTEM)
        self.chen = self.person("chen", "陈建国", "director", "chen@example.cn")
        self.wang = self.person("wang", "王晓芳", "clerk", "wang@example.cn")
        self.wu = self.person("wu", "吴小军", "admin", None, area="pingluo")

    def person(self, username: str, name: str, role: str, email: str | None, area: str = TOWNSHIP) -> Actor:
        grants = [{"role": role, "area": area}]
        account = accounts.create(SYSTEM, username=username, name=name, password="doudi-2026", grants=grants)
        if email:
            accounts.set_email(SYSTEM, account.id, email)
        return account_queries.actor(account)

    def send(self, subject: str = "高仁低保2026-0001 初审意见 超期", **given: Any) -> Message:
        plain = {"kind": "rung", "body": "马德福家的初审意见已超期", "now": clock.now(), "area": TOWNSHIP}
        with scratch() as session:
            message = outbox.enqueue(session, subject=subject, **{**plain, **given})
            session.flush()
        return message

    def robot(self, url: str, **given: Any) -> Robot:
        plain = {
            "kind": "dingtalk",
            "name": "民政工作群",
            "area": TOWNSHIP,
            "secret": "",
            "kinds": ["rung", "urge"],
            "digest": False,
        }
        return group.add(self.wu, group.Given(url=url, **{**plain, **given}))

    def copies(self, channel: str = "") -> list[Copy]:
        self.session.rollback()
        asked = select(Copy).order_by(Copy.id).execution_options(populate_existing=True)
        return [each for each in self.session.scalars(asked) if channel in ("", each.channel)]

    def states(self, channel: str) -> list[str]:
        return [each.state for each in self.copies(channel)]


@pytest.fixture
def office(session: Any, wall: Wall) -> Iterator[Office]:
    with clock.at(wall):
        yield Office(session)
