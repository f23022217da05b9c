"""Extension properties: known, in their place, with values that the engine can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.actors import LEVELS, ROLES
from engine.calendar.lengths import Length, Offset
from engine.errors import Invalid
from engine.releases.lint.model import BPMN, NODES, SPIFF, WORDS, Model, Node, Process, kind_of, label
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, close

RULES = {
    "property-unknown": "不认识的扩展属性",
    "property-misplaced": "扩展属性写错了地方",
    "property-twice": "同一属性写了两次",
    "role-missing": "用户任务没有指定角色",
    "role-unknown": "不认识的角色",
    "area-missing": "用户任务没有指定层级",
    "area-unknown": "不认识的层级",
    "length": "期限的写法有误",
    "due-missing": "有预警或催办，却没有办理期限",
    "ladder": "催办梯次的写法有误",
    "clock": "法定时限的写法有误",
    "clock-unknown": "了结的时限没有在任何地方开始",
    "separate-unknown": "回避的任务不存在",
    "people": "签字人数的写法有误",
    "wait-missing": "定时器没有写等待的期限",
    "clause-missing": "用户任务没有写依据",
    "clause": "依据的写法有误",
}

_ANY = frozenset(NODES)
#: Where each property may stand.
PLACES = {
    "role": frozenset({"userTask", "lane"}),
    "area": frozenset({"userTask", "lane"}),
    "form": frozenset({"userTask"}),
    "due": frozenset({"userTask"}),
    "warn": frozenset({"userTask"}),
    "ladder": frozenset({"userTask"}),
    "clock": _ANY,
    "separate": frozenset({"userTask"}),
    "people": frozenset({"userTask"}),
    "wait": frozenset({"intermediateCatchEvent"}),
    "clause": _ANY | {"process", "lane", "sequenceFlow", "participant"},
    "notice": frozenset({"serviceTask"}),
    "start": frozenset({"process"}),
    "scheme": frozenset({"process"}),
}
#: What can only be meant as a length, right (`3wd`) or wrong (`30`, `P7D`, `3 days`).
_MEANT = re.compile(r"[\d.]+\s*[^\W\d]*|P[0-9T].*")
_CLAUSE = re.compile(r"[a-z][a-z0-9-]*(:[0-9]+(\.[0-9]+)*)?")
_CLOCK = re.compile(r"start\s+([a-z][a-z0-9_]*)\s+(\S.*)|satisfy\s+([a-z][a-z0-9_]*)", re.S)
_PEOPLE = re.compile(r"[1-9][0-9]?")


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The properties of one file."""
    yield from _places(model)
    started = {name for process in _all(release) for _, name, _ in clocks_of(process)}
    for process in model.processes:
        for node in process.nodes:
            yield from _node(release, node, started)


def _all(release: Release) -> Iterator[Process]:
    for model in release.models:
        yield from model.processes


def _places(model: Model) -> Iterator[Problem]:
    for holder in model.root.iter(f"{SPIFF}properties"):
        if holder.getparent() is None or holder.getparent().tag != f"{BPMN}extensionElements":
            continue
        owner = holder.getparent().getparent()
        if owner is None:
            continue
        kind, seen = kind_of(owner), set()
        for each in holder.iterchildren(f"{SPIFF}property"):
            name = each.get("name") or ""
            where = label(owner), owner.get("name") or ""
            if name in seen:
                yield Problem(*where, "property-twice", f"属性“{name}”写了两次，请只留一个")
            seen.add(name)
            if name not in PLACES:
                yield Problem(*where, "property-unknown", f"不认识的属性“{name}”{close(name, PLACES)}")
            elif kind not in PLACES[name]:
                places = "、".join(sorted(WORDS[k] for k in PLACES[name] if k in WORDS)[:3])
                word = WORDS.get(kind, kind)
                yield Problem(*where, "property-misplaced", f"属性“{name}”不能写在{word}上，应写在{places}上")


def _node(release: Release, node: Node, started: set[str]) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(node.ref, node.name, rule, message)

    given = node.properties
    if node.kind == "userTask":
        yield from _who(node)
        yield from _when(node)
        if not given.get("clause"):
            yield problem("clause-missing", "请写明依据（clause，例如 mca-2021-57:15），办理的人和申请人要看到")
        if not _PEOPLE.fullmatch(given.get("people", "1")):
            yield problem("people", f"people 应是1到99的整数，现在是“{given['people']}”")
        yield from _separate(release, node)
    for part in filter(None, (each.strip() for each in given.get("clause", "").split(","))):
        if not _CLAUSE.fullmatch(part):
            yield problem("clause", f"依据“{part}”请写成“文件:条”（例如 mca-2021-57:15），几条之间用英文逗号")
    yield from _clock(node, started)
    if node.kind == "intermediateCatchEvent" and "timer" in node.definitions:
        if not given.get("wait"):
            yield problem("wait-missing", "请用 wait 属性写明等多久（例如 7d），或写出给定日期的变量")
        else:
            yield from _length(node, "wait", given["wait"])


def _who(node: Node) -> Iterator[Problem]:
    role, area = node.properties.get("role"), node.properties.get("area")
    if not role:
        yield Problem(node.ref, node.name, "role-missing", "请指定由哪个角色办理（role），或放进有角色的泳道")
    elif role not in ROLES:
        message = f"不认识的角色“{role}”{close(role, ROLES)}（可用：{'、'.join(ROLES)}）"
        yield Problem(node.ref, node.name, "role-unknown", message)
    if not area:
        message = "请指定在哪一级办理（area：village、township 或 county），或放进有层级的泳道"
        yield Problem(node.ref, node.name, "area-missing", message)
    elif area not in LEVELS:
        message = f"不认识的层级“{area}”，只能写 village、township 或 county"
        yield Problem(node.ref, node.name, "area-unknown", message)


def _when(node: Node) -> Iterator[Problem]:
    given = node.properties
    for name in ("due", "warn"):
        if name in given:
            yield from _length(node, name, given[name])
    if not given.get("due") and (given.get("warn") or given.get("ladder")):
        yield Problem(node.ref, node.name, "due-missing", "写了 warn 或 ladder，请同时写办理期限 due")
    if "ladder" in given:
        yield from _ladder(node, given["ladder"])


def _length(node: Node, name: str, text: str) -> Iterator[Problem]:
    """A literal length must be a length; a bare number is no expression either."""
    if not text:
        yield Problem(node.ref, node.name, "length", f"属性 {name} 是空的，请写期限（例如 3wd），或删除它")
    elif is_length(text):
        try:
            Length.parse(text)
        except Invalid as error:
            yield Problem(node.ref, node.name, "length", f"属性 {name}：{error.message}")


def is_length(text: str) -> bool:
    """Whether it is meant as a length, right or wrong, and not as an expression."""
    return _MEANT.fullmatch(text) is not None


def _ladder(node: Node, text: str) -> Iterator[Problem]:
    for part in (each.strip() for each in text.split(",")):
        role, at, offset = part.partition("@")
        if not at or not role:
            message = f"催办梯次“{part}”请写成“角色@时点”（例如 director@0,deputy@+1wd）"
            yield Problem(node.ref, node.name, "ladder", message)
            continue
        if role not in ROLES:
            yield Problem(node.ref, node.name, "role-unknown", f"催办梯次里不认识的角色“{role}”{close(role, ROLES)}")
        try:
            Offset.parse(offset)
        except Invalid as error:
            yield Problem(node.ref, node.name, "ladder", error.message)


def _separate(release: Release, node: Node) -> Iterator[Problem]:
    if "separate" not in node.properties:
        return
    for key in (each.strip() for each in node.properties["separate"].split(",")):
        if key == node.id:
            message = "separate 里写了它自己；要不同的人签，请用 people 属性"
            yield Problem(node.ref, node.name, "separate-unknown", message)
        elif key not in release.user_tasks:
            message = f"separate 里的“{key}”不是流程里的用户任务，请改正标识"
            yield Problem(node.ref, node.name, "separate-unknown", message)


def clocks(node: Node) -> list[tuple[str, str, str | None]]:
    """What its `clock` property orders, as far as it can be read: (start or satisfy, name, length)."""
    found = []
    for part in filter(None, (each.strip() for each in node.properties.get("clock", "").split(";"))):
        match = _CLOCK.fullmatch(part)
        if match:
            found.append(("start", match[1], match[2]) if match[1] else ("satisfy", match[3], None))
    return found


def clocks_of(process: Process) -> Iterator[tuple[str, str, str | None]]:
    """The clocks that a process starts."""
    for node in process.nodes:
        yield from (each for each in clocks(node) if each[0] == "start")


def _clock(node: Node, started: set[str]) -> Iterator[Problem]:
    if "clock" not in node.properties:
        return
    parts = [part.strip() for part in node.properties["clock"].split(";") if part.strip()]
    if not parts:
        yield Problem(node.ref, node.name, "clock", "clock 属性是空的，请填写或删除")
    for part in parts:
        if not _CLOCK.fullmatch(part):
            message = f"clock“{part}”请写成 start 名称 期限 或 satisfy 名称，几项之间用英文分号"
            yield Problem(node.ref, node.name, "clock", message)
    for action, name, length in clocks(node):
        if action == "satisfy" and name not in started:
            message = f"时限“{name}”没有在任何地方开始（start {name} …），请改正名称或补上开始"
            yield Problem(node.ref, node.name, "clock-unknown", message)
        if length is not None:
            yield from _length(node, "clock", length)
