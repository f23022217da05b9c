"""Two states of a catalogue (clocks, clauses, mandatory steps, grounds …): its entries and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine.calendar.lengths import Length
from engine.errors import Invalid, Unparsable
from engine.releases.diff.changes import Change, Part, Words, compare_parts
from engine.releases.xml import LARGEST

LABELS = {
    "length": "期限",
    "warn": "提前提醒",
    "ladder": "催办",
    "clause": "依据条款",
    "kind": "种类",
    "note": "说明",
    "pauses": "可以暂停的原因",
    "status": "效力",
    "gist": "要点",
    "number": "文号",
    "from": "施行日",
    "to": "失效日",
    "source": "来源",
    "message": "提示",
    "before": "必须在其之前",
    "needs": "必须先办",
    "people": "至少几人",
    "schemes": "适用类别",
    "except": "不适用类别",
    "when": "适用条件",
    "text": "文字",
    "uses": "用途",
    "test": "判断",
    "code": "编号",
}
#: What an entry of a list is known by.
NAMES = ("id", "name", "code", "key", "title")
DEEPEST = 12


class CatalogueWords(Words):
    def value(self, key: str, text: str) -> str:
        if key.rpartition(".")[2] in ("length", "warn"):
            try:
                return Length.parse(text).words
            except Invalid:
                return text
        return text


def compare(old: bytes, new: bytes, entry: str) -> list[Change]:
    """What differs; `entry` is what one entry is called. Unparsable when one is no JSON."""
    return list(compare_parts(_parts(_read(old), entry), _parts(_read(new), entry), CatalogueWords(LABELS)))


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        raise Unparsable("不是有效的 JSON 文件。") from None


def _parts(given: Any, entry: str) -> Iterator[Part]:
    """Entries are what holds plain values: groups of groups are walked through."""
    stack: list[tuple[str, Any, int]] = [("", given, 0)]
    while stack:
        key, one, depth = stack.pop()
        children = _children(one)
        group = isinstance(one, dict | list) and bool(children) and all(isinstance(each, dict) for _, each in children)
        if group and depth < 2:
            stack += [(f"{key}/{name}" if key else name, each, depth + 1) for name, each in reversed(children)]
            continue
        title = str(one.get("title") or one.get("name") or "") if isinstance(one, dict) else ""
        yield Part(key, title or key, entry, dict(_flat(one)))


def _children(one: Any) -> list[tuple[str, Any]]:
    """What stands in a group or a list, each under the name that it is known by."""
    if isinstance(one, dict):
        return [(str(key), each) for key, each in one.items()]
    if not isinstance(one, list):
        return []
    found = []
    for number, each in enumerate(one, 1):
        known = next((str(each[name]) for name in NAMES if each.get(name)), "") if isinstance(each, dict) else ""
        found.append((known or str(number), each))
    return found


def _flat(one: Any) -> Iterator[tuple[str, str]]:
    """{path: plain value}; a list of plain values is one."""
    stack: list[tuple[str, Any, int]] = [("", one, 0)]
    while stack:
        path, value, depth = stack.pop()
        plain_list = isinstance(value, list) and not any(isinstance(each, dict | list) for each in value)
        if plain_list:
            yield path or "内容", "、".join(map(str, value))
        elif isinstance(value, dict | list) and depth < DEEPEST:
            inside = [(key, each) for key, each in _children(value) if depth or key not in ("title",)]
            stack += [(f"{path}.{key}" if path else key, each, depth + 1) for key, each in reversed(inside)]
        elif value is not None and value != "":
            yield path or "内容", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
