"""Reads YAML as people write it by hand: no guessed dates, hours or yes/no, no anchors, no key twice, only data."""

from __future__ import annotations

import re
from typing import Any

import yaml

#: What a scenario may weigh: it is read by people.
LARGEST = 256 * 1024
DEEPEST = 12


class Unreadable(Exception):
    """What is wrong with the text, in words, with its line where there is one."""


class _Loader(yaml.SafeLoader):
    """Plain words stay text: YAML would make a number of minutes of 10:30 and a yes of `on`."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 -- PyYAML reads it from the class

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise Unreadable(f"{_line(self.peek_event().start_mark)}不能用锚点（* 和 &），请写全。")
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"{_line(self.peek_event().start_mark)}嵌套太深。")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable(f"{_line(key.start_mark)}冒号前面只能写一个词。")
            if key.value in seen:
                raise Unreadable(f"{_line(key.start_mark)}“{key.value}”写了两次。")
            seen.add(key.value)
            key.tag = "tag:yaml.org,2002:str"  # A name stays the text that it is.
        return super().construct_mapping(node, deep=True)


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]+$"), list("-0123456789")
)


def load(data: bytes) -> Any:
    """The data of one YAML document: mappings, lists, texts, numbers, booleans, None. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(f"文件太大，最多 {LARGEST // 1024} KB。")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("文件不是 UTF-8 编码，请另存为 UTF-8 后再用。") from None
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except Unreadable:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"{_line(mark)}写法有误，请检查缩进、冒号和引号。") from None
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        raise Unreadable("写法有误，请检查缩进、冒号、引号和看不见的字符。") from None


def _line(mark: Any) -> str:
    return f"第{mark.line + 1}行：" if mark is not None else ""
