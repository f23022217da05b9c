"""Drawings made for other engines: what they say in attributes of their own is said in ours too, and what cannot be is
reported, element by element. Nothing of the file is taken away; a file that says nothing of that kind stays as it is.

Understood are the attributes of Camunda 7. Expressions in JUEL, scripts and classes are named, never converted: what
they did has to be drawn with FEEL and operations.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from engine.actors import ROLES
from engine.errors import Unparsable
from engine.releases import xml
from engine.releases.lint.model import BPMN, NODES, SPIFF, kind_of, label
from engine.releases.lint.properties import PLACES

CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
#: The engines from which Camunda 7 came write the same attributes.
COUSINS = ("{http://activiti.org/bpmn}", "{http://flowable.org/bpmn}")
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
_DAYS = re.compile(r"P(?:(\d{1,4})M)?(?:(\d{1,4})D)?")
_JUEL = re.compile(r"[$#]\{")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What only says how another engine runs it.
_HARMLESS = frozenset({
    "asyncBefore", "asyncAfter", "exclusive", "jobPriority", "historyTimeToLive", "versionTag",
    "isStartableInTasklist", "resultVariable", "mapDecisionResult", "decisionRefBinding", "decisionRefVersion",
    "formRefBinding", "diagramRelationId", "calledElementBinding", "calledElementVersion", "initiator", "priority",
    "taskPriority", "type",
})  # fmt: skip
_PROGRAMS = {
    "class": "Java 类",
    "expression": "表达式",
    "delegateExpression": "Java 对象",
    "executionListener": "监听器",
    "taskListener": "监听器",
    "connector": "连接器",
    "inputOutput": "输入输出映射",
    "script": "脚本",
    "field": "字段注入",
    "formData": "内嵌表单",
    "failedJobRetryTimeCycle": "重试",
    "in": "变量传入",
    "out": "变量传出",
}


@dataclass(frozen=True)
class Remark:
    """What became of something of another engine. `taken`: it is said in our words now."""

    element: str
    name: str
    message: str
    taken: bool = False


@dataclass
class Translated:
    """The file as it goes into a draft."""

    data: bytes
    remarks: list[Remark] = field(default_factory=list)


def translate(data: bytes, *, forms: Collection[str] = (), operations: Collection[str] = ()) -> Translated:
    """The file with ours beside theirs. Raises Unparsable when it is no BPMN."""
    root = xml.parse(data)
    if root.tag != f"{BPMN}definitions":
        raise Unparsable("这不是 BPMN 2.0 文件，不能导入。")
    reading = _Reading(frozenset(forms), frozenset(operations))
    for element in list(root.iter()):
        if isinstance(element.tag, str) and kind_of(element):
            reading.element(element)
    if not reading.changed:
        return Translated(data, reading.remarks)
    return Translated(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), reading.remarks)


@dataclass
class _Reading:
    forms: frozenset[str]
    operations: frozenset[str]
    remarks: list[Remark] = field(default_factory=list)
    changed: bool = False

    def element(self, element: Any) -> None:
        """One element of the drawing: its attributes, its extension elements, its expressions."""
        for name, value in _attributes(element):
            self.attribute(element, name, value.strip())
        for child in element.iterfind(f"{BPMN}extensionElements/*"):
            self.extension(element, child)
        self.expressions(element)

    def attribute(self, element: Any, name: str, value: str) -> None:
        told = _ATTRIBUTES.get(name)
        if told is not None:
            told(self, element, value)
        elif name in _PROGRAMS:
            self.say(element, f"{_PROGRAMS[name]}“{value[:80]}”不能使用，请换成系统操作或表达式")
        elif name not in _HARMLESS:
            self.say(element, f"属性“{name}”没有对应的写法，原样保留，不起作用")

    def extension(self, element: Any, child: Any) -> None:
        namespace, name = etree.QName(child).namespace, etree.QName(child).localname
        if f"{{{namespace}}}" == ZEEBE:
            self.say(element, f"Camunda 8 的“{name}”没有读，请在面板里重新填写")
        elif f"{{{namespace}}}" in (CAMUNDA, *COUSINS):
            if name == "properties":
                for each in child:
                    self.property(element, each.get("name") or "", (each.get("value") or "").strip())
            elif name in _PROGRAMS:
                self.say(element, f"{_PROGRAMS[name]}不能使用，请换成系统操作或表达式")

    def property(self, element: Any, name: str, value: str) -> None:
        """A free property of theirs that is called like one of ours means it."""
        if name in PLACES and kind_of(element) in PLACES[name]:
            self.put(element, name, value, f"扩展属性“{name}”已改成本系统的写法：{value}")
        else:
            self.say(element, f"扩展属性“{name}”没有对应的写法，原样保留，不起作用")

    def expressions(self, element: Any) -> None:
        for tag in ("conditionExpression", "timeDuration", "timeDate", "timeCycle"):
            for each in element.iterfind(f"{BPMN}{tag}"):
                text = "".join(each.itertext()).strip()
                if _JUEL.search(text):
                    self.say(_owner(element), f"“{text[:120]}”是 JUEL 表达式，请改写成 FEEL")
                elif tag == "timeDuration":
                    self.wait(_owner(element), text)
        if kind_of(element) == "scriptTask":
            self.say(element, "脚本任务不能使用，请换成系统操作或决策")

    def wait(self, element: Any, text: str) -> None:
        length = _length(text)
        if length and kind_of(element) in PLACES["wait"]:
            self.put(element, "wait", length, f"等待时间“{text}”已写成 wait={length}；请在面板里删除定时器自带的时间")

    # What ours say instead

    def groups(self, element: Any, value: str) -> None:
        names = {title: role for role, title in ROLES.items()}
        found = [each.strip() for each in value.split(",") if each.strip()]
        known = [each if each in ROLES else names.get(each, "") for each in found]
        if len(found) == 1 and known[0]:
            self.put(element, "role", known[0], f"候选组“{value}”已写成角色：{ROLES[known[0]]}")
        else:
            self.say(element, f"候选组“{value[:80]}”不是一个角色，请在面板里选由谁办")

    def person(self, element: Any, value: str) -> None:
        self.say(element, f"指定的人“{value[:80]}”没有读：本系统按角色派办，请在面板里选角色")

    def form(self, element: Any, value: str) -> None:
        stem = PurePosixPath(value.rpartition(":")[2]).stem
        if _JUEL.search(value) or not _NAME.fullmatch(stem):
            self.say(element, f"表单“{value[:80]}”认不出来，请在面板里选表单")
            return
        known = "" if stem in self.forms else "；这份草稿里还没有这个表单"
        self.put(element, "form", stem, f"表单“{value[:80]}”已写成：{stem}{known}")

    def due(self, element: Any, value: str) -> None:
        length = _length(value)
        if length:
            self.put(element, "due", length, f"期限“{value}”已写成：{length}（自然日；按工作日算的请改）")
        else:
            self.say(element, f"期限“{value[:80]}”不能照搬，请在面板里填写")

    def decision(self, element: Any, value: str) -> None:
        if _JUEL.search(value):
            self.say(element, f"决策“{value[:80]}”是 JUEL 表达式，请在面板里选决策")
        elif kind_of(element) == "businessRuleTask" and _ours(element, "calledDecisionId") is None:
            etree.SubElement(_extensions(element), f"{SPIFF}calledDecisionId", nsmap=_SPIFF).text = value
            self.took(element, f"决策已写成：{value}")

    def topic(self, element: Any, value: str) -> None:
        if kind_of(element) != "serviceTask" or _ours(element, "serviceTaskOperator") is not None:
            return
        if value in self.operations:
            etree.SubElement(_extensions(element), f"{SPIFF}serviceTaskOperator", {"id": value}, nsmap=_SPIFF)
            self.took(element, f"外部任务“{value}”已写成系统操作")
        else:
            self.say(element, f"外部任务“{value[:80]}”没有对应的系统操作，请在面板里选")

    def put(self, element: Any, name: str, value: str, message: str) -> None:
        """Our property, unless the file says it already."""
        path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
        if any(each.get("name") == name for each in element.iterfind(path)):
            return
        holder = _ours(element, "properties")
        if holder is None:
            holder = etree.SubElement(_extensions(element), f"{SPIFF}properties", nsmap=_SPIFF)
        etree.SubElement(holder, f"{SPIFF}property", {"name": name, "value": value})
        self.took(element, message)

    def took(self, element: Any, message: str) -> None:
        self.changed = True
        self.say(element, message, taken=True)

    def say(self, element: Any, message: str, *, taken: bool = False) -> None:
        self.remarks.append(Remark(label(element), element.get("name") or "", message, taken))


_SPIFF = {"spiffworkflow": SPIFF.strip("{}")}
_ATTRIBUTES: Mapping[str, Any] = {
    "candidateGroups": _Reading.groups,
    "assignee": _Reading.person,
    "candidateUsers": _Reading.person,
    "formKey": _Reading.form,
    "formRef": _Reading.form,
    "dueDate": _Reading.due,
    "decisionRef": _Reading.decision,
    "topic": _Reading.topic,
}


def _attributes(element: Any) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key.startswith((CAMUNDA, *COUSINS)):
            yield etree.QName(key).localname, value


def _ours(element: Any, name: str) -> Any:
    return element.find(f"{BPMN}extensionElements/{SPIFF}{name}")


def _extensions(element: Any) -> Any:
    found = element.find(f"{BPMN}extensionElements")
    if found is None:
        found = etree.Element(f"{BPMN}extensionElements")
        # The schema wants it behind the documentation and before everything else.
        element.insert(len(element.findall(f"{BPMN}documentation")), found)
    return found


def _owner(element: Any) -> Any:
    """The flow node or flow to which an expression inside of it belongs."""
    while kind_of(element) not in NODES and kind_of(element) != "sequenceFlow" and element.getparent() is not None:
        element = element.getparent()
    return element


def _length(text: str) -> str | None:
    """`P3D` as `3d`, `P1M` as `1m`; what counts hours, or both, has no length of ours."""
    found = _DAYS.fullmatch(text)
    if found is None or (found[1] is None) == (found[2] is None):
        return None
    return f"{found[1]}m" if found[1] else f"{found[2]}d"
