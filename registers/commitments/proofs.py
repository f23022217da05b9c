"""Which proofs a commitment may stand for: `proofs.json` of the release, which process owners keep (policy.md §10)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.errors import DoudiError
from engine.releases import files

FILE = "proofs.json"
#: How a promise is verified, as the list of proofs says; here always by data check and visit as well.
CHECKS = ("exempt", "online", "onsite")
_REQUIRED = {"title", "proves", "clause", "schemes", "check"}
_OPTIONAL = {"from", "to", "note"}


@dataclass(frozen=True)
class Proof:
    """A proof that may be replaced: what it proves, on which clause, for which schemes, from when to when."""

    code: str
    title: str
    proves: str
    clause: str
    schemes: tuple[str, ...]
    check: str
    first: date | None
    last: date | None

    def open_to(self, scheme: str, day: date) -> bool:
        """Whether it may be replaced in a case of a scheme on a day."""
        begun = self.first is None or self.first <= day
        return scheme in self.schemes and begun and (self.last is None or day <= self.last)


def problems(data: bytes) -> list[str]:
    """Everything that is wrong with the file, in words."""
    return _read(data)[1]


def of(release_files: Mapping[str, bytes]) -> dict[str, Proof]:
    """The proofs of a release by code; DoudiError when its list is missing or broken."""
    data = release_files.get(FILE)
    if data is None:
        raise DoudiError("流程版本中没有可承诺的证明目录（proofs.json），请流程负责人补上。")
    found, wrong = _read(data)
    if wrong:
        raise DoudiError(f"可承诺的证明目录有误：{wrong[0]}。")
    return found


def _read(data: bytes) -> tuple[dict[str, Proof], list[str]]:
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return {}, ["不是有效的 JSON 文件"]
    if not isinstance(given, dict) or not given:
        return {}, ["应是“代码: 内容”的对象，至少一项"]
    found, wrong = {}, []
    for code, row in given.items():
        fault = _fault(code, row)
        if fault:
            wrong.append(f"{code}：{fault}")
        else:
            found[code] = _proof(code, row)
    return found, wrong


def _fault(code: str, row: Any) -> str:
    if not code.isidentifier() or not isinstance(row, dict):
        return "代码应是英文标识，内容应是对象"
    if not row.keys() >= _REQUIRED or row.keys() - _REQUIRED - _OPTIONAL:
        return f"应写明{'、'.join(sorted(_REQUIRED))}，可写{'、'.join(sorted(_OPTIONAL))}，不写别的"
    texts = [row[key] for key in ("title", "proves", "clause", "check")]
    if not all(isinstance(text, str) and text.strip() for text in texts) or row["check"] not in CHECKS:
        return f"title、proves、clause 是文字，check 是{'、'.join(CHECKS)}之一"
    if not isinstance(row["schemes"], list) or not row["schemes"]:
        return "schemes 是救助种类的列表"
    try:
        first, last = _day(row.get("from")), _day(row.get("to"))
    except (TypeError, ValueError):
        return "from、to 是日期，如 2026-01-01"
    return "to 早于 from" if first and last and last < first else ""


def _proof(code: str, row: dict[str, Any]) -> Proof:
    texts = {key: row[key] for key in ("title", "proves", "clause", "check")}
    return Proof(code, **texts, schemes=tuple(row["schemes"]), first=_day(row.get("from")), last=_day(row.get("to")))


def _day(text: Any) -> date | None:
    return None if text is None else date.fromisoformat(text)


files.catalogue(FILE, problems)
