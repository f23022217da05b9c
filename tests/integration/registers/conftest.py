"""A small township for the registers' tests: villages, accounts, parameters, the shipped models, cases made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine import clock, secrets
from engine.actors import SYSTEM, Actor, cut
from engine.holidays import queries as holidays
from engine.parameters import operations as parameter_operations
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.releases.loaded import pack
from engine.runtime.deadlines import deadline
from engine.runtime.models import Instance, Signature, Submission, WorkItem
from engine.runtime.services import Element, ServiceCall, services
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.areas import operations as areas
from registers.demonstration import acts
from registers.demonstration.people import Family, Person, family, id_number
from registers.households.models import Household
from registers.households.models import Person as Member
from tests.support.beginnings import begin
from tests.support.standing import stand

MODELS = Path(__file__).parents[3] / "bpmn"
TOWNSHIP = "pingluo/gaoren"
VILLAGE = f"{TOWNSHIP}/hongliu"
PASSWORD = "correct horse"


@dataclass
class Town:
    """What a test of the registers says and asks."""

    session: Any
    release: Any
    actors: dict[str, Actor] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def person(self, username: str, role: str, area: str = TOWNSHIP, **more: Any) -> Actor:
        """An account and the actor that it is."""
        grants = [{"role": role, "area": area}]
        more.setdefault("name", f"测{username}")
        made = accounts.create(SYSTEM, username=username, password=PASSWORD, grants=grants, **more)
        self.actors[username] = account_queries.actor(made)
        return self.actors[username]

    def family(self, seed: int = 1, size: int = 2) -> Family:
        """A synthetic family of `size` people in 红柳村."""
        home = family(Random(seed), clock.today(), poor=True)  # noqa: S311 -- synthetic people
        born = home.head.birth
        home.others = [
            (Person(f"{home.head.name[0]}小{'一二三四五'[n]}", id_number(born, 400 + n, True), born, True), "child")
            for n in range(size - 1)
        ]
        home.village = "hongliu"
        return home

    def instance(self, process: str = "dibao", area: str = VILLAGE, **more: Any) -> Instance:
        """An instance that stands nowhere: the services need its row, not its state."""
        more.setdefault("seen_by", self.release.processes[process].kept_for)
        made = Instance(
            process_id=process,
            release_id=self.release.id,
            area=area,
            status="running",
            stage="测试环节",
            position={},
            flow={},
            started_at=clock.now(),
            parameters_on=clock.today(),
            state=b"",
            journal_seq=0,
            journal_hash="",
            **more,
        )
        self.session.add(made)
        self.session.commit()
        return made

    def item(self, instance: Instance, element: str, **more: Any) -> WorkItem:
        """An open work item as the drawing has it."""
        info = self.release.elements[element]
        given = {
            "instance_id": instance.id,
            "task_id": f"task-{next(self.numbers)}",
            "process_id": info.process_id,
            "element_id": element,
            "name": info.name,
            "role": info.properties["role"],
            "area": cut(instance.area, info.properties["area"]),
            "form": info.properties["form"],
            "people": int(info.properties.get("people", "1")),
            "separate": [each for each in info.properties.get("separate", "").split(",") if each],
            "state": "open",
            "created_at": clock.now(),
        }
        made = WorkItem(**{**given, **more})
        self.session.add(made)
        self.session.commit()
        return made

    def submit(self, instance: Instance, element: str, values: Mapping[str, Any], author: Actor = SYSTEM) -> Submission:
        """What somebody handed in at a task."""
        made = Submission(
            instance_id=instance.id,
            work_item_id=0,
            element_id=element,
            form=element,
            release_id=self.release.id,
            values=dict(values),
            author_id=author.id,
            author_name=author.name,
            acted_at=clock.now(),
            entered_at=clock.now(),
        )
        self.session.add(made)
        self.session.commit()
        return made

    def sign(self, item: WorkItem, actor: Actor, valid: bool = True) -> None:
        """A signature under an item."""
        self.session.add(
            Signature(
                work_item_id=item.id,
                instance_id=item.instance_id,
                element_id=item.element_id,
                submission_id=0,
                actor_id=actor.id,
                actor_name=actor.name,
                signed_at=clock.now(),
                valid=valid,
            )
        )
        item.submission_id = 0
        self.session.commit()

    def call(
        self,
        service: str,
        instance: Instance,
        flow: Mapping[str, Any] | None = None,
        *,
        notice: str = "",
        task: str | None = None,
        actor: Actor = SYSTEM,
        decisions: Mapping[str, Any] | None = None,
        **changed: Any,
    ) -> dict[str, Any]:
        """Runs a service operation as a step does, in a savepoint, and commits; `changed` overrides parameters."""
        made = ServiceCall(
            session=self.session,
            instance=instance,
            element=Element("step", "步骤", instance.process_id, {"notice": notice} if notice else {}),
            task_id=task or f"task-{next(self.numbers)}",
            inputs={},
            flow=flow or {},
            parameters={**parameters.on(self.session, clock.today()), **changed},
            actor=actor,
            now=clock.now(),
            deadline=lambda text: deadline(text, clock.now(), holidays.current(self.session)),
            release=self.release,
            decisions=decisions or {},
        )
        try:
            with self.session.begin_nested():
                outputs = services.get(service).function(made) or {}
        finally:
            self.session.commit()
        assert set(outputs) == set(services.get(service).outputs)
        return outputs

    def application(self, home: Family | None = None, **changed: Any) -> dict[str, Any]:
        """What an applicant fills in."""
        plan = acts.Plan(home or self.family(), Random(7))  # noqa: S311 -- synthetic people
        return {**acts.values("fill_application", plan, clock.now(), {}), **changed}

    def registered(self, home: Family | None = None, **changed: Any) -> Instance:
        """A case whose household is registered."""
        instance = self.instance()
        self.submit(instance, "fill_application", self.application(home, **changed))
        self.call("households.register", instance)
        return instance

    def registered_household(self, home: Family) -> Household:
        """The household of a family that has no case yet."""
        made = Household(area=VILLAGE, rural=True, contact={}, created_at=clock.now())
        self.session.add(made)
        self.session.flush()
        for each, relation in [(home.head, "head"), *home.others]:
            number = each.id_number
            self.session.add(
                Member(
                    household_id=made.id,
                    name=each.name,
                    id_number=number,
                    fingerprint=secrets.fingerprint(number),
                    masked=f"{number[:6]}********{number[-4:]}",
                    birth=each.birth,
                    male=each.male,
                    relation=relation,
                    circumstances={},
                )
            )
        self.session.commit()
        return made

    def posted(self, instance: Instance) -> dict[str, Any]:
        """The case in publicity from now on."""
        self.submit(instance, "post_notice", {"posted_on": clock.today().isoformat(), "place": "村委会公开栏"})
        return self.call("publicity.open", instance, {"members": 2, "amount": 30000})


@pytest.fixture
def morning(at: Any) -> datetime:
    """Tuesday 2026-03-10, ten o'clock."""
    return at("2026-03-10 10:00")


@lru_cache(maxsize=1)
def shipped() -> tuple[str, bytes]:
    """The shipped models as a release keeps them, and their name."""
    suffixes = {".bpmn", ".dmn", ".form", ".html", ".json"}
    paths = sorted(path for path in MODELS.rglob("*") if path.suffix in suffixes)
    files = {path.relative_to(MODELS).as_posix(): path.read_bytes() for path in paths}
    return sha256(b"".join(files.values())).hexdigest(), pack(files)


@pytest.fixture
def town(session: Any, morning: datetime) -> Town:
    """A township with three villages, its parameters and the shipped models."""
    key, files = shipped()

    def build() -> None:
        stand(session, key, files, morning)
        names = [("pingluo", "平罗县"), (TOWNSHIP, "高仁乡"), (VILLAGE, "红柳村"), (f"{TOWNSHIP}/shazao", "沙枣村")]
        areas.register(SYSTEM, names, synthetic=True)
        parameter_operations.load(SYSTEM)

    begin(session, f"town {morning:%Y-%m-%d %H:%M}", build)
    return Town(session, releases.load(key, session))
