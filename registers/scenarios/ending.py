"""What must be so once a story is told: of its cases, of the registers, and that the system opened no other case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from registers.scenarios import checks, seeing
from registers.scenarios.story import MAIN, listed


def problems(session: Session, cases: Mapping[str, int], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is otherwise; `cases` are the story's cases by name, its own among them."""
    for key in ("ends", "stands", "documents"):
        if key in wanted:
            said = wanted[key] if isinstance(wanted[key], Mapping) else {MAIN: wanted[key]}
            for name, value in said.items():
                yield from _of(session, cases, key, name, {"open" if key == "stands" else key: value})
    for key in ("due", "clocks", "flow"):
        for path, value in (wanted.get(key) or {}).items():
            name, _, what = path.rpartition(".")
            yield from _of(session, cases, key, name or MAIN, {key: {what: value}})
    if "decision" in wanted:
        yield from checks.decision(session, cases[MAIN], wanted["decision"])
    if "benefit" in wanted:
        yield from checks.benefits(session, wanted["benefit"])
    yield from _opened(session, set(cases.values()), Counter(listed(wanted.get("opens") or [])))


def _opened(session: Session, told: set[int], wanted: Counter[str]) -> Iterator[str]:
    """Cases that the system opened and no step named: those that hang on the story's cases are all in `opens`; what a
    schedule opens for the whole township (a month's payment) may be."""
    found = {key: each for key, each in seeing.instances(session).items() if key not in told}
    hanging = set(told)
    for key, each in found.items():  # A parent is always older than what hangs on it.
        if each.parent_id in hanging:
            hanging.add(key)
    missing = wanted - Counter(each.process_id for each in found.values())
    if missing:
        yield f"系统没有开出：{'、'.join(sorted(missing.elements()))}"
    unnamed = Counter(each.process_id for key, each in found.items() if key in hanging) - wanted
    if unnamed:
        yield f"系统还开出了没有写进 opens 的办件：{'、'.join(sorted(unnamed.elements()))}"


def _of(session: Session, cases: Mapping[str, int], key: str, name: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    if name not in cases:
        yield f"{key} 里的“{name}”不是这个情景里的办件"
        return
    for words in checks.of_case(session, cases[name], wanted):
        yield words if name == MAIN else f"{name}：{words}"
