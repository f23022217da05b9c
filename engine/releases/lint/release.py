"""Everything of a release that a rule may ask for, read once: models, forms, decisions, notices, expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from engine import clock, feel
from engine.clocks.catalogue import ClockSpec
from engine.decisions.tables import Decision
from engine.errors import DoudiError
from engine.forms.model import Form
from engine.releases.lint import graph
from engine.releases.lint.kept import Memory
from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.report import Problem
from engine.runtime.services import Service, Services
from engine.statutes.register import Statutes
from engine.statutes.rules import Rules

#: Seconds of processor time that the expressions of one file may take. A real file takes a tenth of it.
SECONDS = 1.0


class Budget:
    """How long the expressions of one file may keep us busy."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._used, self._seconds = 0.0, seconds
        self.missed = False

    @contextmanager
    def spending(self) -> Iterator[None]:
        """The time inside the block is the file's."""
        begun = clock.worked()
        try:
            yield
        finally:
            self._used += clock.worked() - begun

    def spent(self) -> bool:
        """Whether the time is over; it is remembered that something was left out."""
        if self._used > self._seconds:
            self.missed = True
        return self.missed


@dataclass(frozen=True)
class Look:
    """What there is to know of an expression. `paths` are the names too, with what is read of them."""

    problem: str | None = None
    names: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


#: What is known of an expression depends on nothing but its text.
LOOKS: Memory[Look] = Memory(20_000)


class Expressions:
    """Looks at each expression once, on the budget of the file that is being looked at."""

    def __init__(self) -> None:
        self._seen: dict[str, Look] = {}
        self.budget = Budget()

    def look(self, text: str) -> Look:
        """What the text reads and what is wrong with it. Nothing is known of it when the budget was spent."""
        found = self._seen.get(text) or LOOKS.get(text)
        if found is not None:
            return found
        if self.budget.spent():
            return Look()
        with self.budget.spending():
            try:
                names, paths = feel.names(text), feel.paths(text)
                alone = names - {path.split(".")[0] for path in paths}
                found = Look(feel.check(text), names, paths | alone)
            except (DoudiError, RecursionError) as error:
                found = Look(str(error) or "无法解析")
        self._seen[text] = found
        LOOKS.keep(text, found)
        return found

    def check(self, text: str) -> str | None:
        """What is wrong with an expression, or None."""
        return self.look(text).problem

    def check_unary(self, text: str) -> str | None:
        """The same for a decision table's input entry."""
        if self.budget.spent():
            return None
        with self.budget.spending():
            return feel.check_unary(text)


@dataclass(eq=False)
class Release:
    """The files of a release, parsed as far as they can be."""

    services: Services
    parameters: frozenset[str] | None
    models: list[Model] = field(default_factory=list)
    forms: dict[str, Form | None] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, ClockSpec] = field(default_factory=dict)
    #: None: the release has no such file.
    statutes: Statutes | None = None
    mandatory: Rules | None = None
    #: Everything as it was given.
    files: dict[str, bytes] = field(default_factory=dict)
    #: The day on which it is to be deployed.
    on: date = field(default_factory=clock.today)
    #: Clauses that rest outside the files: (what rests on them, comma-separated ids).
    cited: tuple[tuple[str, str], ...] = ()
    expressions: Expressions = field(default_factory=Expressions)
    #: What was found while reading, by file.
    found: dict[str, list[Problem]] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)
    _kept: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def processes(self) -> dict[str, Process]:
        """The processes by id; the first of two with one id."""
        found: dict[str, Process] = {}
        for model in self.models:
            for process in model.processes:
                if process.id:
                    found.setdefault(process.id, process)
        return found

    @cached_property
    def user_tasks(self) -> dict[str, tuple[str, Process]]:
        """User tasks by id: (form's name, process); the first of two with one id."""
        found: dict[str, tuple[str, Process]] = {}
        for model in self.models:
            for process in model.processes:
                for node in process.of("userTask"):
                    if node.id:
                        found.setdefault(node.id, (node.properties.get("form", ""), process))
        return found

    @cached_property
    def start_forms(self) -> frozenset[str]:
        """The forms with which people begin a case: those of the first user tasks of processes with `start`."""
        found: set[str] = set()
        for process in self.processes.values():
            if not process.properties.get("start"):
                continue
            at = [each for node in process.of("startEvent") for each in process.successors.get(node, ())]
            found |= {each.properties.get("form", "") for each in at if each.kind == "userTask"}
        return frozenset(found - {""})

    @cached_property
    def calls(self) -> dict[str, list[str]]:
        """Which processes each process calls, those that are there."""
        return {
            key: [node.called for node in process.of("callActivity") if node.called in self.processes]
            for key, process in self.processes.items()
        }

    @cached_property
    def watched(self) -> frozenset[str]:
        """The steps that someone asks for: the tasks that operations read."""
        used = {
            node.operator.name
            for process in self.processes.values()
            for node in process.of("serviceTask")
            if node.operator is not None
        }
        services = [service for service in map(self.service, used) if service is not None]
        return frozenset(f"task {each}" for service in services for each in service.reads)

    @cached_property
    def alternatives(self) -> dict[str, tuple[str, ...]]:
        """{step: what is remembered of it beside itself}: that one of several that would do has been done. Pasts that
        are drawn together still have that in common, however each came by it."""
        used = {
            node.operator.name
            for process in self.processes.values()
            for node in process.of("serviceTask")
            if node.operator is not None
        }
        services = [service for service in map(self.service, used) if service is not None]
        groups = [tuple(f"task {each}" for each in service.reads) for service in services]
        found: dict[str, tuple[str, ...]] = {}
        for group in filter(lambda several: len(several) > 1, groups):
            for step in group:
                found[step] = (*found.get(step, ()), one_of(group))
        return found

    @cached_property
    def called(self) -> frozenset[str]:
        """The processes that another one calls."""
        return frozenset(each for called in self.calls.values() for each in called)

    @cached_property
    def group(self) -> dict[str, int]:
        """Processes that call one another in a circle share a number, which nobody else has."""
        found = {}
        for number, members in enumerate(graph.components(self.calls)):
            for key in members:
                found[key] = number
        return found

    @cached_property
    def families(self) -> dict[str, int]:
        """Processes that are connected by calls, in whatever direction, share a number."""
        both: dict[str, set[str]] = {key: set() for key in self.calls}
        for key, called in self.calls.items():
            for each in called:
                both[key].add(each)
                both[each].add(key)
        return {key: n for n, members in enumerate(graph.components(both)) for key in members}

    @cached_property
    def waiting(self) -> frozenset[str]:
        """The processes that cannot be passed without a person: every way from start to end meets a user task."""
        found: set[str] = set()
        for members in graph.components(self.calls):
            for key in members:
                process = self.processes[key]
                idle = {
                    node: targets
                    for node, targets in process.successors.items()
                    if node.kind != "userTask" and node.called not in found
                }
                reached = graph.reach(idle, [each for each in process.of("startEvent") if each in idle])
                ends = process.of("endEvent")
                if ends and not any(each in reached for each in ends):
                    found.add(key)
        return frozenset(found)

    def waits(self, node: Node) -> bool:
        """Whether every token that passes the node waits for a person."""
        return node.kind == "userTask" or node.called in self.waiting

    def service(self, name: str) -> Service | None:
        """The registered operation of that name, or None."""
        return self.services.get(name)

    def remember(self, key: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, worked out once a release."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def turn_to(self, file: str) -> None:
        """From now on it is this file that spends time."""
        self.expressions.budget = self.budgets.setdefault(file, Budget())


def one_of(steps: Iterable[str]) -> str:
    """How the walk remembers that one of these steps was done."""
    return f"one of {' '.join(steps)}"


def stem(file: str) -> str:
    """The name by which models refer to a form or a notice."""
    return PurePosixPath(file).stem
