"""BPMN drawn in a line of Python, with everything that the lint asks for, so that a test spoils just one thing.

    Model().start().user("visit").xor("agreed").end("done", default=True).at("agreed").end("refused", when="not(ok)")

Each element is connected from the one before it; `at` goes back to another. `to` connects to an element that is
there. A property that is None is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
USER = {"role": "clerk", "area": "township", "form": "note", "due": "3wd", "clause": "test:1"}


class Model:
    """A process under construction."""

    def __init__(self, process: str = "p", *, start: str | None = "system", scheme: str | None = "test") -> None:
        self.process, self.attributes = process, {"isExecutable": "true"}
        self.properties = {"start": start, "scheme": scheme if start else None}
        self.nodes: dict[str, str] = {}
        self.defaults: dict[str, str] = {}
        self.flows: list[tuple[str, str, str, str | None]] = []
        self.lanes: list[tuple[dict[str, str], tuple[str, ...]]] = []
        self.extra, self.outside = "", ""
        self.drawn = True
        self.cursor: str | None = None
        self._parts: dict[str, tuple[str, dict[str, str], dict[str, Any], str, str]] = {}

    # Elements

    def node(
        self,
        tag: str,
        key: str,
        *,
        when: str | None = None,
        default: bool = False,
        name: str | None = None,
        properties: Mapping[str, Any] | None = None,
        extension: str = "",
        inner: str = "",
        linked: bool = True,
        **attributes: str,
    ) -> Model:
        """Any element; `extension` goes into its extensionElements, `inner` below it."""
        given = {k: v for k, v in (properties or {}).items() if v is not None}
        attributes = {"name": key if name is None else name, **attributes}
        self._parts[key] = (tag, attributes, given, extension, inner)
        if linked and self.cursor is not None:
            self.to(key, when=when, default=default)
        self.cursor = key
        return self

    def start(self, key: str = "begun", **more: Any) -> Model:
        """A start event; nothing leads to it."""
        return self.node("startEvent", key, linked=False, **more)

    def end(self, key: str = "done", **more: Any) -> Model:
        """An end event."""
        return self.node("endEvent", key, **more)

    def user(self, key: str, *, when: str | None = None, default: bool = False, **properties: Any) -> Model:
        """A user task with the properties that every one needs, changed by those given (`separate="a"`)."""
        name = properties.pop("name", None)
        return self.node("userTask", key, when=when, default=default, name=name, properties={**USER, **properties})

    def service(
        self,
        key: str,
        operation: str,
        *,
        when: str | None = None,
        default: bool = False,
        inputs: Any = (),
        **properties: Any,
    ) -> Model:
        """A service task; `inputs` are pairs or a dict of name and FEEL."""
        pairs: Iterable[tuple[str, str]] = inputs.items() if isinstance(inputs, dict) else inputs
        given = "".join(
            f'<spiffworkflow:parameter id={quoteattr(n)} type="str" value={quoteattr(v)}/>' for n, v in pairs
        )
        operator = (
            f"<spiffworkflow:serviceTaskOperator id={quoteattr(operation)}><spiffworkflow:parameters>{given}"
            "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        return self.node("serviceTask", key, when=when, default=default, properties=properties, extension=operator)

    def rule(self, key: str, decision: str, **more: Any) -> Model:
        """A business rule task."""
        called = f"<spiffworkflow:calledDecisionId>{escape(decision)}</spiffworkflow:calledDecisionId>"
        return self.node("businessRuleTask", key, extension=called, **more)

    def call(self, key: str, process: str, **more: Any) -> Model:
        """A call activity."""
        return self.node("callActivity", key, calledElement=process, **more)

    def timer(self, key: str, wait: str | None = "7d", **more: Any) -> Model:
        """A timer in the flow."""
        inner = f'<bpmn:timerEventDefinition id="{key}_timer"/>'
        return self.node("intermediateCatchEvent", key, properties={"wait": wait}, inner=inner, **more)

    def xor(self, key: str, **more: Any) -> Model:
        """An exclusive gateway."""
        return self.node("exclusiveGateway", key, **more)

    def parallel(self, key: str, **more: Any) -> Model:
        """A parallel gateway."""
        return self.node("parallelGateway", key, **more)

    # Flows

    def to(self, target: str, *, when: str | None = None, default: bool = False, key: str | None = None) -> Model:
        """A flow from where we stand; it may lead to an element that comes later."""
        number = sum(1 for source, other, _, _ in self.flows if (source, other) == (self.cursor, target))
        key = key or f"{self.cursor}_to_{target}" + (f"_{number + 1}" if number else "")
        self.flows.append((self.cursor or "", target, key, when))
        if default:
            self.defaults[self.cursor or ""] = key
        return self

    def at(self, key: str) -> Model:
        """Goes on from another element."""
        self.cursor = key
        return self

    def lane(self, *keys: str, **properties: str) -> Model:
        """A lane around these elements."""
        self.lanes.append((properties, keys))
        return self

    # Out

    def xml(self) -> bytes:
        """The file."""
        lanes = "".join(
            f'<bpmn:lane id="lane_{n}">{_extension(properties)}'
            + "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in keys)
            + "</bpmn:lane>"
            for n, (properties, keys) in enumerate(self.lanes)
        )
        body = _extension({k: v for k, v in self.properties.items() if v is not None})
        body += f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>' if lanes else ""
        body += "".join(self._node(key, *parts) for key, parts in self._parts.items())
        body += "".join(_flow(*flow) for flow in self.flows)
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {NAMESPACES} id="{self.process}_file">'
            f'{self.outside}<bpmn:process id="{self.process}"{attributes}>{body}{self.extra}</bpmn:process>'
            f"{self._diagram() if self.drawn else ''}</bpmn:definitions>"
        ).encode()

    def _node(
        self, key: str, tag: str, attributes: dict[str, str], given: dict[str, Any], extension: str, inner: str
    ) -> str:
        if key in self.defaults:
            attributes = {**attributes, "default": self.defaults[key]}
        text = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
        return f"<bpmn:{tag} id={quoteattr(key)}{text}>{_extension(given, extension)}{inner}</bpmn:{tag}>"

    def _diagram(self) -> str:
        shapes = "".join(
            f"<bpmndi:BPMNShape id={quoteattr(f'{key}_di')} bpmnElement={quoteattr(key)}>"
            f'<dc:Bounds x="{100 + 150 * n}" y="100" width="100" height="80"/></bpmndi:BPMNShape>'
            for n, key in enumerate(self._parts)
        )
        edges = "".join(
            f"<bpmndi:BPMNEdge id={quoteattr(f'{key}_di')} bpmnElement={quoteattr(key)}>"
            '<di:waypoint x="0" y="0"/><di:waypoint x="9" y="9"/></bpmndi:BPMNEdge>'
            for _, _, key, _ in self.flows
        )
        return (
            f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{self.process}">'
            f"{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        )


def _extension(properties: Mapping[str, Any], more: str = "") -> str:
    given = "".join(
        f"<spiffworkflow:property name={quoteattr(n)} value={quoteattr(str(v))}/>" for n, v in properties.items()
    )
    given = f"<spiffworkflow:properties>{given}</spiffworkflow:properties>" if given else ""
    return f"<bpmn:extensionElements>{more}{given}</bpmn:extensionElements>" if given or more else ""


def _flow(source: str, target: str, key: str, when: str | None) -> str:
    condition = "" if when is None else f"<bpmn:conditionExpression>{escape(when)}</bpmn:conditionExpression>"
    return (
        f"<bpmn:sequenceFlow id={quoteattr(key)} sourceRef={quoteattr(source)} targetRef={quoteattr(target)}>"
        f"{condition}</bpmn:sequenceFlow>"
    )


def form(*fields: dict[str, Any]) -> bytes:
    """A form-js schema; without fields a note and a yes/no that goes to the flow as `ok`."""
    note = {"type": "textfield", "key": "note", "label": "备注"}
    given = list(fields) or [note, boolean("ok")]
    return json.dumps({"type": "default", "schemaVersion": 18, "id": "note", "components": given}).encode()


def boolean(key: str) -> dict[str, Any]:
    """A yes/no that goes to the flow."""
    values = [{"label": "是", "value": "true"}, {"label": "否", "value": "false"}]
    properties = {"flow": "true", "type": "boolean"}
    return {"type": "radio", "key": key, "label": key, "values": values, "properties": properties}


def number(key: str) -> dict[str, Any]:
    """A number that goes to the flow."""
    return {"type": "number", "key": key, "label": key, "properties": {"flow": "true"}}


def choice(key: str, *values: str) -> dict[str, Any]:
    """A choice whose text goes to the flow."""
    options = [{"label": value, "value": value} for value in values]
    return {"type": "select", "key": key, "label": key, "values": options, "properties": {"flow": "true"}}


def files(*models: Model, **forms: bytes) -> dict[str, bytes]:
    """A release: each model a file, the form `note`, and further forms by name."""
    given = {f"{model.process}.bpmn": model.xml() for model in models}
    return {**given, "forms/note.form": form(), **{f"forms/{name}.form": data for name, data in forms.items()}}
