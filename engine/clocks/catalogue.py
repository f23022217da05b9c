"""The catalogue of clocks of a release: `clocks.json`, what each named clock is, its length, who is told of it.

The drawings say when a clock starts, pauses and ends; the catalogue says what it is, once, whatever number of drawings
start it. Lengths are lengths (`3wd`) or FEEL over dated parameters (`parameters.data_check_limit`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.calendar.lengths import Length
from engine.errors import Invalid
from engine.ladders.steps import parse as parse_ladder

FILE = "clocks.json"
KINDS = {"advisory": "预警", "service": "内部时限", "legal": "法定时限"}
#: A process owner may write no more than this.
LARGEST = 256 * 1024

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELDS = {
    "title": str, "code": str, "kind": str, "length": str, "extend": str, "warn": str, "ladder": str, "clause": str,
    "pauses": list, "note": str, "binds": str,
}  # fmt: skip
#: What a row of the database holds.
_LONGEST = {"title": 60, "ladder": 200, "clause": 200, "warn": 12}


@dataclass(frozen=True)
class ClockSpec:
    """One clock. `pauses` are the causes for which a leader may pause it by hand; a drawing may pause it as it says."""

    name: str
    title: str
    kind: str = "legal"
    code: str = ""
    length: str | None = None
    extend: str | None = None
    warn: str | None = None
    ladder: str | None = None
    clause: str | None = None
    pauses: tuple[str, ...] = ()
    note: str = ""
    #: Whom it binds: the office, or the people who have so long for something (to ask, to pay). After an act that is
    #: entered later the office's counts from the act, the people's from the entry: theirs is never shorter.
    binds: str = "office"


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry: the clock's name (empty for the file) and what to do."""

    name: str
    message: str


def unknown(name: str) -> ClockSpec:
    """A clock that no catalogue describes, as older releases have it: legal, called by its name."""
    return ClockSpec(name, name)


def read(data: bytes) -> tuple[dict[str, ClockSpec], list[Fault]]:
    """The clocks of a file by name, and everything that is wrong with it; never raises."""
    if len(data) > LARGEST:
        return {}, [Fault("", "文件太大，请确认选对了文件")]
    try:
        given = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}, [Fault("", "不是有效的 JSON 文件")]
    if not isinstance(given, dict):
        return {}, [Fault("", "最外层应是“名称: 时限”的对象")]
    found: dict[str, ClockSpec] = {}
    faults: list[Fault] = []
    for name, entry in given.items():
        wrong = list(_problems(name, entry))
        faults += [Fault(str(name)[:80], message) for message in wrong]
        if not wrong:
            found[name] = ClockSpec(name, **{**entry, "pauses": tuple(entry.get("pauses", ()))})
    return found, faults


def _problems(name: str, entry: Any) -> Any:
    if not _NAME.fullmatch(name):
        yield "时限的名称应是小写字母、数字和下划线"
    if not isinstance(entry, Mapping):
        yield "时限应是一个对象，至少写明 title"
        return
    for key, value in entry.items():
        if key not in _FIELDS:
            yield f"不认识的项“{key}”（可用：{'、'.join(_FIELDS)}）"
        elif not isinstance(value, _FIELDS[key]) or not value:
            yield f"“{key}”应是{'清单' if _FIELDS[key] is list else '文字'}，不能为空"
        elif isinstance(value, str) and (len(value) > _LONGEST.get(key, 500) or not value.isprintable()):
            yield f"“{key}”最长{_LONGEST.get(key, 500)}个字，不能有控制字符"
    if not entry.get("title"):
        yield "请写明名称（title）"
    if entry.get("kind", "legal") not in KINDS:
        yield f"类别 kind 只能是 {'、'.join(KINDS)}"
    if entry.get("binds", "office") not in ("office", "people"):
        yield "binds 只能是 office（约束办理机关）或 people（当事人的期限）"
    if "extend" in entry and entry.get("kind", "legal") != "legal":
        yield "只有法定时限（legal）才有延长（extend）"
    for cause in entry.get("pauses", ()) if isinstance(entry.get("pauses", ()), list) else ():
        if not isinstance(cause, str) or not _NAME.fullmatch(cause):
            yield f"暂停事由“{cause}”应是小写字母、数字和下划线"
    try:
        if isinstance(entry.get("warn"), str):
            Length.parse(entry["warn"])
    except Invalid as error:
        yield f"warn：{error.message}"
    try:
        if isinstance(entry.get("ladder"), str):
            parse_ladder(entry["ladder"])
    except Invalid as error:
        yield error.message
