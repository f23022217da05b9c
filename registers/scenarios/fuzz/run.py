"""Many walks: where each begins, and what became of it."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from sqlalchemy import select

from engine.runtime.models import Instance
from registers.scenarios import people
from registers.scenarios.fuzz import oracle
from registers.scenarios.fuzz.law import Law
from registers.scenarios.fuzz.walk import Broken, Walk
from registers.scenarios.hands import Usual
from registers.scenarios.story import Story
from registers.scenarios.telling import Telling
from registers.scenarios.world import World

#: How many acts a walk takes, and how often it is then carried to its end in the usual way.
ACTS = (2, 2, 3, 3, 4, 5, 6, 8, 12)
TO_THE_END = 0.08
#: So many walks of neighbouring numbers begin in the same story.
BLOCK = 10
#: Ladders climb in so many of the walks; they tell people and change nothing else.
LADDERS = 0.15


@dataclass(frozen=True)
class Start:
    """Where a walk begins: so many steps into a story."""

    number: int
    story: int
    steps: int


@dataclass
class Walked:
    """What became of a walk."""

    number: int
    where: str
    acts: int
    ends: Counter[str] = field(default_factory=Counter)
    broken: str = ""
    log: tuple[str, ...] = ()


def plan(stories: Sequence[Story], seed: int, numbers: Sequence[int]) -> list[list[Start]]:
    """The walks by the story in which they begin, so that each story is told once. Walks of neighbouring numbers share
    a story; the first stories are of different processes, so that a few hundred walks begin in all of them."""
    order = _by_turns(stories)
    starts: dict[int, list[Start]] = {}
    for number in numbers:
        random = Random(f"{seed}:{number}")  # noqa: S311 -- a walk, not a secret
        story = order[number // BLOCK % len(order)]
        starts.setdefault(story, []).append(Start(number, story, random.randrange(len(stories[story].steps) + 1)))
    return list(starts.values())


def _by_turns(stories: Sequence[Story]) -> list[int]:
    """The first story of each process, then the second of each …"""
    turn = Counter[str]()
    found = []
    for index, story in enumerate(stories):
        turn[story.process] += 1
        found.append((turn[story.process], story.process, index))
    return [index for _, _, index in sorted(found)]


def walks(world: World, stories: Sequence[Story], usual: Usual, seed: int, starts: Sequence[Start]) -> Iterator[Walked]:
    """Takes the walks that begin in one story (a part of `plan`): it is told once, and kept at each step."""
    story = stories[starts[0].story]
    wanted = sorted(starts, key=lambda each: (each.steps, each.number))
    told = 0
    with world.fresh(story.begins):
        telling = Telling(world, replace(story, steps=()), usual)
        telling.prepare()
        law = Law(world.release)
        for start in wanted:
            while told < start.steps and not telling.problems:
                telling.take(story.steps[told])
                told += 1
            kept = world.keep()
            yield _walk(world, telling, law, seed, start)
            world.put_back(kept)


def _walk(world: World, telling: Telling, law: Law, seed: int, start: Start) -> Walked:
    story = telling.story
    random = Random(f"{seed}:{start.number}:walk")  # noqa: S311 -- a walk, not a secret
    family = telling.hands.persons
    other = people.household({}, f"{seed}:{start.number}", world.now.date())
    mixed = {**other, "others": [*other["others"], *family["others"][:1]]}
    walk = Walk(world, telling.hands, random, [family, family, other, mixed])
    world.ladders = random.random() < LADDERS
    found = Walked(start.number, f"{story.file}，前{start.steps}步", 0)
    try:
        if not world.session.scalar(select(Instance.id).limit(1)):
            walk.open_with(story.process)
        walk.go(random.choice(ACTS))
        if random.random() < TO_THE_END:
            walk.finish()
        wrong = [*oracle.journal(world.session), *law.look(world.session)]
        if wrong:
            raise Broken("；".join(wrong))
    except Broken as broken:
        found.broken = str(broken)
    except Exception as error:  # What no walk foresaw is the very thing that is looked for.
        where = traceback.extract_tb(error.__traceback__)[-1]
        found.broken = f"{type(error).__name__}：{error}（{where.filename}:{where.lineno}）"
        world.session.rollback()
    finally:
        telling.hands.persons, world.ladders = family, True
    found.acts, found.log = walk.done, tuple(walk.log)
    for instance in world.session.scalars(select(Instance)):
        stands = "waits" if instance.status == "running" else instance.status
        found.ends[f"{instance.process_id}：{instance.outcome or stands}"] += 1
    return found
