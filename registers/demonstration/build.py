"""Demonstration data, made by running the flows under the virtual clock; not one row is inserted ready-made.

About 120 synthetic families in three villages apply over ten months; some 150 cases are finished and 60 stand at
every stage, some overdue, some objected to, one in an incident. The same day gives the same data.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.calendar.arithmetic import due
from engine.calendar.days import national
from engine.calendar.lengths import Length
from engine.database import db
from engine.errors import DoudiError, Invalid, Refused
from engine.ladders import operations as climbing
from engine.ladders import queries as ladders
from engine.parameters import operations as parameters
from engine.releases import queries as releases
from engine.runtime import operations as runtime
from engine.runtime import queries
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from engine.runtime.services import services
from registers.accounts import operations as accounts
from registers.accounts import queries as account_queries
from registers.areas import operations as areas
from registers.cases import operations as cases
from registers.demonstration import acts, leading, others, paying, plans
from registers.demonstration.cast import CAST, COUNTY, PASSWORD, TOWNSHIP, VILLAGES
from registers.objections import operations as objections

Say = Callable[[str], None]
#: So many days ago the demonstration's county took confirmation back from the township.
MODE_A_DAYS = 70
#: The instant at which the next act of a case wants to happen; the case itself is a generator of these.
Course = Iterator[datetime]


@dataclass
class World:
    """What the cases share: the random source, who is who, when it ends."""

    session: Session
    random: Random
    end: datetime
    actors: dict[str, list[Actor]]
    queue: list[tuple[datetime, int, Course]]
    order: Iterator[int]

    def begin(self, course: Course) -> None:
        """Lets a course say when it wants to act first."""
        self.push(course)

    def push(self, course: Course) -> None:
        when = next(course, None)
        if when is not None and when <= self.end:
            heapq.heappush(self.queue, (when, next(self.order), course))

    def later(self, now: datetime, days: int) -> datetime:
        """Some office hour, `days` working days on."""
        day = due(now.date(), Length(days, "wd"), national()).day if days else now.date()
        at = clock.instant(day, self.random.randrange(9, 17), self.random.randrange(60))
        return at if at > now else now + timedelta(minutes=self.random.randrange(5, 50))


def build(say: Say = lambda _: None, seed: int = 20260101, stories: Path | None = None) -> dict[str, int]:
    """Builds the data into an installation whose release and parameters are in place; returns what came of it. What
    is no dibao case is told after the `stories` of that folder; without them there is none.

    Raises DoudiError when there are accounts already: a demonstration is never mixed with real data.
    """
    session = db.session()
    if account_queries.count(session):
        raise DoudiError("数据库中已有账号，演示数据只能建在空库里。")
    end = clock.now()
    world = World(session, Random(seed), end, {}, [], count())  # noqa: S311 -- a demonstration, not a secret
    first = end - timedelta(days=300)
    with clock.at(first):
        settle(world)
    # The older cases were confirmed by the township, the newer ones by the county: both operating modes can be seen.
    day = (end - timedelta(days=MODE_A_DAYS)).date()
    parameters.set_value(SYSTEM, "dibao_mode", "A", day, "演示：自这一天起由县民政局审核确认")
    parameters.set_value(SYSTEM, "pay_first_month", f"{first:%Y-%m}", first.date(), "演示：这个月起由本系统发放")
    for plan, start in plans.make(world.random, end):
        world.begin(course(world, plan, start))
    world.begin(paying.months(world, first.date()))
    if stories is not None:
        staff = {each.username: account_queries.actor(each) for each in account_queries.everyone(session)}
        others.begin(world, releases.load(releases.current(session).id, session), staff, stories)
    say(f"正在演练 {len(world.queue)} 件办件……")
    done = run(world, say)
    leading.lead(session, world.actors, end)
    stands = session.scalars(select(Instance.status)).all()
    return {
        "acts": done,
        "finished": sum(status == "completed" for status in stands),
        "live": sum(status == "running" for status in stands),
        "incidents": len(queries.open_incidents(session)),
    }


def settle(world: World) -> None:
    """The areas and the people of the demonstration."""
    areas.register(SYSTEM, [(COUNTY, "平罗县"), (TOWNSHIP, "高仁乡")])
    areas.register(SYSTEM, [(f"{TOWNSHIP}/{key}", name) for key, name in VILLAGES.items()], synthetic=True)
    cast(world)


def cast(world: World) -> None:
    """Opens the accounts."""
    for part in CAST:
        account = accounts.create(
            SYSTEM,
            username=part.username,
            name=part.name,
            password=PASSWORD,
            grants=[{"role": part.role, "area": part.area}],
        )
        world.actors.setdefault(part.role, []).append(account_queries.actor(account))


def run(world: World, say: Say) -> int:
    """Acts in order of time until nothing more happens before the end; timers fire on their days."""
    done, today = 0, date.min
    while world.queue:
        when, _, one = heapq.heappop(world.queue)
        if when.date() != today:
            today = when.date()
            fire_until(world, when)
        with clock.at(when):
            world.push(one)
        done += 1
        if done % 500 == 0:
            say(f"已办 {done} 步，演练到 {when:%Y年%m月%d日}")
    fire_until(world, world.end)
    return done


def fire_until(world: World, when: datetime) -> None:
    """Fires what is due, timers and rungs of ladders, each at its own instant."""
    while True:
        world.session.rollback()
        due = [(timer.due_at, 1, timer.id, "") for timer in _timers(world.session, when)]
        due += [(rung.at, 0, rung.subject_id, rung.subject) for rung in ladders.due(world.session, when, 500)]
        for at, _, key, subject in sorted(due):
            with clock.at(at):
                if subject:
                    climbing.climb(subject, key)
                else:
                    runtime.fire(key)
        if not due:
            return


def _timers(session: Session, when: datetime) -> list[WaitingTimer]:
    ids = queries.due_timers(session, when, limit=500)
    return [each for key in ids if (each := session.get(WaitingTimer, key)) is not None]


def course(world: World, plan: acts.Plan, start: datetime, begun: list[int] | None = None) -> Course:
    """A dibao case from the window to its end, or to where its plan lets it stand; `begun` gets its id."""
    yield start
    clerk = world.random.choice(world.actors["clerk"])
    given = acts.values("fill_application", plan, clock.now(), {})
    try:
        instance = cases.apply("dibao", clerk, township=TOWNSHIP, values=given)
    except Refused:
        return  # Two invented people share a number by chance, or the family's last case is still open.
    if begun is not None:
        begun.append(instance.id)
    yield from carry(world, plan, instance.id)


def carry(world: World, plan: acts.Plan, instance_id: int) -> Course:
    """Acts on a case's work items, each when its people get to it."""
    times: dict[int, datetime] = {}
    objected = 0
    while True:
        world.session.rollback()
        waiting = world.session.scalar(select(WaitingTimer).where(WaitingTimer.instance_id == instance_id))
        if waiting is not None and objected < plan.objections:
            objected += 1
            yield world.later(clock.now(), 1)
            object_to(world, plan, instance_id)
            continue
        items = open_items(world.session, instance_id)
        for item in items:
            if item.id not in times:
                days = world.random.choice((0, 0, 1, 1, 2)) + plan.slow
                times[item.id] = world.later(clock.now(), days)
        for item in items:
            if item.element_id == plan.stop and not item.holder_id and world.random.random() < 0.6:
                take(world, item)
        items = [item for item in items if item.element_id != plan.stop]
        if items:
            item = min(items, key=lambda each: times[each.id])
            yield max(times[item.id], clock.now())
            if not sign(world, plan, item):
                times[item.id] = world.later(clock.now(), 1)
        elif waiting is not None and plan.stop != waiting.element_id:
            yield world.later(waiting.due_at, 0)
        else:
            return


def open_items(session: Session, instance_id: int) -> list[WorkItem]:
    return list(
        session.scalars(
            select(WorkItem)
            .where(WorkItem.instance_id == instance_id, WorkItem.state == "open")
            .order_by(WorkItem.id)
            .execution_options(populate_existing=True)
        )
    )


def sign(world: World, plan: acts.Plan, item: WorkItem) -> bool:
    """Lets as many people sign as the item wants; False when the veto says not yet."""
    flow = world.session.get(Instance, item.instance_id).flow
    given = acts.values(item.form, plan, clock.now(), flow)
    people = list(world.actors[item.role])
    world.random.shuffle(people)
    refusal: Refused | None = None
    for actor in people:
        if not any(grant.covers(item.area) for grant in actor.grants):
            continue
        try:
            with failing(plan, item):
                outcome = runtime.complete(item.id, actor, values=given)
        except Refused as refused:
            refusal = refused
            continue
        except Invalid as invalid:
            raise DoudiError(f"演示中“{item.name}”填得不对：{invalid.data['problems']}") from invalid
        if outcome.finished:
            return True
    if refusal is not None and item.element_id == "handle_objections":
        return False
    raise DoudiError(f"演示中无人能办“{item.name}”：{refusal}")


def take(world: World, item: WorkItem) -> None:
    """Somebody who may claims an item and lets it lie: leaders see in whose hands it is."""
    for actor in world.random.sample(world.actors[item.role], len(world.actors[item.role])):
        if any(grant.covers(item.area) for grant in actor.grants):
            with suppress(Refused):
                runtime.claim(item.id, actor)
                return


def failing(plan: acts.Plan, item: WorkItem) -> AbstractContextManager[None]:
    """One case meets a notice register that cannot be written, so that an incident can be seen and retried."""
    breaks = plan.fails and item.element_id == "declare_relatives"
    return services.failing("notices.issue" if breaks else None, "文书编号登记簿暂时无法写入，请检查后重试。")


def object_to(world: World, plan: acts.Plan, instance_id: int) -> None:
    """Somebody objects during the publicity; the objection is a case of its own."""
    clerk = world.random.choice(world.actors["clerk"])
    given = acts.values("record_objection", plan, clock.now(), {})
    child = objections.record(instance_id, clerk, values=given)
    own = acts.Plan(plan.family, plan.random, upheld=plan.upheld, slow=plan.slow, stop=plan.notes.get("objection_stop"))
    world.begin(carry(world, own, child.id))


__all__ = ["build"]
