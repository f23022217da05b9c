"""Extension properties: known, in their place, with values that the engine can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.actors import LEVELS, ROLES
from engine.calendar.lengths import Length
from engine.errors import Invalid
from engine.ladders.steps import parse as parse_ladder
from engine.releases import starts
from engine.releases.lint import bulk
from engine.releases.lint.model import BPMN, NODES, SPIFF, WORDS, Model, Node, kind_of, label
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
    "separate-unknown": "回避的任务不存在",
    "people": "签字人数的写法有误",
    "waits-for": "在等谁的写法有误",
    "offline": "能不能不联网办理的写法有误",
    "bulk": "不能合并办理的环节标了合并办理",
    "wait-missing": "定时器没有写等待的期限",
}

_ANY = frozenset(NODES)
#: Whom a task may really wait for when that is not its holder.
WAITS_FOR = ("applicant",)
#: What a row of the database holds.
LONGEST_LADDER = 200
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
    "waits_for": frozenset({"userTask"}),
    "offline": frozenset({"userTask"}),
    "bulk": frozenset({"userTask"}),
    "wait": frozenset({"intermediateCatchEvent"}),
    "clause": _ANY | {"process", "lane", "sequenceFlow", "participant"},
    "notice": frozenset({"serviceTask"}),
    **dict.fromkeys(starts.PROPERTIES, frozenset({"process"})),
}
#: What can only be meant as a length, right (`3wd`) or wrong (`30`, `P7D`, `3 days`).
_MEANT = re.compile(r"[\d.]+\s*[^\W\d]*|P[0-9T].*")
_PEOPLE = re.compile(r"[1-9][0-9]?")


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The properties of one file."""
    yield from _places(model)
    for process in model.processes:
        for node in process.nodes:
            yield from _node(release, node)


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


def _node(release: Release, node: Node) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(node.ref, node.name, rule, message)

    given = node.properties
    if node.kind == "userTask":
        yield from _who(node)
        yield from _when(node)
        if not _PEOPLE.fullmatch(given.get("people", "1")):
            yield problem("people", f"people 应是1到99的整数，现在是“{given['people']}”")
        if given.get("waits_for", WAITS_FOR[0]) not in WAITS_FOR:
            yield problem("waits-for", f"waits_for 只能写 {'、'.join(WAITS_FOR)}，现在是“{given['waits_for']}”")
        yield from _offline(node)
        yield from _separate(release, node)
        yield from bulk.check(release, node)
    if node.kind == "intermediateCatchEvent" and "timer" in node.definitions:
        if not given.get("wait"):
            yield problem("wait-missing", "请用 wait 属性写明等多久（例如 7d），或写出给定日期的变量")
        else:
            yield from length(node, "wait", given["wait"])


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
            yield from length(node, name, given[name])
    if not given.get("due") and (given.get("warn") or given.get("ladder")):
        yield Problem(node.ref, node.name, "due-missing", "写了 warn 或 ladder，请同时写办理期限 due")
    if "ladder" in given:
        yield from _ladder(node, given["ladder"])


def length(node: Node, name: str, text: str) -> Iterator[Problem]:
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
    if len(text) > LONGEST_LADDER:
        yield Problem(node.ref, node.name, "ladder", f"催办梯次太长，最多{LONGEST_LADDER}个字符，请减少级数")
        return
    for part in (each.strip() for each in text.split(",")):
        try:
            parse_ladder(part)
        except Invalid as error:
            role = error.data.get("role")
            message = f"{error.message}{close(str(role), ROLES)}" if role else error.message
            yield Problem(node.ref, node.name, "role-unknown" if role else "ladder", message)
    steps = [each.strip() for each in text.split(",")]
    if len(set(steps)) < len(steps):
        yield Problem(node.ref, node.name, "ladder", "催办梯次里有一级写了两次，请只留一个")


def _offline(node: Node) -> Iterator[Problem]:
    """A task that is done without network must have a form that a phone can take along."""
    given = node.properties
    if given.get("offline", "true") != "true":
        message = f"offline 只能写 true（能带到手机上办理），现在是“{given['offline']}”；不能带走就不写这个属性"
        yield Problem(node.ref, node.name, "offline", message)
    elif "offline" in given and not given.get("form"):
        yield Problem(node.ref, node.name, "offline", "写了 offline，请同时写表单 form：带走的就是这张表")


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
