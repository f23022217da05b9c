"""Tells all stories of a release's folder and measures what they cover of its models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.clocks import queries as clocks
from engine.releases.loaded import LoadedRelease
from registers.scenarios import loader, reading, seeing
from registers.scenarios.hands import Usual
from registers.scenarios.story import MAIN, Story
from registers.scenarios.telling import Telling
from registers.scenarios.world import World

#: {process: {(source, target)}}: the drawn flows that were taken.
Flows = dict[str, set[tuple[str, str]]]


@dataclass(frozen=True)
class Told:
    """How a story went: its outcome, what was wrong with it (empty when nothing was), and what it touched."""

    scenario: str
    file: str
    process: str
    outcome: str | None
    problems: tuple[str, ...]
    elements: frozenset[tuple[str, str]] = frozenset()
    flows: frozenset[tuple[str, str, str]] = frozenset()
    clocks: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All stories, and the share of sequence flows that they took, by process."""

    told: tuple[Told, ...]
    #: What is wrong with files that could not be told.
    problems: tuple[str, ...] = ()
    coverage: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Every story went as written and every flow was taken."""
        return not self.problems and not self.missing and all(not each.problems for each in self.told)


def read_usual(folder: Path) -> tuple[Usual, list[str]]:
    """The usual answers by form (`scenarios/usual/FORM.yaml`), and what is wrong with their files."""
    usual: dict[str, Mapping[str, Any]] = {}
    wrong = []
    for path in sorted((folder / "usual").glob("*.yaml")):
        try:
            found = loader.load(path.read_bytes()) or {}
        except loader.Unreadable as error:
            wrong.append(f"usual/{path.name}：{error}")
            continue
        if isinstance(found, dict):
            usual[path.stem] = found
        else:
            wrong.append(f"usual/{path.name}：应是“表单项: 通常填什么”的形式。")
    return usual, wrong


def tell(world: World, story: Story, usual: Usual) -> Told:
    """One story in a fresh world."""
    with world.fresh(story.begins):
        telling = Telling(world, story, usual)
        telling.tell()
        session = world.session
        instances = seeing.instances(session)
        main = telling.cases.get(MAIN)
        flows, elements = set(), set()
        for each in instances.values():
            for process, seen in (each.position or {}).items():
                flows |= {(process, a, b) for a, b in seen.get("flows", [])}
                elements |= {(process, one) for one in (*seen.get("done", []), *seen.get("active", []))}
        return Told(
            scenario=story.name,
            file=story.file,
            process=story.process,
            outcome=instances[main].outcome if main else None,
            problems=tuple(telling.problems),
            elements=frozenset(elements),
            flows=frozenset(flows),
            clocks=tuple(sorted({c.name.partition("#")[0] for k in instances for c in clocks.of_case(session, k)})),
            documents=tuple(d for key in instances for d in seeing.documents(session, key)),
            acts=tuple(sorted({step.what for step in story.steps if step.kind == "act"})),
        )


def covered(release: LoadedRelease, told: Iterable[Told]) -> tuple[dict[str, float], dict[str, list[str]]]:
    """({process: share of its sequence flows taken}, {process: the flows nobody took})."""
    taken = {flow for each in told for flow in each.flows}
    shares, missing = {}, {}
    for process in release.processes.values():
        flows = {(a, b) for a, b, _ in process.flows}
        left = sorted(f"{a} → {b}" for a, b in flows if (process.id, a, b) not in taken)
        shares[process.id] = round(1 - len(left) / len(flows), 4) if flows else 1.0
        if left:
            missing[process.id] = left
    return shares, missing


def report(release: LoadedRelease, told: Iterable[Told], problems: Iterable[str]) -> Report:
    """The report of stories that were told anywhere."""
    told = tuple(sorted(told, key=lambda each: each.file))
    return Report(told, tuple(problems), *covered(release, told))


def run(world: World, folder: Path, only: str | None = None) -> Report:
    """Every story below `folder`, one after the other."""
    stories, problems = reading.read_all(folder, only)
    usual, wrong = read_usual(folder)
    told = [tell(world, story, usual) for story in stories]
    with world.fresh(world.now):
        return report(world.release, told, [*problems, *wrong])


def as_json(found: Report) -> dict[str, Any]:
    """What `doudi scenarios --json` prints."""
    return {
        "ok": found.ok,
        "coverage": dict(found.coverage),
        "missing": dict(found.missing),
        "problems": list(found.problems),
        "scenarios": [
            {
                "name": each.scenario,
                "file": each.file,
                "process": each.process,
                "outcome": each.outcome,
                "problems": list(each.problems),
                "documents": list(each.documents),
                "clocks": list(each.clocks),
            }
            for each in found.told
        ],
    }
