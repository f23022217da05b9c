"""What an element of a drawing says, fact by fact, and what the facts are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.actors import ROLES
from engine.calendar.lengths import Length
from engine.errors import Invalid
from engine.releases.diff.changes import Part, Words
from engine.releases.lint.model import BPMN, SPIFF, Flow, kind_of
from engine.releases.loaded import documentation
from engine.releases.starts import BEGINS, GROUPS

AREAS = {"village": "村级", "township": "乡级", "county": "县级"}
PROPERTIES = {
    "role": "办理角色",
    "area": "办理层级",
    "form": "表单",
    "due": "办理期限",
    "warn": "提前提醒",
    "ladder": "催办",
    "clock": "时限",
    "waits_for": "等待对象",
    "offline": "离线填写",
    "bulk": "批量办理",
    "separate": "不得与之同一人办理的环节",
    "people": "签字人数",
    "wait": "等待时间",
    "clause": "依据条款",
    "notice": "文书",
    "start": "发起方式",
    "starters": "发起角色",
    "parents": "所依据的办件",
    "group": "归类",
    "seen_by": "可见角色",
    "opens_with": "开始时带入的数据",
    "with_parent": "上级办件终止时",
    "scheme": "救助类别",
}
LABELS = {
    **{f"property.{name}": words for name, words in PROPERTIES.items()},
    "property.": "属性",
    "attribute.": "属性",
    "input.": "输入",
    "operation": "调用的服务",
    "decision": "调用的决策",
    "called": "调用的流程",
    "events": "事件类型",
    "event": "事件的内容",
    "attached": "依附的环节",
    "loop": "多次办理的设置",
    "lane": "泳道",
    "default": "默认分支",
    "condition": "条件",
    "source": "起点",
    "target": "终点",
    "doc": "办理说明",
    "rest": "其他内容",
    "text": "文字",
    "attribute.isExecutable": "可执行",
}
#: Facts whose value is a list of roles, or a length.
ROLE_LISTS = ("property.role", "property.starters", "property.seen_by")
LENGTHS = ("property.due", "property.warn", "property.wait")


class NodeWords(Words):
    """Roles, levels and lengths as people say them."""

    def value(self, key: str, text: str) -> str:
        if key in ROLE_LISTS:
            return "、".join(ROLES.get(each.strip(), each.strip()) for each in text.split(",")) if text else ""
        if key in LENGTHS:
            try:
                return Length.parse(text).words
            except Invalid:
                return text
        return super().value(key, text)


NODE_WORDS = NodeWords(
    LABELS,
    {
        "property.area": AREAS,
        "property.start": BEGINS,
        "property.group": GROUPS,
        "property.bulk": {"yes": "是"},
        "property.offline": {"true": "是"},
        "attribute.isExecutable": {"true": "是", "false": "否"},
        "property.with_parent": {"end": "一并终止", "tell": "告知经办人"},
        "property.waits_for": {"applicant": "申请人"},
    },
)
#: Attributes that are facts of their own, or no facts.
_SPOKEN = frozenset({"id", "name", "calledElement", "default", "attachedToRef", "sourceRef", "targetRef"})
#: Children that follow from the lines, or are facts of their own.
_HEARD = frozenset(
    {"incoming", "outgoing", "documentation", "extensionElements", "conditionExpression", "flowNodeRef", "laneSet"}
)
_EXTENSIONS = frozenset({f"{SPIFF}properties", f"{SPIFF}serviceTaskOperator", f"{SPIFF}calledDecisionId"})


def facts(element: Any, kind: str, own: Mapping[str, str]) -> dict[str, str]:
    """Everything that a flow node says."""
    found = {f"property.{name}": value for name, value in own.items()}
    extensions = element.find(f"{BPMN}extensionElements")
    if extensions is not None:
        found |= _operation(extensions)
    found |= {
        "called": (element.get("calledElement") or "").strip(),
        "attached": element.get("attachedToRef") or "",
        "doc": documentation(element),
    }
    found |= {f"attribute.{name}": value for name, value in element.attrib.items() if name not in _SPOKEN}
    found |= _children(element, kind)
    return {key: value for key, value in found.items() if value}


def flow_facts(flow: Flow) -> dict[str, str]:
    """Everything that a line says."""
    found = {"source": flow.source.ref, "target": flow.target.ref, "condition": flow.condition or ""}
    found |= {f"attribute.{name}": value for name, value in flow.element.attrib.items() if name not in _SPOKEN}
    found["doc"] = documentation(flow.element)
    found["rest"] = _rest(flow.element)
    return {key: value for key, value in found.items() if value}


def parts_beside(root: Any) -> Iterator[Part]:
    """What a drawing has beside nodes and lines: notes, groups, messages, pools, and whatever else bears an id."""
    for child in root:
        kind = kind_of(child)
        if kind == "process":
            process = child.get("id") or f"流程（第{child.sourceline}行）"
            for each in child:
                if kind_of(each) in (
                    "textAnnotation",
                    "association",
                    "group",
                    "dataObjectReference",
                    "dataStoreReference",
                ):
                    yield _beside(each, process)
            rest = _rest(child, _is_process_part)
            if rest:
                yield Part(f"{process}:rest", process, "流程的其他内容", {"rest": rest}, process)
        elif kind:
            for each in child.iter(f"{BPMN}participant"):
                yield _beside(each, "")
            if kind != "collaboration":
                yield _beside(child, "")


_BESIDE = {"textAnnotation": "批注", "participant": "泳池", "association": "批注连线", "group": "分组"}


def _beside(element: Any, process: str) -> Part:
    kind = kind_of(element)
    given = {f"attribute.{name}": value for name, value in element.attrib.items() if name not in ("id", "name")}
    given["text"] = "\n".join((each.text or "").strip() for each in element.iter(f"{BPMN}text"))
    given["doc"] = documentation(element)
    given["rest"] = _rest(element)
    key = element.get("id") or f"{kind}（第{element.sourceline}行）"
    known = {name: value for name, value in given.items() if value}
    return Part(key, element.get("name") or "", _BESIDE.get(kind, kind), known, process)


def _is_process_part(element: Any) -> bool:
    """Whether a child of a process is looked at by itself."""
    return bool(element.get("id")) and kind_of(element) not in ("extensionElements",)


def _operation(extensions: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    operator = extensions.find(f"{SPIFF}serviceTaskOperator")
    if operator is not None:
        found["operation"] = (operator.get("id") or "").strip()
        for each in operator.iter(f"{SPIFF}parameter"):
            found[f"input.{each.get('id') or ''}"] = (each.get("value") or "").strip() or '""'
    decision = extensions.find(f"{SPIFF}calledDecisionId")
    if decision is not None:
        found["decision"] = (decision.text or "").strip()
    return found


def _children(element: Any, kind: str) -> dict[str, str]:
    """Event definitions, loops, and all that nobody here knows by name."""
    events, loops = [], []
    for child in element:
        name = kind_of(child)
        if name.endswith("EventDefinition"):
            events.append((name.removesuffix("EventDefinition"), _written(child)))
        elif name.endswith("LoopCharacteristics"):
            loops.append(_written(child))
    known = {
        name for name in (kind_of(child) for child in element) if name.endswith(("EventDefinition", "Characteristics"))
    }
    return {
        "events": "、".join(name for name, _ in events),
        "event": "；".join(text for _, text in events),
        "loop": "；".join(loops),
        "rest": _rest(element, lambda child: kind_of(child) in known),
    }


def _rest(element: Any, known: Any = lambda _child: False) -> str:
    """What an element has that is no fact of its own, in a form in which blanks and the order of attributes do not
    count: strangers' extensions are compared like everything else."""
    found = []
    for child in element:
        if not isinstance(child.tag, str) or known(child):
            continue
        if kind_of(child) == "extensionElements":
            found += [_written(each) for each in child if each.tag not in _EXTENSIONS and isinstance(each.tag, str)]
        elif kind_of(child) not in _HEARD and kind_of(child) != "text":
            found.append(_written(child))
    return " ".join(found)


def _written(element: Any) -> str:
    """An element as a text: its name, what it is given, what stands in it; ids of parts without a name do not count."""
    tag = element.tag.rpartition("}")[2]
    given = [f"{name.rpartition('}')[2]}={value}" for name, value in sorted(element.attrib.items()) if name != "id"]
    inside = [(element.text or "").strip(), *(_written(each) for each in element if isinstance(each.tag, str))]
    return f"{tag}({', '.join([*given, *filter(None, inside)])})"
