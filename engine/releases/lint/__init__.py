"""The lint: every problem of every file of a release at once, each with its element and in words (docs/lint.md).

It never raises and never hangs, whatever it is given: strangers' drawings are read with patience, time is bounded,
and what was not looked at to the end is a problem too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from engine import clock
from engine.releases.lint import (
    beginnings,
    clauses,
    clocks,
    decisions,
    engine_says,
    expressions,
    flows,
    grounds,
    hints,
    ids,
    layout,
    lists,
    mandatory,
    memory,
    notices,
    properties,
    reading,
    references,
    soundness,
    structure,
    variables,
    walks,
)
from engine.releases.lint.engine_says import Parse
from engine.releases.lint.memory import Memory, recalled
from engine.releases.lint.model import Model
from engine.releases.lint.release import Release
from engine.releases.lint.report import FileReport, Problem, on_file, report
from engine.runtime.services import Services
from engine.statutes.rules import FILE as MANDATORY

THEMES = (
    structure, ids, flows, properties, beginnings, clauses, clocks,
    references, expressions, walks, soundness, lists, variables, mandatory, layout,
)  # fmt: skip
#: Those that follow every way through a process and what it calls: seconds for a whole release.
LONG = (variables, mandatory)
#: What was found in drawings (of whole releases) and in single decisions, by content.
DRAWINGS: Memory[dict[str, list[Problem]]] = Memory(4)
TABLES: Memory[list[Problem]] = Memory(200)
OWN = {"lint-fault": "检查程序自己出错，没有检查完"}
#: Every rule: its id and what it is about.
RULES: dict[str, str] = OWN | dict(
    chain.from_iterable(
        each.RULES.items() for each in (reading, *THEMES, notices, decisions, grounds, engine_says, hints)
    )
)


def lint(
    files: Mapping[str, bytes],
    services: Services,
    *,
    parameters: frozenset[str] | None = None,
    parse: Parse | None = None,
    cited: Iterable[tuple[str, str]] = (),
    on: date | None = None,
) -> list[FileReport]:
    """A report for each file. `parameters` are the names of the dated parameters (None: not checked); `parse` is the
    engine's own parser, asked when nothing else is wrong with the drawings; `cited` are clauses that parameters rest
    on, with their names; `on` is the day of deploying (today)."""
    release = reading.read(files, services, parameters)
    release.cited, release.on = tuple(cited), on or clock.today()
    for file, problems in recalled(DRAWINGS, memory.of_drawings(release, files), lambda: _drawings(release)).items():
        release.found[file] += problems
    for file, data in files.items():
        _file(release, file, data)
    if parse is not None and not any(release.found[file] for file in files if file.endswith(".bpmn")):
        said = engine_says.ask(files, parse)
        if said is not None:
            release.found[said[0]].append(said[1])
    told = {
        model.file: _guarded(model.file, lambda: hints.check(model, release.parameters))  # noqa: B023
        for model in release.models
    }
    return [report(file, release.found[file], told.get(file, ())) for file in files]


def lint_one(
    files: Mapping[str, bytes],
    file: str,
    services: Services,
    *,
    parameters: frozenset[str] | None = None,
    cited: Iterable[tuple[str, str]] = (),
    on: date | None = None,
) -> FileReport:
    """What `lint` says of one file among the others, but for the themes that walk whole processes (`LONG`) and the
    engine's own parser: for whoever is drawing, many times a minute."""
    release = reading.read(files, services, parameters)
    release.cited, release.on = tuple(cited), on or clock.today()
    mine = [model for model in release.models if model.file == file]
    release.turn_to(file)
    for model in mine:
        release.found[file] += _model(release, model, [each for each in THEMES if each not in LONG])
    _file(release, file, files[file])
    told = [each for model in mine for each in _guarded(file, lambda: hints.check(model, release.parameters))]  # noqa: B023
    return report(file, release.found[file], told)


def _file(release: Release, file: str, data: bytes) -> None:
    """What the rules that look at one file find, beside those of drawings."""
    release.found[file] += _guarded(file, lambda: clauses.check_file(release, file, data))
    release.found[file] += _guarded(file, lambda: grounds.check_file(release, file, data))
    if file.endswith(".dmn"):
        release.found[file] += recalled(TABLES, memory.of_table(release, data), lambda: _table(release, file, data))
    if file.rpartition("/")[2] == MANDATORY:
        release.found[file] += _guarded(file, lambda: mandatory.check_file(release))
    if file.endswith(".html"):
        release.found[file] += _guarded(file, lambda: notices.check(release, file))
    if file in release.budgets and release.budgets[file].missed:
        message = "文件里的表达式太多或太复杂，没有检查完，请拆成几个文件"
        release.found[file].append(on_file(file, "too-large", message))


def _drawings(release: Release) -> tuple[dict[str, list[Problem]], bool]:
    """What is wrong with the drawings, by file; and whether all of it was looked at."""
    found: dict[str, list[Problem]] = {}
    for model in release.models:
        release.turn_to(model.file)
        found.setdefault(model.file, []).extend(_model(release, model))
    return found, _whole(release, *found.values())


def _table(release: Release, file: str, data: bytes) -> tuple[list[Problem], bool]:
    release.turn_to(file)
    found = _guarded(file, lambda: decisions.check(release, data))
    return found, _whole(release, found)


def _whole(release: Release, *found: list[Problem]) -> bool:
    """Whether time was enough and no rule failed: nothing else is worth keeping."""
    missed = any(each.missed for each in release.budgets.values())
    return not missed and not any(each.rule in ("lint-fault", "too-large") for each in chain.from_iterable(found))


def _model(release: Release, model: Model, themes: Iterable[Any] = THEMES) -> list[Problem]:
    found: list[Problem] = []
    for theme in themes:
        found += _guarded(model.file, lambda: theme.check(release, model))  # noqa: B023
    return found


def _guarded(file: str, rules: Callable[[], Iterator[Problem]]) -> list[Problem]:
    """What the rules found. A fault of ours is a problem of the file: nothing is released that was not looked at."""
    found: list[Problem] = []
    try:
        found.extend(rules())
    except Exception as error:
        message = f"检查程序在这个文件上出错（{type(error).__name__}：{error}），请把文件交给管理员"
        found.append(on_file(file, "lint-fault", message))
    return found


__all__ = ["RULES", "FileReport", "Problem", "lint", "lint_one"]
