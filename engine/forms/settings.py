"""Doudi's own settings of a component, which form-js keeps in its `properties`: all values are text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

KINDS = {"id_number": "身份证号码", "phone": "电话号码", "bank_account": "银行账号", "person_name": "姓名"}
KNOWN = frozenset(
    {"flow", "kind", "money", "check", "message", "prefill", "from", "type", "show"}
    | {"min_rows", "max_rows", "pattern_message", "by_id"}
)
_SOURCE = re.compile(r"([a-z][a-z0-9_]*)\.([^\W\d]\w*)")
_BY_ID = re.compile(r"([^\W\d]\w*)\.(birth|sex|home)")
#: What may take which part of an ID number.
_TAKES = {"birth": ("datetime",), "sex": ("textfield", "select", "radio"), "home": ("textfield",)}
_VIEW = re.compile(r"[a-z][a-z0-9_]*")
Tell = Callable[[str, str], None]


def read(component: dict[str, Any], found: dict[str, Any], tell: Tell, in_list: bool) -> None:
    """Adds what `properties` says to the field's arguments and tells every fault."""
    kind = found["type"]
    given = component.get("properties") or {}
    if not isinstance(given, dict):
        tell("settings", "自定义属性应是一组名称和值")
        return
    for name, value in given.items():
        if name not in KNOWN:
            tell("unknown-setting", f"不认识的属性“{name}”，请删除或改正拼写")
        elif not isinstance(value, str):
            tell("setting-text", f"属性“{name}”的值应是文本")
    text = {k: v.strip() for k, v in given.items() if isinstance(v, str)}
    for name in ("check", "message", "prefill", "show", "pattern_message"):
        found[name] = text.get(name, "")
    if found["message"] and not found["check"]:
        tell("message", "写了 message 却没有 check，请补上要核验的表达式")
    if found["check"] and not found["message"]:
        tell("message", "有 check 就要有 message，告诉填写的人怎么改")
    _kind(kind, text, found, tell)
    _types(kind, text, found, tell)
    _flow(kind, text, found, tell, in_list)
    if "by_id" in text:
        match = _BY_ID.fullmatch(text["by_id"])
        if match and kind in _TAKES[match[2]]:
            found["by_id"] = (match[1], match[2])
        else:
            tell("by_id", "by_id 应写成“字段.birth”“字段.sex”或“字段.home”，分别写在日期、单选或文本、文本上")
    if "from" in text:
        match = _SOURCE.fullmatch(text["from"])
        if match and not in_list:
            found["source"] = (match[1], match[2])
        else:
            tell("from", "from 应写成“任务标识.字段”，且不能写在列表的行里")
    if text.get("prefill") and in_list:
        tell("prefill", "列表的行里不能写 prefill")
    if found["show"] and (kind not in ("table", "text") or not _VIEW.fullmatch(found["show"])):
        tell("show", "show 只能写在表格或文字上，取值是一个视图的名称，如 household")
    for name in ("min_rows", "max_rows"):
        if name in text:
            if kind != "dynamiclist" or not text[name].isdecimal() or int(text[name]) > 200:
                tell(name, f"{name} 只能写在列表上，是 0 到 200 的整数")
            else:
                found[name] = int(text[name])
    if found.get("min_rows", 0) > found.get("max_rows", 50):
        tell("max_rows", "min_rows 不能大于 max_rows")


def _kind(kind: str, text: dict[str, str], found: dict[str, Any], tell: Tell) -> None:
    if "kind" not in text:
        return
    if text["kind"] not in KINDS:
        tell("kind", f"不认识的 kind“{text['kind']}”，可用 {'、'.join(KINDS)}")
    elif kind != "textfield":
        tell("kind", "kind 只能写在单行文本上")
    else:
        found["kind"] = text["kind"]


def _types(kind: str, text: dict[str, str], found: dict[str, Any], tell: Tell) -> None:
    if "money" in text:
        if text["money"] != "yuan" or kind not in ("number", "expression"):
            tell("money", "money 只能写 yuan，且只能写在数字或计算项上")
        else:
            found["money"], found["result"] = True, "number"
    wanted = text.get("type")
    if wanted is None:
        return
    if kind == "expression" and wanted in ("number", "text", "boolean"):
        found["result"] = wanted
    elif wanted == "boolean" and kind in ("radio", "select"):
        found["boolean"] = True
        if sorted(o.value for o in found.get("options", ())) != ["false", "true"]:
            tell("boolean-options", "type 为 boolean 时，选项的值应正好是 true 和 false")
    else:
        tell("type", "type 只能在单选、下拉上写 boolean，或在计算项上写 number、text、boolean")


def _flow(kind: str, text: dict[str, str], found: dict[str, Any], tell: Tell, in_list: bool) -> None:
    if text.get("flow", "false") not in ("true", "false"):
        tell("flow", "flow 只能写 true 或 false")
    if text.get("flow") != "true":
        return
    if in_list or kind not in (
        "textfield",
        "textarea",
        "number",
        "datetime",
        "select",
        "radio",
        "checkbox",
        "expression",
    ):
        tell("flow", "只有单个的值能传给流程，列表、多选、附件和行内的项不能")
    elif found.get("kind"):
        tell("flow-secret", "身份证号、电话、账号、姓名不传给流程")
    else:
        found["flow"] = True
