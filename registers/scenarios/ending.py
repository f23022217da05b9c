"""What must be so once a story is told: of its cases, of the registers, and that the system opened no other case."""

from __future__ import annotations

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
    told = set(cases.values())
    others = sorted(each.process_id for key, each in seeing.instances(session).items() if key not in told)
    if others != sorted(listed(wanted.get("opens") or [])):
        yield f"系统另外开出的办件（{'、'.join(others) or '无'}）与 opens 写的不一致"


def _of(session: Session, cases: Mapping[str, int], key: str, name: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    if name not in cases:
        yield f"{key} 里的“{name}”不是这个情景里的办件"
        return
    for words in checks.of_case(session, cases[name], wanted):
        yield words if name == MAIN else f"{name}：{words}"
