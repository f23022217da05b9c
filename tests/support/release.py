"""Small releases for tests, written as text: one line a node or a flow.

start s; user a; xor g; user b people=2; end e
s > a > g
g > b : ok = true
g > e : default
"""

from __future__ import annotations

import json
from itertools import pairwise
from xml.sax.saxutils import quoteattr

HEAD = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "service": "serviceTask",
    "rule": "businessRuleTask",
    "call": "callActivity",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "timer": "intermediateCatchEvent",
}
USER = {"role": "clerk", "area": "township", "form": "note", "due": "3wd", "clause": "test:1"}


def form(*fields: dict[str, object]) -> bytes:
    """A form-js schema; without fields a note and a yes/no that goes to the flow as `ok`."""
    components = list(fields) or [
        {"type": "textfield", "key": "note", "label": "备注"},
        {
            "type": "radio",
            "key": "ok",
            "label": "是否同意",
            "values": [{"label": "是", "value": "true"}, {"label": "否", "value": "false"}],
            "properties": {"flow": "true", "type": "boolean"},
        },
    ]
    return json.dumps({"type": "default", "schemaVersion": 18, "id": "note", "components": components}).encode()


def process(process_id: str, text: str, **properties: str) -> bytes:
    """BPMN of one process from the notation above."""
    nodes: dict[str, tuple[str, dict[str, str]]] = {}
    flows: list[tuple[str, str, str]] = []
    for line in filter(None, (part.strip() for row in text.splitlines() for part in _parts(row))):
        if ">" in line.split(":")[0]:
            path, _, said = line.partition(" : ")
            stops = [stop.strip() for stop in path.split(">")]
            flows += [(a, b, said.strip()) for a, b in pairwise(stops)]
        else:
            kind, key, *rest = line.split(None, 2)
            nodes[key] = (kind, dict(each.split("=", 1) for each in rest[0].split("|")) if rest else {})
    body = "".join(_node(key, *given, flows) for key, given in nodes.items())
    body += "".join(_flow(number, *flow) for number, flow in enumerate(flows))
    return (
        f'<bpmn:definitions {HEAD}><bpmn:process id="{process_id}" isExecutable="true">'
        f"{_properties(properties)}{body}</bpmn:process></bpmn:definitions>"
    ).encode()


def _parts(row: str) -> list[str]:
    return row.split(";") if ">" not in row else [row]


def _properties(properties: dict[str, str], more: str = "") -> str:
    if not properties and not more:
        return ""
    inner = "".join(
        f"<spiffworkflow:property name={quoteattr(n)} value={quoteattr(v)}/>" for n, v in properties.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{inner}</spiffworkflow:properties>{more}</bpmn:extensionElements>"
    )


def _node(key: str, kind: str, given: dict[str, str], flows: list[tuple[str, str, str]]) -> str:
    tag, attributes, inner, more = TAGS[kind], "", "", ""
    if kind == "user":
        given = {**USER, **given}
    if kind == "xor":
        default = [n for n, flow in enumerate(flows) if flow[0] == key and flow[2] == "default"]
        attributes = f' default="f{default[0]}"' if default else ""
    if kind == "call":
        attributes = f' calledElement="{given.pop("process")}"'
    if kind == "timer":
        inner = f'<bpmn:timerEventDefinition id="{key}_timer"/>'
    if kind == "service":
        more = (
            f'<spiffworkflow:serviceTaskOperator id="{given.pop("do")}">'
            "<spiffworkflow:parameters/></spiffworkflow:serviceTaskOperator>"
        )
    if kind == "rule":
        more = f"<spiffworkflow:calledDecisionId>{given.pop('decide')}</spiffworkflow:calledDecisionId>"
    name = given.pop("name", key)
    return f'<bpmn:{tag} id="{key}" name="{name}"{attributes}>{_properties(given, more)}{inner}</bpmn:{tag}>'


def _flow(number: int, source: str, target: str, said: str) -> str:
    condition = f"<bpmn:conditionExpression><![CDATA[{said}]]></bpmn:conditionExpression>"
    if said in ("", "default"):
        condition = ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="f{number}" {ends}>{condition}</bpmn:sequenceFlow>'
