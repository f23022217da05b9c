"""What a scenario file says, read and checked: who does what when, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: The case that a story begins with.
MAIN = "main"
#: What a step may be; its value says of what.
KINDS = ("does", "until", "wait", "act", "opens")


@dataclass(frozen=True)
class When:
    """When a step happens: on a `day`, a `span` later (`2wd`, `3d`, `1m`, `30min`, `2h`), at an hour."""

    day: str = ""
    span: tuple[int, str] | None = None
    hour: tuple[int, int] | None = None


@dataclass(frozen=True)
class Step:
    """One thing that happens. `kind` is one of KINDS, `what` the task, timer, act or process that it is about."""

    number: int
    kind: str
    what: str
    #: The name of the case in which it happens; empty: the story's own.
    case: str = ""
    who: tuple[str, ...] = ()
    at: When | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    #: The name of the case to which a case that begins here belongs.
    parent: str = ""

    @property
    def words(self) -> str:
        """How problems speak of it."""
        by = f"{'、'.join(self.who)} " if self.who else ""
        where = f"（{self.case}）" if self.case not in ("", MAIN) else ""
        said = {"does": "办理", "until": "一直办到", "wait": "等", "act": "", "opens": "系统应开出"}[self.kind]
        return f"第{self.number}步“{by}{said}{' ' if said else ''}{self.what}”{where}"


@dataclass(frozen=True)
class Story:
    """One scenario. `ends`, `due`, `clocks`, `documents` … are what must be so at its end."""

    file: str
    name: str
    process: str
    begins: datetime
    steps: tuple[Step, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, Any] = field(default_factory=dict)
    finally_: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def listed(value: Any) -> list[str]:
    """One word or several as a list."""
    return [value] if isinstance(value, str) else [str(each) for each in value]
