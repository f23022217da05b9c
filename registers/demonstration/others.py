"""The other matters of a township: every kind of flow has some cases, told after the shipped stories.

A matter takes the people and the answers of a story (`bpmn/scenarios`) and goes its own pace through the days of the
demonstration, to its end or to where it is to be seen standing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import clock
from engine.actors import Actor
from engine.calendar.days import Calendar
from engine.database import db
from engine.holidays import queries as holidays
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.scenarios import people, reading
from registers.scenarios.hands import Hands, Usual
from registers.scenarios.run import read_usual
from registers.scenarios.story import MAIN, Story

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registers.demonstration.build import Course, World


@dataclass(frozen=True)
class Matter:
    """`story` is its file; it began `days` ago and stands at `stop` (nothing: it goes on to its end). `case` is the
    story's name of the case that is meant, `at` where a linked case begins: at what was `confirm`ed or `refuse`d, or is
    `running`.
    """

    story: str
    days: int
    stop: str = ""
    case: str = MAIN
    at: str = ""


MATTERS = (
    Matter("tekun/confirmed.yaml", 52),
    Matter("tekun/confirmed.yaml", 20, "assess_care"),
    Matter("tekun/confirmed.yaml", 19, "publicity_period"),
    Matter("elderly_allowance/confirmed.yaml", 46),
    Matter("elderly_allowance/confirmed.yaml", 3, "check_completeness"),
    Matter("temporary_relief/emergency.yaml", 12),
    Matter("temporary_relief/emergency.yaml", 3, "head_grants"),
    Matter("temporary_relief/expenditure.yaml", 9, "home_visit"),
    Matter("marginal/confirmed.yaml", 50),
    Matter("marginal/confirmed.yaml", 13, "opinion"),
    Matter("hardship/confirmed.yaml", 11, "opinion"),
    Matter("petition/accepted.yaml", 70),
    Matter("petition/accepted.yaml", 9, "investigate_petition"),
    Matter("petition/accepted.yaml", 1, "triage_petition"),
    Matter("outreach/entitled.yaml", 4, "deliver_due_help"),
    Matter("kin_filing/none.yaml", 30),
    Matter("leaving/voluntary.yaml", 6, "propose_exit", "leaving#1", "confirm"),
    Matter("household_change/joined.yaml", 5, "approve_change", "household_change#1", "running"),
    Matter("appeal/upheld.yaml", 4, "reexamine", "appeal#1", "refuse"),
)


#: The linked cases among them: one at a case.
LINKED = ("leaving", "household_change", "appeal")


class Scene:
    """What the hands of a story need of a demonstration."""

    def __init__(self, world: World, staff: Mapping[str, Actor], release: LoadedRelease) -> None:
        self._world, self._staff, self.release = world, staff, release

    @property
    def session(self) -> Session:
        """A session that sees what is so now."""
        session = db.session()
        session.rollback()
        return session

    @property
    def now(self) -> datetime:
        return clock.now()

    def calendar(self) -> Calendar:
        """The working calendar in force."""
        return holidays.current(self.session)

    def people(self) -> Mapping[str, Actor]:
        return self._staff


def begin(world: World, release: LoadedRelease, staff: Mapping[str, Actor], folder: Path) -> None:
    """Lets the matters begin on their days; none where the stories are not at hand."""
    stories = {story.file: story for story in reading.read_all(folder)[0]} if folder.is_dir() else {}
    usual = read_usual(folder)[0] if stories else {}
    scene = Scene(world, staff, release)
    for number, matter in enumerate(MATTERS):
        if matter.story in stories:
            world.begin(_course(world, scene, matter, stories[matter.story], usual, number))


def _course(world: World, scene: Scene, matter: Matter, story: Story, usual: Usual, number: int) -> Course:
    yield world.later((world.end - timedelta(days=matter.days)).replace(hour=9, minute=0), 0)
    hands = Hands(scene, usual, people.household(story.people, f"demonstration:{number}", clock.now().date()))
    steps = [each for each in story.steps if each.kind == "does" and (each.case or MAIN) == matter.case]
    given = {each.what: each.given for each in steps if not {"refused", "invalid"} & each.expect.keys()}
    process = scene.release.processes[story.process if matter.case == MAIN else matter.case.partition("#")[0]]
    first = scene.release.first_task(process.id)
    parent = _parent(scene.session, matter.at) if matter.at else None
    if matter.at and parent is None:
        return
    instance = hands.begin(process, (), first.id, given.get(first.id, {}), parent)
    yield from _carry(world, scene, hands, instance.id, matter.stop, given)


def _carry(
    world: World, scene: Scene, hands: Hands, instance_id: int, stop: str, given: Mapping[str, Mapping[str, Any]]
) -> Iterator[datetime]:
    while True:
        session = scene.session
        open_ = select(WorkItem).where(WorkItem.instance_id == instance_id, WorkItem.state == "open")
        items = [each for each in session.scalars(open_.order_by(WorkItem.id)) if each.element_id != stop]
        waiting = session.scalar(
            select(WaitingTimer).where(WaitingTimer.instance_id == instance_id).order_by(WaitingTimer.due_at).limit(1)
        )
        if items:
            item_id = items[0].id
            yield world.later(clock.now(), world.random.choice((0, 1, 1)))
            item = scene.session.get(WorkItem, item_id)
            if item is not None and item.state == "open":
                for actor in hands.signers(item, ()):
                    hands.complete(item, actor, given.get(item.element_id, {}))
        elif waiting is not None and waiting.element_id != stop:
            yield world.later(waiting.due_at, 0)
        else:
            return


def _parent(session: Session, state: str) -> int | None:
    """The last dibao case in that state at which nothing of the kind was begun yet; what was granted still lasts."""
    used = select(Instance.parent_id).where(Instance.process_id.in_(LINKED), Instance.parent_id.is_not(None))
    found = (
        select(Instance.id)
        .join(Case, Case.instance_id == Instance.id)
        .where(Instance.process_id == "dibao", Instance.id.not_in(used))
        .order_by(Instance.id.desc())
    )
    if state == "running":
        surveyed = select(WorkItem.instance_id).where(WorkItem.element_id == "home_visit", WorkItem.state == "open")
        return session.scalar(found.where(Instance.id.in_(surveyed)).limit(1))
    decided = found.join(Decision, Decision.instance_id == Instance.id).where(
        Instance.status == "completed", Decision.outcome == state
    )
    if state == "confirm":
        decided = decided.join(Benefit, Benefit.instance_id == Instance.id).where(Benefit.status == "active")
    return session.scalar(decided.limit(1))


__all__ = ["MATTERS", "Matter", "begin"]
