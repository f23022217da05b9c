"""Running the stories and measuring what they cover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM
from engine.parameters import operations as parameters
from engine.releases import queries as releases
from engine.runtime.models import Incident, Instance
from registers.demonstration import build
from registers.demonstration.acts import Plan
from registers.demonstration.people import Family, family
from registers.scenarios.catalogue import SCENARIOS, Scenario

#: The stories begin here, one group of settings after the other; the schedule of these years is published.
BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=clock.ZONE)
GROUP = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """How a story went: its outcome, and what was wrong with it (empty when nothing was)."""

    scenario: Scenario
    outcome: str | None
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All stories and the share of sequence flows that they took, by process."""

    told: tuple[Told, ...]
    coverage: dict[str, float]
    missing: dict[str, list[str]]


def run(session: Session, seed: int = 7) -> Report:
    """Runs every story on the current release of an installation that has parameters and a release, and no accounts."""
    end = BEGIN + timedelta(days=330)
    world = build.World(session, Random(seed), end, {}, [], count())  # noqa: S311 -- synthetic people
    with clock.at(BEGIN - timedelta(days=1)):
        build.settle(world)
    begun: dict[str, list[int]] = {}
    for number, (mode, republicise) in enumerate((("B", False), ("A", False), ("A", True))):
        day = BEGIN + GROUP * number
        with clock.at(day - timedelta(hours=1)):
            parameters.set_value(SYSTEM, "dibao_mode", mode, day.date(), "情景")
            parameters.set_value(SYSTEM, "republicise_dibao", republicise, day.date(), "情景")
        for one in SCENARIOS:
            if (one.mode, one.republicise) == (mode, republicise):
                world.begin(build.course(world, plan(world, one), day, begun.setdefault(one.name, [])))
    build.run(world, lambda _: None)
    return Report(
        tuple(told(session, one, begun[one.name]) for one in SCENARIOS),
        *covered(session),
    )


def plan(world: build.World, one: Scenario) -> Plan:
    """The plan of a story: three rural people with 300 yuan a head, and what the story changes."""
    home: Family = family(world.random, BEGIN.date(), poor=True)
    while home.size != 3:
        home = family(world.random, BEGIN.date(), poor=True)
    home = replace(home, wage=900, business=0, transfer=0, rigid=0, savings=0)
    given = dict(one.plan)
    given["notes"] = dict(given.get("notes", {}))
    return Plan(replace(home, **one.home), world.random, **given)


def told(session: Session, one: Scenario, begun: list[int]) -> Told:
    """Whether the story ended as it must."""
    instance = session.get(Instance, begun[0], populate_existing=True)
    stuck = session.scalars(select(Incident.cause).where(Incident.instance_id == instance.id))
    problems = [f"异常：{cause}" for cause in stuck]
    if instance.outcome != one.ends:
        problems.append(f"应以“{one.ends}”结束，实际是“{instance.outcome or instance.stage}”")
    return Told(one, instance.outcome, tuple(problems))


def covered(session: Session) -> tuple[dict[str, float], dict[str, list[str]]]:
    """({process: share of its sequence flows taken}, {process: the flows nobody took})."""
    release = releases.load(releases.current(session).id, session)
    taken: dict[str, set[tuple[str, str]]] = {}
    for position in session.scalars(select(Instance.position)):
        for process, seen in position.items():
            taken.setdefault(process, set()).update((a, b) for a, b in seen["flows"])
    shares, missing = {}, {}
    for process in release.processes.values():
        flows = [(source, target) for source, target, _ in process.flows]
        left = [f"{a} → {b}" for a, b in flows if (a, b) not in taken.get(process.id, set())]
        shares[process.id] = round(1 - len(left) / len(flows), 4) if flows else 1.0
        if left:
            missing[process.id] = left
    return shares, missing


def as_json(report: Report) -> dict[str, Any]:
    """What `doudi scenarios --json` prints."""
    return {
        "ok": all(not each.problems for each in report.told) and not report.missing,
        "coverage": report.coverage,
        "missing": report.missing,
        "scenarios": [
            {"name": each.scenario.name, "outcome": each.outcome, "problems": list(each.problems)}
            for each in report.told
        ],
    }
