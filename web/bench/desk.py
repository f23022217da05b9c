"""`doudi bench desk`: what inbox, search and case page cost with 50,000 open cases and 1,000,000 finished work items,
through HTTP.

One worker (waitress, one thread), people of several roles. Rows are put in by the thousand, all of them synthetic and
marked so (`测试`): no operation ever made them, but every table that these pages read is as full as it would be. An
empty database is needed: a SQLite file of its own, or `DATABASE_URL`.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from engine import clock, secrets
from engine.actors import SYSTEM, Grant, cut
from engine.database import db
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.outbox.models import Message
from engine.releases import queries as releases
from engine.runtime.models import Instance, Signature, WorkItem
from registers.accounts.models import Account
from registers.areas import operations as areas
from registers.cases import terms
from registers.cases.models import Case, CaseTerm
from registers.copies.models import CaseCopy
from registers.demonstration.cast import TOWNSHIP
from registers.demonstration.people import FEMALE, MALE, SURNAMES
from registers.desk.models import FollowUp
from registers.households.models import Household, Person
from registers.supervision.models import Order
from web.bench.board import SCHEMES, STAGES, VILLAGES, Reader, accounts_of, insert
from web.bench.ground import Say, furnish, ground, served, settled

TITLE = "待办、查询、办件页（五万件在办，一百万个办结环节）"
#: Finished items of a finished case.
STEPS = 8
#: Which cases have a history to show.
TOLD = 60
#: The letters of given names.
GIVEN = "".join(MALE + FEMALE)
#: What a case of a confidential kind says of who may see it.
KEPT = ",clerk,director,deputy,head,discipline,county_review,county_decide,"


def run(
    cases: int = 50_000,
    finished_items: int = 1_000_000,
    requests: int = 40,
    url: str | None = None,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Figures in milliseconds; `url` is an empty database (SQLite in a temporary folder when absent)."""
    with ground(url) as made:
        furnish()
        say(f"写入 {cases} 件在办办件、{finished_items} 个办结环节……")
        world = World(cases, finished_items // STEPS)
        world.fill(say)
        db.session.rollback()
        taken = {}
        with served(made.app) as port:
            readers = {name: Visitor(port, name) for name in ("clerk", "director", "head", "investigator")}
            for name, (who, ask) in pages(world).items():
                say(f"打开 {name} ……")
                readers[who].connection.close()  # Whoever waited long is no longer connected; the next request is.
                ask(readers[who], 0)
                taken[name] = sorted(ask(readers[who], number) for number in range(requests))
        found = {name: figures(times) for name, times in taken.items()}
        return {
            "name": "desk",
            "database": made.database,
            "open_cases": cases,
            "finished_items": finished_items,
            "requests": requests,
            "machine_s": machine(),
            "p95_ms": max(each["p95_ms"] for each in found.values()),
            "pages": found,
        }


def figures(times: list[float]) -> dict[str, float]:
    """The median and the 95th percentile of sorted milliseconds."""
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[max(int(len(times) * 0.95) - 1, 0)], 1),
    }


def machine() -> float:
    """Seconds that this machine needs for twenty million additions; a normal one needs one. What is measured beside
    other work is read with it."""
    begun, total = clock.monotonic(), 0
    for each in range(20_000_000):
        total += each
    return round(clock.monotonic() - begun, 2)


class Visitor(Reader):
    """Somebody at a browser who also sends forms that answer with a page, and asks whether a list has changed."""

    def send(self, path: str, fields: dict[str, str]) -> float:
        """Milliseconds of a form that is answered with a page."""
        body = urlencode({**fields, "csrf_token": self.token})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        begun = clock.monotonic()
        self.connection.request("POST", path, body=body, headers=headers)
        self._answer()
        spent = (clock.monotonic() - begun) * 1000
        if self.status != 200:
            raise RuntimeError(f"{path}: {self.status}")
        return spent

    def unchanged(self) -> float:
        """Milliseconds of the question that an open list asks by itself, answered with "nothing new"."""
        if not hasattr(self, "mark"):
            self.connection.request("GET", "/desk/?tab=work", headers={"Cookie": self.cookie})
            (self.mark,) = re.findall(r'data-mark="([^"]+)"', self._answer().decode())
        headers = {"Cookie": self.cookie, "If-None-Match": f'W/"{self.mark}"', "X-Polling": "1"}
        begun = clock.monotonic()
        self.connection.request("GET", "/desk/changed", headers=headers)
        self._answer()
        spent = (clock.monotonic() - begun) * 1000
        if self.status != 304:
            raise RuntimeError(f"/desk/changed: {self.status}")
        return spent


Ask = Callable[[Visitor, int], float]


def pages(world: World) -> dict[str, tuple[str, Ask]]:
    """Each page with who opens it and how; the number of the request chooses another row each time."""

    def desk(**query: str) -> Ask:
        return lambda reader, _: reader.get(f"/desk/?{urlencode({'tab': 'work', **query})}")

    def search(text: Callable[[int], str]) -> Ask:
        return lambda reader, number: reader.send("/households", {"text": text(number)})

    village = f"{TOWNSHIP}/village3"
    return {
        "inbox": ("clerk", desk()),
        "inbox_director": ("director", desk()),
        "inbox_investigator": ("investigator", desk()),
        "pool_page_20": ("clerk", desk(tab="pool", page="20")),
        "narrowed_village": ("clerk", desk(village=village)),
        "narrowed_stage": ("clerk", desk(process="dibao", stage=STAGES[1])),
        "narrowed_red": ("clerk", desk(light="red")),
        "narrowed_name": ("clerk", lambda reader, n: desk(q=world.names[n * 7])(reader, n)),
        "narrowed_surname": ("clerk", desk(q=SURNAMES[0])),
        "narrowed_number": ("clerk", lambda reader, n: desk(q=world.numbers[n * 11][-6:])(reader, n)),
        "follow_ups": ("clerk", desk(sort="follow", follow="set")),
        "done": ("investigator", desk(tab="done")),
        "done_name": ("investigator", lambda reader, n: desk(tab="done", q=world.names[n * 5])(reader, n)),
        "started": ("clerk", desk(tab="started")),
        "copies": ("clerk", desk(tab="copies")),
        "watched": ("head", desk(tab="watched")),
        "unchanged": ("clerk", lambda reader, _: reader.unchanged()),
        "search_name": ("clerk", search(lambda n: world.names[n * 3])),
        "search_surname": ("clerk", search(lambda _: SURNAMES[0])),
        "search_number": ("clerk", search(lambda n: world.numbers[n * 13][-6:])),
        "search_id": ("clerk", search(lambda n: id_number(n + 1))),
        "search_masked": ("clerk", search(lambda n: f"{id_number(n + 1)[:6]}********{id_number(n + 1)[-4:]}")),
        "search_nobody": ("clerk", search(lambda _: "没有这个人")),
        "case": ("director", lambda reader, n: reader.get(f"/cases/{world.told(n)}")),
    }


def id_number(key: int) -> str:
    """A number that no person has: no such region, no such day."""
    return f"000000{key:08d}{key % 10_000:04d}"


class World:
    """Invents rows; instance ids are 1 … n, the open ones first."""

    def __init__(self, open_: int, finished: int) -> None:
        self.random, self.now = Random(1), clock.now()  # noqa: S311 -- synthetic rows
        self.open, self.all = open_, open_ + finished
        self.places = [f"{TOWNSHIP}/village{number}" for number in range(VILLAGES)]
        self.area = [self.random.choice(self.places) for _ in range(self.all + 1)]
        self.names = [self._name() for _ in range(self.all + 1)]
        self.numbers = [f"高仁测试{2026 - key % 6}-{key:06d}" for key in range(self.all + 1)]

    def told(self, number: int) -> int:
        """A running case that has a history."""
        return number % TOLD + 1

    def fill(self, say: Say) -> None:
        """The rows, each table in chunks of thousands."""
        named = [(path, f"测试{path[len(TOWNSHIP) + 8 :]}村") for path in self.places]
        areas.register(SYSTEM, named, synthetic=True)
        insert(Account, accounts_of(self.places))
        release = releases.load(releases.current(db.session()).id, db.session())
        self.release = release.id
        self.tasks = [each for each in release.elements.values() if each.properties.get("role")]
        self.able: dict[str, list[tuple[int, list[Grant]]]] = defaultdict(list)
        for who, grants in db.session.execute(sa.select(Account.id, Account.grants)).all():
            for role in {each["role"] for each in grants}:
                self.able[role].append((who, [Grant(g["role"], g["area"]) for g in grants if g["role"] == role]))
        self.clerks = [who for who, _ in self.able["clerk"]]
        db.session.rollback()
        for table, rows in (
            (Household, self.households()),
            (Person, self.people()),
            (Instance, self.instances()),
            (Case, self.cases()),
            (CaseTerm, self.words()),
            (WorkItem, self.open_items()),
            (WorkItem, self.done_items()),
            (Signature, self.signatures()),
            (CaseCopy, self.copies()),
            (FollowUp, self.follow_ups()),
            (Order, self.orders()),
            (Message, self.urges()),
            (JournalEntry, self.history()),
        ):
            say(f"  {table.__tablename__}：{insert(table, rows)} 行")
        settled()

    def _name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(self.random.choice(GIVEN) for _ in range(2))

    def households(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.open + 1):
            yield {"id": key, "area": self.area[key], "rural": True, "contact": {}, "created_at": self.now}

    def people(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.open + 1):
            number = id_number(key)
            yield {
                "household_id": key, "name": self.names[key], "id_number": number, "male": True, "relation": "head",
                "fingerprint": secrets.fingerprint(number), "masked": f"{number[:6]}********{number[-4:]}",
                "birth": self.now.date(), "circumstances": {},
            }  # fmt: skip

    def instances(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.all + 1):
            running = key <= self.open
            started = self.now - timedelta(days=self.random.random() * (40 if running else 1500))
            yield {
                "id": key, "process_id": SCHEMES[key % len(SCHEMES)], "release_id": self.release,
                "area": self.area[key], "status": "running" if running else "completed",
                "stage": self.random.choice(STAGES) if running else "", "position": {}, "flow": {},
                "started_at": started, "ended_at": None if running else started + timedelta(days=20),
                "starter_id": self.random.choice(self.clerks), "parameters_on": started.date(), "state": b"x" * 200,
                "seen_by": KEPT if key % 50 == 0 else None, "version": 1, "journal_seq": 0, "journal_hash": "",
            }  # fmt: skip

    def cases(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.all + 1):
            yield {
                "instance_id": key, "number": self.numbers[key], "scheme": SCHEMES[key % len(SCHEMES)],
                "title": "测试", "applicant": self.names[key], "area": self.area[key], "filed": False,
                "complaint": False, "created_at": self.now, "household_id": key if key <= self.open else None,
            }  # fmt: skip

    def words(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.all + 1):
            for term in sorted(terms.of_case(self.numbers[key], self.names[key])):
                yield {"term": term, "instance_id": key}

    def _item(self, number: int, key: int) -> dict[str, Any]:
        task = self.random.choice(self.tasks)
        role, area = task.properties["role"], cut(self.area[key], task.properties["area"])
        able = [who for who, grants in self.able[role] if any(each.covers(area) for each in grants)]
        holder = self.random.choice(able) if able else None
        return {
            "id": number, "instance_id": key, "task_id": f"t{number}", "process_id": task.process_id,
            "element_id": task.id, "name": task.name, "role": role, "area": area, "form": task.properties["form"],
            "people": 1, "separate": [], "version": 1, "holder_id": holder, "holder_name": f"测试{holder}",
            "submission_id": None,
        }  # fmt: skip

    def open_items(self) -> Iterator[dict[str, Any]]:
        """One for each case; six in ten in somebody's hands; a few overdue."""
        for key in range(1, self.open + 1):
            made = self._item(key, key)
            if self.random.random() > 0.6:
                made |= {"holder_id": None, "holder_name": None}
            due: datetime = clock.end_of(self.now.date() + timedelta(days=self.random.randrange(-4, 40)))
            urged = self.now if key % 40 == 0 and key <= 20_000 else None
            yield {
                **made, "state": "open", "urged_at": urged, "created_at": self.now, "completed_at": None,
                "due_at": due, "warn_at": due - timedelta(days=1),
            }  # fmt: skip

    def done_items(self) -> Iterator[dict[str, Any]]:
        self.signed: list[tuple[int, int, int | None, datetime]] = []
        number = self.open
        for key in range(self.open + 1, self.all + 1):
            for _ in range(STEPS):
                number += 1
                made = self._item(number, key)
                at = self.now - timedelta(days=self.random.random() * 1500)
                self.signed.append((number, key, made["holder_id"], at))
                yield {**made, "state": "completed", "created_at": at, "completed_at": at, "due_at": at,
                       "warn_at": None}  # fmt: skip

    def signatures(self) -> Iterator[dict[str, Any]]:
        """The older first, as they would have been written."""
        self.signed.sort(key=lambda each: each[3])
        for number, key, who, at in self.signed:
            yield {
                "work_item_id": number, "instance_id": key, "element_id": "x", "submission_id": number,
                "actor_id": who, "actor_name": "测试", "signed_at": at, "valid": True,
            }  # fmt: skip

    def copies(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.open + 1, 5):
            yield {
                "instance_id": key, "to_id": self.random.choice(self.clerks), "to_name": "测试", "from_id": 1,
                "from_name": "测试", "note": "测试", "sent_at": self.now,
                "read_at": None if key % 100 == 1 else self.now,
            }  # fmt: skip

    def follow_ups(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.open + 1, 4):
            on = self.now.date() + timedelta(days=self.random.randrange(-3, 20))
            yield {"work_item_id": key, "on_date": on, "set_by_id": 1, "set_by": "测试", "set_at": self.now}

    def orders(self) -> Iterator[dict[str, Any]]:
        for key in range(1, self.open + 1, 25):
            yield {
                "number": f"测试督{key}", "instance_id": key, "work_item_id": key, "text": "测试", "issued_by_id": 1,
                "issued_by": "测试", "issued_at": self.now, "to_id": self.random.choice(self.clerks), "to_name": "测试",
                "closed_at": None if key % 100 == 1 else self.now, "remark": "",
            }  # fmt: skip

    def urges(self) -> Iterator[dict[str, Any]]:
        for number in range(20_000):
            yield {
                "kind": "urge", "subject": "测试", "body": "", "instance_id": 1, "sender": "测试", "sender_id": 1,
                "work_item_id": number if number % 40 == 0 and number else self.open + 1 + number,
                "urgent": False, "created_at": self.now, "delivered_at": self.now,
            }  # fmt: skip

    def history(self) -> Iterator[dict[str, Any]]:
        for key in range(1, TOLD + 1):
            for seq in range(1, 31):
                yield {
                    "stream": f"instance:{key}", "seq": seq, "verb": Verb.ITEM_CLAIMED.value, "actor_id": 1,
                    "actor_name": "测试", "instance_id": key, "after": {"item": "测试"}, "acted_at": self.now,
                    "entered_at": self.now, "prev": "", "hash": f"{key}-{seq}",
                }  # fmt: skip
