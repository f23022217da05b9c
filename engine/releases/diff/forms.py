"""Two states of a form: its fields, what they ask, in which order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import Unparsable
from engine.releases.diff.changes import Change, Part, Words, compare_parts, cut, reordered
from engine.releases.xml import LARGEST

TYPES = {
    "textfield": "文本框",
    "textarea": "多行文本框",
    "number": "数字框",
    "datetime": "日期时间框",
    "checkbox": "勾选框",
    "select": "下拉选择",
    "radio": "单选",
    "checklist": "多选",
    "taglist": "标签多选",
    "filepicker": "附件",
    "expression": "计算项",
    "group": "分组",
    "dynamiclist": "可增减的列表",
    "table": "表格",
    "text": "说明文字",
    "image": "图片",
    "separator": "分隔线",
}
WORDS = Words(
    {
        "key": "数据名",
        "path": "数据名",
        "validate.required": "必填",
        "validate.min": "最小值",
        "validate.max": "最大值",
        "validate.minLength": "最少字数",
        "validate.maxLength": "最多字数",
        "validate.pattern": "格式",
        "validate.": "校验",
        "conditional.hide": "不显示的条件",
        "conditional.": "显示条件",
        "properties.flow": "交给流程",
        "properties.check": "核对规则",
        "properties.message": "核对提示",
        "properties.prefill": "自动带入",
        "properties.kind": "内容种类",
        "properties.": "设置",
        "option.": "选项",
        "description": "提示",
        "text": "文字",
        "expression": "计算公式",
        "within": "所在分组",
        "readonly": "只读",
        "disabled": "停用",
        "defaultValue": "默认值",
    },
    {"validate.required": {"true": "是", "false": "否"}, "properties.flow": {"true": "是"}},
)
#: Where a field stands on its row is no question of what is asked.
_LAYOUT = ("layout", "id", "type", "label", "components", "values")


def compare(old: bytes, new: bytes) -> list[Change]:
    """What differs between two forms; Unparsable when one is none."""
    before, after = list(_parts(_read(old))), list(_parts(_read(new)))
    found = list(compare_parts(before, after, WORDS))
    if reordered([each.id for each in before], [each.id for each in after]):
        both = {each.id for each in before} & {each.id for each in after}
        shown = cut("、".join(each.name or each.id for each in after if each.id in both), 400)
        found.append(Change("", "", "moved", f"字段的次序有变，现在是：{shown}"))
    return found


def _read(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("components"), list):
        raise Unparsable("不是表单文件。")
    return found


def _parts(form: Mapping[str, Any]) -> Iterator[Part]:
    """The form itself, then its fields from top to bottom."""
    own = {key: _plain(value) for key, value in form.items() if key != "components" and isinstance(key, str)}
    yield Part("", str(form.get("id") or ""), "表单", own)
    stack: list[tuple[Any, str]] = [(each, "") for each in reversed(form["components"])]
    while stack:
        one, within = stack.pop()
        if not isinstance(one, dict):
            continue
        part = _field(one, within)
        yield part
        inside = one.get("components")
        if isinstance(inside, list):
            stack += [(each, part.name or part.id) for each in reversed(inside)]


def _field(one: Mapping[str, Any], within: str) -> Part:
    given: dict[str, str] = {"within": within}
    for key, value in one.items():
        if key in ("validate", "conditional", "properties") and isinstance(value, dict):
            given |= {f"{key}.{name}": _plain(each) for name, each in value.items()}
        elif key not in _LAYOUT:
            given[key] = _plain(value)
    values = one.get("values")
    options = [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
    given |= {f"option.{each.get('value')}": str(each.get("label") or "") for each in options}
    key = str(one.get("id") or one.get("key") or one.get("path") or one.get("type") or "")
    name = str(one.get("label") or one.get("key") or "")
    kind = TYPES.get(str(one.get("type")), str(one.get("type")))
    if kind == TYPES["text"]:
        name = ""
    order = tuple(str(each.get("value")) for each in options)
    return Part(key, name, kind, {key: value for key, value in given.items() if value}, order=order)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
