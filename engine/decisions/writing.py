"""Putting test rows into a DMN file: everything else of the file stays as it was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from engine.decisions.model import Example
from engine.decisions.reading import DOUDI
from engine.errors import Unparsable
from engine.releases import xml

Pairs = Sequence[tuple[str, str]]


def with_examples(data: bytes, decision_id: str, given: Pairs, examples: Sequence[Example]) -> bytes:
    """The file with these test rows instead of its own. Unparsable when it is no XML or has no such decision."""
    root = xml.parse(data)
    decision = next((node for node in root.iter() if _tag(node) == "decision" and node.get("id") == decision_id), None)
    if decision is None:
        raise Unparsable(f"文件里没有标识为“{decision_id}”的决策，请不要改它的标识。")
    namespace = etree.QName(decision).namespace
    own = next((node for node in decision if _tag(node) == "extensionElements"), None)
    if own is None:
        own = etree.Element(f"{{{namespace}}}extensionElements")
        # DMN wants it behind the description and before everything else.
        decision.insert(1 if len(decision) and _tag(decision[0]) == "description" else 0, own)
    for node in list(own):
        if isinstance(node.tag, str) and etree.QName(node).namespace == DOUDI:
            own.remove(node)
    _pairs(own, "given", given)
    for example in examples:
        test = etree.SubElement(own, f"{{{DOUDI}}}test", {"name": example.name}, nsmap={"doudi": DOUDI})
        _pairs(test, "given", example.given)
        _pairs(test, "expect", example.expected)
    if not len(own):
        decision.remove(own)
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _pairs(holder: Any, tag: str, pairs: Pairs) -> None:
    for name, value in pairs:
        etree.SubElement(holder, f"{{{DOUDI}}}{tag}", {"name": name, "value": value}, nsmap={"doudi": DOUDI})


def _tag(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""
