"""Which element carries each clause of the plan and each timer of the catalogue, and which story proves it.

`doudi scenarios --flows docs/flows.md` writes the page. The clauses come from the register, the elements from the
drawings, the stories from having been told; what is no step of a flow (a role, a register, a page) stands in
`bpmn/plan.json`, with the test that proves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.clocks.orders import parse as parse_orders
from engine.releases.loaded import ElementInfo, LoadedRelease
from engine.statutes import ids
from registers.scenarios.run import Told

PLAN = "plan.json"
#: What of an element or a story list is shown in a cell; the rest is counted.
MOST = 8

Element = tuple[str, str]


@dataclass(frozen=True)
class Elsewhere:
    """What carries a clause and is no step of a flow: in words, where it stands, the test that proves it."""

    what: str
    where: str
    proof: str


@dataclass(frozen=True)
class Entry:
    """What `plan.json` says of a row beside what the drawings say by themselves."""

    title: str = ""
    elements: tuple[Element, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    #: Only stories in which this was done prove the row: an extension.
    act: str = ""


@dataclass(frozen=True)
class Row:
    """A clause or a timer, the elements that carry it, the stories that pass through them."""

    id: str
    title: str
    elements: tuple[Element, ...]
    elsewhere: tuple[Elsewhere, ...]
    stories: tuple[str, ...]
    #: Elements that no story passed.
    unproved: tuple[Element, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing carries it, or nothing proves it."""
        return not (self.elements or self.elsewhere) or not (self.stories or self.elsewhere)


@dataclass(frozen=True)
class Table:
    """Both parts, and what is wrong with `plan.json`."""

    clauses: tuple[Row, ...]
    timers: tuple[Row, ...]
    problems: tuple[str, ...] = field(default=())


def table(release: LoadedRelease, told: Iterable[Told], plan: bytes) -> Table:
    """The rows, by the register and the drawings of a release, stories that were told, and the data of `plan.json`."""
    told = list(told)
    given = json.loads(plan)
    wrong: list[str] = []
    clauses = {key: _entry(release, key, each, wrong) for key, each in given["clauses"].items()}
    timers = {key: _entry(release, key, each, wrong) for key, each in given["timers"].items()}
    known = [clause for clause in release.statutes.of("plan") if not _divided(release, clause.id)]
    wrong += [f"{key}：方案里没有这一条" for key in clauses if key not in {clause.id for clause in known}]
    by_clause = _by_clause(release)
    rows = []
    for clause in known:
        entry = clauses.get(clause.id, Entry())
        found = dict.fromkeys([*by_clause.get(clause.id, ()), *entry.elements])
        rows.append(_row(clause.id, f"**{clause.label}** {clause.gist}", list(found), entry, told))
    by_code = _by_code(release)
    strangers = by_code.keys() - timers.keys()
    wrong += [f"{code}：时限目录里的编号没有登记在 {PLAN} 的 timers 里" for code in sorted(strangers)]
    timed = []
    for code, entry in timers.items():
        found = dict.fromkeys([*by_code.get(code, ()), *entry.elements])
        timed.append(_row(code, f"**{code}** {entry.title}", list(found), entry, told))
    return Table(tuple(rows), tuple(timed), tuple(wrong))


def _divided(release: LoadedRelease, clause: str) -> bool:
    """Whether a clause asks for several things, each of which has a row of its own."""
    return f"{clause}a" in release.statutes.clauses


def _entry(release: LoadedRelease, key: str, given: Mapping[str, Any], wrong: list[str]) -> Entry:
    elements = []
    for text in given.get("elements", ()):
        process, _, element = text.partition("/")
        if process in release.processes and element in release.processes[process].elements:
            elements.append((process, element))
        else:
            wrong.append(f"{key}：没有“{text}”这个环节")
    elsewhere = tuple(Elsewhere(**each) for each in given.get("elsewhere", ()))
    return Entry(given.get("title", ""), tuple(elements), elsewhere, given.get("act", ""))


def _elements(release: LoadedRelease) -> Iterable[ElementInfo]:
    return (element for process in release.processes.values() for element in process.elements.values())


def _by_clause(release: LoadedRelease) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in _elements(release):
        for clause in ids.split(element.properties.get("clause")):
            found.setdefault(clause, []).append((element.process_id, element.id))
    return found


def _by_code(release: LoadedRelease) -> dict[str, list[Element]]:
    """{id of the timer catalogue: the elements that start its clock}."""
    starts: dict[str, list[Element]] = {}
    for element in _elements(release):
        for order in parse_orders(element.properties["clock"]) if element.properties.get("clock") else ():
            if order.action == "start":
                starts.setdefault(order.name, []).append((element.process_id, element.id))
    found: dict[str, list[Element]] = {}
    for spec in release.clocks.values():
        for code in spec.code.split():
            found.setdefault(code, []).extend(starts.get(spec.name, ()))
    return found


def _row(key: str, title: str, elements: list[Element], entry: Entry, told: list[Told]) -> Row:
    if entry.act:
        told = [each for each in told if entry.act in each.acts]
    stories, left = _fewest(elements, told)
    return Row(key, title, tuple(elements), entry.elsewhere, stories, left)


def _fewest(elements: list[Element], told: list[Told]) -> tuple[tuple[str, ...], tuple[Element, ...]]:
    """Few stories that together pass through all of the elements, and the elements that none passes. Of two that pass
    as many, the one that is about a process of theirs, then the first by name."""
    left = set(elements)
    chosen: list[str] = []
    stories = sorted(told, key=lambda each: each.file)
    own = {process for process, _ in elements}
    while left:
        best = max(stories, key=lambda each: (len(left & each.elements), each.process in own), default=None)
        if best is None or not left & best.elements:
            break
        chosen.append(best.file)
        left -= best.elements
    return tuple(sorted(chosen)), tuple(each for each in elements if each in left)


# The page


HEAD = """# Flows: which element carries each requirement, and which scenario proves it

Generated by `doudi scenarios --flows docs/flows.md`; a test makes it anew and compares. A clause of the plan that asks
for several things has a row for each. An element carries it by naming it, or because `bpmn/plan.json` says so; what
is no step of a flow stands there too, with the test that proves it. A timer is carried by the elements that start its
clock. The scenarios are the fewest that together pass through all of a row's elements.
"""


def page(release: LoadedRelease, found: Table) -> str:
    """The Markdown page."""
    parts = [HEAD, "\n## 方案各条\n\n", _lines(release, found.clauses, "要求")]
    parts += ["\n## 时限目录\n\n", _lines(release, found.timers, "时限")]
    return "".join(parts)


def _lines(release: LoadedRelease, rows: Iterable[Row], what: str) -> str:
    lines = [f"| {what} | 由什么落实 | 由什么证明 |", "|---|---|---|"]
    for row in rows:
        carried = _some([_named(release, each) for each in row.elements])
        carried += [f"{each.what} `{each.where}`" for each in row.elsewhere]
        proved = _some([f"`{story}`" for story in row.stories])
        proved += [f"`{each.proof}`" for each in row.elsewhere]
        lines.append(f"| {row.title} | {'<br>'.join(carried)} | {'<br>'.join(proved)} |")
    return "\n".join(lines) + "\n"


def _named(release: LoadedRelease, element: Element) -> str:
    process, key = element
    return f"{release.processes[process].name}·{release.element(process, key).name} `{process}/{key}`"


def _some(words: list[str]) -> list[str]:
    return words if len(words) <= MOST else [*words[: MOST - 1], f"…… 共 {len(words)} 处"]


def write(release: LoadedRelease, told: Iterable[Told], models: Path, target: Path) -> list[str]:
    """Writes the page; returns what is wrong with it: rows that are empty, elements that nothing proves."""
    found = table(release, told, (models / PLAN).read_bytes())
    target.write_text(page(release, found), encoding="utf-8")
    return faults(found)


def faults(found: Table) -> list[str]:
    """What the page must not show."""
    wrong = list(found.problems)
    for row in (*found.clauses, *found.timers):
        if not (row.elements or row.elsewhere):
            wrong.append(f"{row.id}：没有任何环节或台账落实它")
        elif row.empty:
            wrong.append(f"{row.id}：没有情景走过它的环节")
        wrong += [f"{row.id}：没有情景走过 {process}/{element}" for process, element in row.unproved if not row.empty]
    return wrong
