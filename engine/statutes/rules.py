"""The steps that no drawing may skip, as data: `mandatory.json` (docs/statutes.md).

Most rules are *debts*. A debt is incurred at the beginning of a case, or at `after`; it is incurred again at `again`;
any one of `needs` pays it; it must be paid at `before`, or at every end of the case. With no `needs` nothing pays it:
what `before` names may not happen once `after` did. The others look at the drawing alone: how many people sign a task,
who may not sign it too, which letters state reasons and the way of redress, who must not see a process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.statutes import ids

FILE = "mandatory.json"
LARGEST = 256 * 1024
#: What an element can be named by in a rule.
KINDS = {
    "operation": "服务操作",
    "task": "用户任务",
    "notice": "文书",
    "decision": "决策",
    "end": "结束事件",
    "letter": "一类文书",
    "delivery": "一类文书的送达",
}
#: The class of letters that a rule can name: those that refuse, reduce, stop or take back.
ADVERSE = "adverse"

_PATHS = ("before", "after", "again", "needs")
_LISTS = frozenset({*_PATHS, "tasks", "apart", "notices", "processes", "hidden_from", "schemes", "except"})
_KNOWN = frozenset({"title", "message", "clause", "when", "people", "note", *_LISTS})
_MOST_PEOPLE = 99


@dataclass(frozen=True)
class Rule:
    """One rule. Of the lists only those of its form are filled; `form` says which that is."""

    id: str
    title: str
    message: str
    clause: str
    #: For which schemes; empty: for all but `excepted`.
    schemes: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    #: FEEL: where this is known to be false, nothing is asked.
    when: str = ""
    people: int = 0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    hidden_from: tuple[str, ...] = ()
    note: str = ""

    @property
    def form(self) -> str:
        """`debt`, `people`, `apart`, `adverse` or `hidden`; empty when it says nothing."""
        if self.before or self.after:
            return "debt"
        if self.tasks:
            return "apart" if self.apart else ("people" if self.people else "")
        if self.notices:
            return "adverse"
        return "hidden" if self.processes and self.hidden_from else ""

    def binds(self, scheme: str) -> bool:
        """Whether it is asked of cases of that scheme."""
        return scheme in self.schemes if self.schemes else scheme not in self.excepted


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry: the rule's id (empty for the file) and what to do."""

    id: str
    message: str


@dataclass(frozen=True)
class Rules:
    """The rules of a release by id."""

    by_id: Mapping[str, Rule] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.by_id.values())


def read(data: bytes) -> tuple[Rules, list[Fault]]:
    """The rules of a file and everything that is wrong with it; never raises."""
    if len(data) > LARGEST:
        return Rules(), [Fault("", "文件太大，请确认选对了文件")]
    try:
        given = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return Rules(), [Fault("", "不是有效的 JSON 文件")]
    if not isinstance(given, dict):
        return Rules(), [Fault("", "最外层应是“标识: 规则”的对象")]
    found: dict[str, Rule] = {}
    faults: list[Fault] = []
    for key, entry in given.items():
        wrong = list(_problems(key, entry))
        faults += [Fault(key[:80], message) for message in wrong]
        if not wrong:
            found[key] = _rule(key, entry)
    return Rules(found), faults


@lru_cache(maxsize=1)
def floor() -> Rules:
    """What no release may be without: `floor.json`, part of the program and not of a release (law 9)."""
    rules, faults = read(Path(__file__).with_name("floor.json").read_bytes())
    if faults:
        raise ValueError(f"floor.json: {faults}")
    return rules


def _rule(key: str, entry: Mapping[str, Any]) -> Rule:
    given = {name: tuple(entry.get(name, ())) for name in _LISTS - {"except"}}
    texts = {name: entry.get(name, "") for name in ("title", "message", "clause", "when", "note")}
    return Rule(key, people=entry.get("people", 0), excepted=tuple(entry.get("except", ())), **texts, **given)


def _problems(key: str, entry: Any) -> Iterator[str]:
    if ids.CLAUSE.fullmatch(key) is None or ":" in key:
        yield "规则的标识应是小写字母、数字和连字符（例如 visit-before-confirm）"
    if not isinstance(entry, dict):
        yield "规则应是一个对象"
        return
    shaped = True
    for name, value in entry.items():
        fault = _shape(name, value)
        if fault:
            shaped = False
            yield fault
    for name in ("title", "message", "clause"):
        if not entry.get(name):
            yield f"请写明 {name}"
    if not shaped:
        return
    for wrong in ids.wrong(entry.get("clause", "")):
        yield f"依据“{wrong}”请写成“文件:条”（例如 mca-2021-57:15）"
    yield from _meaning(entry)


def _shape(name: str, value: Any) -> str | None:
    if name not in _KNOWN:
        return f"不认识的项“{name}”（可用：{'、'.join(sorted(_KNOWN))}）"
    if name == "people":
        right = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_PEOPLE
        return None if right else "people 应是1到99的整数"
    if name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            return f"“{name}”应是文字的清单"
        for each in value if name in _PATHS else ():
            kind, _, what = each.partition(":")
            if kind not in KINDS or not what or (kind in ("letter", "delivery") and what != ADVERSE):
                known = "、".join(f"{kind}:{ADVERSE if kind in ('letter', 'delivery') else '名称'}" for kind in KINDS)
                return f"“{each}”请写成 {known} 之一"
        return None
    return None if isinstance(value, str) and len(value) <= 500 else f"“{name}”应是文字，最长500个字"


def _meaning(entry: Mapping[str, Any]) -> Iterator[str]:
    """Whether it says one thing, and that whole."""
    rule = _rule("", entry)
    forms = [bool(rule.before or rule.after), bool(rule.tasks), bool(rule.notices), bool(rule.processes)]
    if sum(forms) != 1 or not rule.form:
        yield (
            "一条规则写一件事：before 或 after 和 needs（先后），tasks 和 people（几人签字），"
            "tasks 和 apart（不同的人），notices（要写理由和救济途径的文书），processes 和 hidden_from（不给谁看）"
        )
    elif rule.form == "debt" and not rule.needs and not (rule.before and rule.after):
        yield "没有 needs 时，before 和 after 都要写（after 之后不得再有 before）"
    elif rule.form != "debt" and (rule.needs or rule.again or rule.when):
        yield "needs、again、when 只用于 before、after 的规则"
    if rule.schemes and rule.excepted:
        yield "schemes 和 except 只写一个"


def weaker(rule: Rule, least: Rule) -> list[str]:
    """In what a rule asks less than the one that it may not fall below, in words; nothing when it does not.

    It may bind more schemes, come before more, accept fewer ways of paying, ask for more people; never less.
    """
    found = []
    if least.schemes:
        bound = all(rule.binds(each) for each in least.schemes)
    else:
        bound = not rule.schemes and set(rule.excepted) <= set(least.excepted)
    if not bound:
        found.append("适用的救助种类少了")
    if rule.when and rule.when != least.when:
        found.append("加了条件或改了条件（when）")
    if rule.people < least.people:
        found.append(f"人数少于{least.people}人")
    for name, word in (("before", "约束的环节"), ("again", "要重新办理的情形"), ("tasks", "约束的任务")):
        found += _missing(getattr(rule, name), getattr(least, name), word)
    for name, word in (("apart", "回避的任务"), ("notices", "约束的文书")):
        found += _missing(getattr(rule, name), getattr(least, name), word)
    for name, word in (("processes", "约束的流程"), ("hidden_from", "不给看的角色")):
        found += _missing(getattr(rule, name), getattr(least, name), word)
    if not least.after and rule.after:
        found.append("改成了某环节之后才要求（after）")
    elif rule.after:
        found += _missing(rule.after, least.after, "引起要求的环节")
    if least.before and not rule.before:
        found.append("改成了办结时才检查（before）")
    more = sorted(set(rule.needs) - set(least.needs))
    if more and rule.form == "debt":
        found.append(f"放宽了可以代替的环节：{'、'.join(more)}")
    return found


def _missing(has: tuple[str, ...], needed: tuple[str, ...], word: str) -> list[str]:
    lost = sorted(set(needed) - set(has))
    return [f"{word}少了：{'、'.join(lost)}"] if lost else []
