"""The register of a release: instruments and their clauses, with the days from and to which they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from engine.statutes import ids

FILE = "statutes.json"
#: What an instrument may be today.
IN_FORCE, REPEALED, DRAFT = "现行", "废止", "草案"
STATES = (IN_FORCE, REPEALED, DRAFT)
LARGEST = 1024 * 1024

_INSTRUMENT = {"title", "number", "status", "from", "to", "source", "coverage", "whole", "note"}
_CLAUSE = {"label", "gist", "from", "to", "note"}


@dataclass(frozen=True)
class Instrument:
    """A law, a measure, a notice or a plan. `since` None: nobody has confirmed its first day."""

    id: str
    title: str
    status: str
    source: str
    coverage: str
    number: str | None = None
    since: date | None = None
    until: date | None = None
    #: What it says, when it may be cited as a whole because its articles were not read.
    whole: str | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """As people cite it."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


@dataclass(frozen=True)
class Clause:
    """One rule: `title` names it, `gist` says in our words what it asks; empty when the register does not know it."""

    id: str
    title: str
    gist: str = ""
    label: str = ""
    instrument: Instrument | None = None
    since: date | None = None
    until: date | None = None
    note: str = ""

    def lapse(self, day: date) -> str | None:
        """Why it cannot be relied on that day, in words; None when it can."""
        if self.instrument is not None and self.instrument.status == DRAFT:
            return "只是草案，不能作依据"
        if self.since is not None and day < self.since:
            return f"{self.since.isoformat()}起才施行"
        if self.until is not None and day > self.until:
            return f"{self.until.isoformat()}后已不再施行"
        if self.instrument is not None and self.instrument.status == REPEALED and self.until is None:
            return "已经废止"
        return None


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry: its id (empty for the file) and what to do."""

    id: str
    message: str


@dataclass(frozen=True)
class Statutes:
    """All instruments and clauses, in the order of the file."""

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    clauses: Mapping[str, Clause] = field(default_factory=dict)

    @cached_property
    def citable(self) -> Mapping[str, Clause]:
        """What may be cited: every clause, and instruments of which no article is known."""
        whole = {
            each.id: Clause(each.id, each.name, each.whole, "", each, each.since, each.until, each.note)
            for each in self.instruments.values()
            if each.whole
        }
        return {**self.clauses, **whole}

    def find(self, clause: str) -> Clause | None:
        """The clause of that id, or None."""
        return self.citable.get(clause)

    def read(self, text: str | None) -> list[Clause]:
        """The clauses of a comma-separated list; a stranger is shown by its id, never dropped."""
        return [self.citable.get(each) or Clause(each, self._stranger(each)) for each in ids.split(text)]

    def cite(self, text: str | None) -> str:
        """The same in words, each instrument once: 《…》（…）第15条、第16条；《…》第3条."""
        parts: dict[str, list[str]] = {}
        for each in self.read(text):
            name = each.instrument.name if each.instrument else each.title
            parts.setdefault(name, [])
            if each.label:
                parts[name].append(each.label)
        return "；".join(name + "、".join(labels) for name, labels in parts.items())

    def _stranger(self, clause: str) -> str:
        name, _, place = clause.partition(":")
        known = self.instruments.get(name)
        title = known.name if known else name
        return f"{title} 第{place}条" if place else title

    def of(self, instrument: str) -> list[Clause]:
        """What may be cited of an instrument."""
        return [each for each in self.citable.values() if each.instrument and each.instrument.id == instrument]


def read(data: bytes) -> tuple[Statutes, list[Fault]]:
    """The register of a file and everything that is wrong with it; never raises."""
    if len(data) > LARGEST:
        return Statutes(), [Fault("", "文件太大，请确认选对了文件")]
    try:
        given = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return Statutes(), [Fault("", "不是有效的 JSON 文件")]
    parts = [given.get(key) if isinstance(given, dict) else None for key in ("instruments", "clauses")]
    if not all(isinstance(part, dict) for part in parts):
        return Statutes(), [Fault("", "应写明 instruments（文件）和 clauses（条款）两部分")]
    faults: list[Fault] = []
    instruments: dict[str, Instrument] = {}
    for key, entry in parts[0].items():
        if not _wrong(key, entry, faults, _instrument_problems):
            instruments[key] = _instrument(key, entry)
    clauses: dict[str, Clause] = {}
    for key, entry in parts[1].items():
        if not _wrong(key, entry, faults, lambda k, e: _clause_problems(k, e, instruments)):
            clauses[key] = _clause(key, entry, instruments[key.partition(":")[0]])
    return Statutes(instruments, clauses), faults


def _wrong(key: str, entry: Any, faults: list[Fault], problems: Any) -> bool:
    found = [*problems(key, entry)] if isinstance(entry, dict) else ["应是一个对象"]
    faults += [Fault(key[:80], message) for message in found]
    return bool(found)


def _instrument_problems(key: str, entry: dict[str, Any]) -> Iterator[str]:
    if ids.CLAUSE.fullmatch(key) is None or ":" in key:
        yield "文件的标识应是小写字母、数字和连字符（例如 mca-2021-57）"
    yield from _texts(entry, _INSTRUMENT, ("title", "source", "coverage"))
    if entry.get("status") not in STATES:
        yield f"status 只能是{'、'.join(STATES)}"
    if entry.get("status") == REPEALED and entry.get("to") is None:
        yield "已废止的文件应写明最后一天（to）"


def _clause_problems(key: str, entry: dict[str, Any], instruments: Mapping[str, Instrument]) -> Iterator[str]:
    if ids.CLAUSE.fullmatch(key) is None or ":" not in key:
        yield "条款的标识应写成“文件:条”（例如 mca-2021-57:15）"
    elif key.partition(":")[0] not in instruments:
        yield f"没有文件“{key.partition(':')[0]}”，请先在 instruments 里登记"
    yield from _texts(entry, _CLAUSE, ("label", "gist"))


def _texts(entry: dict[str, Any], known: set[str], needed: tuple[str, ...]) -> Iterator[str]:
    for name, value in entry.items():
        if name not in known:
            yield f"不认识的项“{name}”（可用：{'、'.join(sorted(known))}）"
        elif name in ("from", "to"):
            if value is not None and _day(value) is None:
                yield f"“{name}”应写成 2021-07-01"
        elif value is not None and (not isinstance(value, str) or not value.strip() or len(value) > 500):
            yield f"“{name}”应是文字，不能为空，最长500个字"
    for name in needed:
        if not entry.get(name):
            yield f"请写明 {name}"
    first, last = _day(entry.get("from")), _day(entry.get("to"))
    if first is not None and last is not None and last < first:
        yield "终止日早于起始日"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2021-07-01") else None
    except ValueError:
        return None


def _instrument(key: str, entry: dict[str, Any]) -> Instrument:
    return Instrument(
        key,
        entry["title"],
        entry["status"],
        entry["source"],
        entry["coverage"],
        entry.get("number"),
        _day(entry.get("from")),
        _day(entry.get("to")),
        entry.get("whole"),
        entry.get("note") or "",
    )


def _clause(key: str, entry: dict[str, Any], instrument: Instrument) -> Clause:
    """A clause holds no longer than its instrument."""
    begins = [day for day in (_day(entry.get("from")), instrument.since) if day is not None]
    ends = [day for day in (_day(entry.get("to")), instrument.until) if day is not None]
    return Clause(
        key,
        f"{instrument.name} {entry['label']}",
        entry["gist"],
        entry["label"],
        instrument,
        max(begins, default=None),
        min(ends, default=None),
        entry.get("note") or "",
    )
