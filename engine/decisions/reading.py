"""Reading DMN files (any DMN namespace) into decisions."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.decisions.model import Column, Decision, Example, Row
from engine.releases import xml

#: The namespace of our own elements in a decision's `extensionElements`: `given` and `test` (docs/decisions.md).
DOUDI = "https://doudi.example/schema/dmn"


def parse(data: bytes) -> list[Decision]:
    """The decisions of a DMN file (any DMN namespace). Raises Unparsable when it is no XML."""
    root = xml.parse(data)
    return [_decision(node) for node in root.iter() if _tag(node) == "decision"]


def _decision(node: Any) -> Decision:
    key, name = node.get("id") or "", node.get("name") or node.get("id") or ""
    own = _child(node, "extensionElements")
    table, literal = _child(node, "decisionTable"), _child(node, "literalExpression")
    if table is None:
        variable = _child(node, "variable")
        return Decision(
            key,
            name,
            "",
            (),
            (),
            (),
            expression=_text(literal) if literal is not None else "",
            variable=(variable.get("name") if variable is not None else None) or key,
            type=(variable.get("typeRef") if variable is not None else None) or "",
            description=_text(_child(node, "description")),
            given=_pairs(own, "given"),
            examples=_examples(own),
        )
    inputs = tuple(
        Column(
            each.get("id") or "",
            each.get("label") or _text(_child(each, "inputExpression")),
            _text(_child(each, "inputExpression")),
            (_child(each, "inputExpression").get("typeRef") if _child(each, "inputExpression") is not None else "")
            or "",
            _text(_child(each, "inputValues")),
        )
        for each in _children(table, "input")
    )
    outputs = tuple(
        Column(each.get("id") or "", each.get("label") or "", each.get("name") or key, each.get("typeRef") or "")
        for each in _children(table, "output")
    )
    rows = tuple(
        Row(
            each.get("id") or str(number),
            tuple(_text(cell) or "-" for cell in _children(each, "inputEntry")),
            tuple(_text(cell) for cell in _children(each, "outputEntry")),
            " ".join(_text(cell) for cell in _children(each, "annotationEntry")) or _text(_child(each, "description")),
        )
        for number, each in enumerate(_children(table, "rule"), 1)
    )
    return Decision(
        key,
        name,
        table.get("hitPolicy") or "UNIQUE",
        inputs,
        outputs,
        rows,
        aggregation=table.get("aggregation") or "",
        description=_text(_child(node, "description")),
        given=_pairs(own, "given"),
        examples=_examples(own),
    )


def _examples(own: Any) -> tuple[Example, ...]:
    return tuple(
        Example(each.get("name") or "", _pairs(each, "given"), _pairs(each, "expect"))
        for each in _children(own, "test")
        if etree.QName(each).namespace == DOUDI
    )


def _pairs(node: Any, tag: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.get("name") or "", (each.get("value") or "").strip())
        for each in _children(node, tag)
        if etree.QName(each).namespace == DOUDI
    )


def _tag(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _children(node: Any, tag: str) -> list[Any]:
    return [each for each in node if _tag(each) == tag] if node is not None else []


def _child(node: Any, tag: str) -> Any:
    return next(iter(_children(node, tag)), None)


def _text(node: Any) -> str:
    if node is None:
        return ""
    inner = _child(node, "text")
    return ((inner if inner is not None else node).text or "").strip()
