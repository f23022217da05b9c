"""The parameters that a new installation starts with: data with sources, checked before anything uses it.

The values stand in `seed/ningxia-2026.json` (law 2: no rule in code). `confidence` is the flag of policy.md
§0.1 (C, C-sec, S, M, D), or `synthetic` for made-up values that an administrator must replace.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.errors import Invalid
from engine.parameters.choices import check_choice
from engine.parameters.values import check
from engine.statutes import ids

FILE = Path(__file__).with_name("seed") / "ningxia-2026.json"
CONFIDENCE = ("C", "C-sec", "S", "M", "D", "synthetic")

_REQUIRED = {"name", "label", "value", "unit", "valid_from", "clause", "source", "confidence"}
_OPTIONAL = {"valid_to", "note"}
_NAME = re.compile(r"(?=.{1,80}$)[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class SeedParameter:
    """One dated value; `valid_to` is the last day it holds, None when it holds until replaced."""

    name: str
    label: str
    value: Any
    unit: str
    valid_from: date
    valid_to: date | None
    clause: str | None
    source: str
    confidence: str
    note: str | None


def entries(path: Path = FILE) -> list[SeedParameter]:
    """All seed values, by name and date; every problem of the file is named in one refusal."""
    state = path.stat()
    return list(_entries(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2)
def _entries(path: Path, _written: int, _size: int) -> tuple[SeedParameter, ...]:
    """Read once for each state of the file: the lint asks for them many times a minute."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    problems: list[str] = []
    found = [entry for row in rows if (entry := _read(row, problems)) is not None]
    found.sort(key=lambda entry: (entry.name, entry.valid_from))
    for one, following in pairwise(found):
        if one.name == following.name:
            if one.valid_to is None or one.valid_to >= following.valid_from:
                problems.append(f"{one.name}：{one.valid_from}起的值与{following.valid_from}起的值时间重叠")
            if one.unit != following.unit:
                problems.append(f"{one.name}：前后单位不一致")
    if problems:
        raise Invalid(
            f"初始参数有{len(problems)}处问题：{'；'.join(problems)}。",
            problems=[{"field": text.split("：")[0], "message": text} for text in problems],
        )
    return tuple(found)


def _read(row: dict[str, Any], problems: list[str]) -> SeedParameter | None:
    """One row as a parameter, or None and its problems."""
    name = row.get("name", "?")
    wrong: list[str] = []
    if missing := _REQUIRED - row.keys():
        problems.append(f"{name}：缺少{'、'.join(sorted(missing))}")
        return None
    if extra := row.keys() - _REQUIRED - _OPTIONAL:
        wrong.append(f"不认识的项{'、'.join(sorted(extra))}")
    if not _NAME.fullmatch(name):
        wrong.append("名称应为小写字母、数字和下划线")
    if row["confidence"] not in CONFIDENCE:
        wrong.append(f"可信度应为{'、'.join(CONFIDENCE)}之一")
    if not str(row["source"]).strip() or not str(row["label"]).strip():
        wrong.append("来源和中文名称不能为空")
    if row["clause"] is None and not row.get("note"):
        wrong.append("没有条款时应在note中说明原因")
    if row["clause"] is not None and (ids.wrong(row["clause"]) or not ids.split(row["clause"])):
        wrong.append(f"条款“{row['clause']}”应写成 mca-2021-57:15 的形式")
    try:
        check(row["value"], row["unit"])
        check_choice(name, row["value"])
    except Invalid as refusal:
        wrong.append(refusal.message)
    try:
        first = date.fromisoformat(row["valid_from"])
        last = date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None
    except (TypeError, ValueError):
        problems.append(f"{name}：日期应写成 2026-01-01")
        return None
    if last is not None and last < first:
        wrong.append("终止日早于起始日")
    problems += [f"{name}：{text}" for text in wrong]
    plain = {key: row[key] for key in ("name", "label", "value", "unit", "clause", "source", "confidence")}
    return SeedParameter(**plain, valid_from=first, valid_to=last, note=row.get("note"))
