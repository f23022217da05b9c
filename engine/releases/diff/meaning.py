"""Whether two files say the same, however they are drawn or written: the last question, asked of everything in them."""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import PurePosixPath
from typing import Any

from engine.errors import Unparsable
from engine.releases import xml

#: Where drawings say where things stand; editors write these anew each time.
_DRAWN = ("/DI", "/DC", "DMNDI")
_WRITTEN_BY = ("exporter", "exporterVersion", "{http://www.omg.org/spec/BPMN/20100524/MODEL}exporter")


def same(path: str, old: bytes, new: bytes) -> bool:
    """Whether nothing but layout, blanks and the order of names tells them apart. What cannot be read says the same
    only when it is the same."""
    suffix = PurePosixPath(path).suffix
    try:
        if suffix in (".bpmn", ".dmn"):
            return _element(xml.parse(old)) == _element(xml.parse(new))
        if suffix in (".form", ".json"):
            return _value(json.loads(old)) == _value(json.loads(new))
    except (Unparsable, ValueError, RecursionError):
        pass
    return old.split() == new.split()


def _element(element: Any) -> Hashable:
    """An element with all that it says. Lines name their ends, so lists of `incoming` and `outgoing` say nothing."""
    inside = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        space, _, name = child.tag.rpartition("}")
        if not space.endswith(_DRAWN) and "DMNDI" not in space and name not in ("incoming", "outgoing"):
            inside.append(_element(child))
            tail = (child.tail or "").strip()
            if tail:
                inside.append(tail)
    given = tuple(sorted((name, value) for name, value in element.attrib.items() if name not in _WRITTEN_BY))
    return element.tag, given, (element.text or "").strip(), tuple(inside)


def _value(value: Any) -> Any:
    """A value without where a form places its fields."""
    if isinstance(value, dict):
        return {key: _value(each) for key, each in value.items() if key != "layout"}
    return [_value(each) for each in value] if isinstance(value, list) else value
