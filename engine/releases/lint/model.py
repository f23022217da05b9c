"""A BPMN file as it was drawn: read with patience, whoever drew it. Nothing here judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"

TASKS = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    ]
)
SUBPROCESSES = frozenset(
    ["subProcess", "transaction", "adHocSubProcess", "subChoreography", "callChoreography", "choreographyTask"]
)
EVENTS = frozenset(
    [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "implicitThrowEvent",
        "event",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"])
NODES = TASKS | SUBPROCESSES | EVENTS | GATEWAYS
DATA = frozenset(["dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification", "property"])
ASSOCIATIONS = frozenset(["dataInputAssociation", "dataOutputAssociation"])

#: What people call a kind of element.
WORDS = {
    "task": "任务",
    "userTask": "用户任务",
    "manualTask": "手工任务",
    "serviceTask": "服务任务",
    "businessRuleTask": "业务规则任务",
    "scriptTask": "脚本任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "callActivity": "调用活动",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
    "complexGateway": "复杂网关",
    "sequenceFlow": "顺序流",
    "process": "流程",
    "lane": "泳道",
    "participant": "泳池",
}


def kind_of(element: Any) -> str:
    """The tag of a BPMN element without its namespace; empty for comments and strangers."""
    tag = element.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def label(element: Any) -> str:
    """How a message points at an element that may have no id."""
    return element.get("id") or f"{WORDS.get(kind_of(element), kind_of(element))}（第{element.sourceline}行）"


@dataclass(frozen=True)
class Operator:
    """The operation that a service task names, with its inputs in order (a name may stand twice)."""

    name: str
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Node:
    """A flow node. `properties` hold its own and what its lane gives; `own` only its own."""

    id: str
    name: str
    kind: str
    element: Any
    own: Mapping[str, str]
    properties: Mapping[str, str]

    @property
    def ref(self) -> str:
        """Its id, or where it stands when it has none."""
        return self.id or label(self.element)

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name or self.ref

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """The kinds of its event definitions: `timer`, `message` … (`eventDefinitionRef`: `reference`)."""
        found = []
        for child in self.element:
            kind = kind_of(child)
            if kind == "eventDefinitionRef":
                found.append("reference")
            elif kind.endswith("EventDefinition"):
                found.append(kind.removesuffix("EventDefinition"))
        return tuple(found)

    @cached_property
    def operator(self) -> Operator | None:
        """The `serviceTaskOperator`, or None."""
        given = self.element.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
        if given is None:
            return None
        inputs = tuple(
            (each.get("id") or "", (each.get("value") or "").strip()) for each in given.iter(f"{SPIFF}parameter")
        )
        return Operator((given.get("id") or "").strip(), inputs)

    @cached_property
    def decision(self) -> str:
        """The `calledDecisionId`, or an empty text."""
        given = self.element.find(f"{BPMN}extensionElements/{SPIFF}calledDecisionId")
        return (given.text or "").strip() if given is not None else ""

    @property
    def called(self) -> str:
        """The process that a call activity calls, or an empty text."""
        return (self.element.get("calledElement") or "").strip() if self.kind == "callActivity" else ""


@dataclass(frozen=True, eq=False)
class Flow:
    """A sequence flow whose two ends were found."""

    id: str
    name: str
    source: Node
    target: Node
    #: None: no condition; an empty text: an empty one.
    condition: str | None
    element: Any

    @property
    def ref(self) -> str:
        """Its id, or where it stands when it has none."""
        return self.id or label(self.element)

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name or f"{self.source.title} → {self.target.title}"


@dataclass(eq=False)
class Process:
    """A process of a file with its graph."""

    id: str
    name: str
    element: Any
    properties: Mapping[str, str]
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    #: Sequence flows that lead from or to nothing.
    dangling: list[Any] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """Its id, or where it stands when it has none."""
        return self.id or label(self.element)

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name or self.ref

    @cached_property
    def outgoing(self) -> dict[Node, list[Flow]]:
        """The flows that leave each node, in the order of the file."""
        found: dict[Node, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows:
            found[flow.source].append(flow)
        return found

    @cached_property
    def incoming(self) -> dict[Node, list[Flow]]:
        """The flows that enter each node."""
        found: dict[Node, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows:
            found[flow.target].append(flow)
        return found

    @cached_property
    def successors(self) -> dict[Node, list[Node]]:
        """Who follows whom; a boundary event follows the task that it is attached to."""
        forth = {node: [flow.target for flow in self.outgoing[node]] for node in self.nodes}
        hosts = {node.id: node for node in self.nodes if node.id}
        for node in self.of("boundaryEvent"):
            host = hosts.get(node.element.get("attachedToRef") or "")
            if host is not None:
                forth[host].append(node)
        return forth

    def of(self, *kinds: str) -> list[Node]:
        """Its nodes of these kinds."""
        return [node for node in self.nodes if node.kind in kinds]

    def default(self, node: Node) -> Flow | None:
        """The default flow of a node, when it is one of its own."""
        named = node.element.get("default")
        return next((flow for flow in self.outgoing[node] if named and flow.id == named), None)


@dataclass(eq=False)
class Model:
    """A BPMN file."""

    file: str
    root: Any
    processes: list[Process]
    #: How many XML elements it has.
    size: int


def properties_of(element: Any) -> dict[str, str]:
    """The extension properties of an element; the last of two with one name counts, as in SpiffWorkflow."""
    found = element.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property")
    return {each.get("name") or "": (each.get("value") or "").strip() for each in found}


def read(file: str, root: Any, size: int) -> Model:
    """The model of a parsed file."""
    titles = {each.get("processRef"): each.get("name") for each in root.iter(f"{BPMN}participant") if each.get("name")}
    return Model(file, root, [_process(each, titles) for each in root.iterchildren(f"{BPMN}process")], size)


def _process(element: Any, titles: Mapping[str, str]) -> Process:
    key = element.get("id") or ""
    process = Process(key, titles.get(key) or element.get("name") or "", element, properties_of(element))
    given: dict[str, dict[str, str]] = {}
    for lane in element.iter(f"{BPMN}lane"):
        own = {name: value for name, value in properties_of(lane).items() if name in ("role", "area")}
        for reference in lane.iterchildren(f"{BPMN}flowNodeRef"):
            given.setdefault((reference.text or "").strip(), {}).update(own)
    by_id: dict[str, Node] = {}
    for child in element:
        kind = kind_of(child)
        if kind not in NODES:
            continue
        own = properties_of(child)
        key = child.get("id") or ""
        node = Node(key, (child.get("name") or "").strip(), kind, child, own, {**given.get(key, {}), **own})
        process.nodes.append(node)
        if key:
            by_id.setdefault(key, node)
    for child in element.iterchildren(f"{BPMN}sequenceFlow"):
        source, target = by_id.get(child.get("sourceRef") or ""), by_id.get(child.get("targetRef") or "")
        if source is None or target is None:
            process.dangling.append(child)
            continue
        condition = child.find(f"{BPMN}conditionExpression")
        text = None if condition is None else "".join(condition.itertext()).strip()
        process.flows.append(
            Flow(child.get("id") or "", (child.get("name") or "").strip(), source, target, text, child)
        )
    return process
