"""Reads a form-js schema into a `Form`; every fault is collected, so that an author sees them all at once."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from engine.forms import expressions, patterns, settings
from engine.forms.model import CHOICES, KEYED, TYPES, Column, Field, Form, Option
from engine.forms.problems import Problem

LARGEST = 256 * 1024
DEEPEST = 6
MOST = 500
OWN_NAMES = frozenset({"csrf_token", "parameters", "today", "this", "parent", "i"}) | (
    expressions.WORDS - {"item", "partial"}
)


def load(data: bytes, name: str) -> tuple[Form | None, list[Problem]]:
    """The form, or None with all its problems."""
    if len(data) > LARGEST:
        return None, [Problem(name, "size", "表单文件超过 256 KB，请拆成几张表单")]
    try:
        schema = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None, [Problem(name, "json", "表单文件不是有效的 JSON，请在表单设计器里重新导出")]
    return parse(schema, name)


def parse(schema: object, name: str) -> tuple[Form | None, list[Problem]]:
    """The same from JSON that is already read."""
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return None, [Problem(name, "schema", "表单文件缺少 components，请在表单设计器里重新导出")]
    loader = _Loader(name)
    fields = loader.components(schema["components"], 1, in_list=False)
    loader.scope(fields)
    loader.flow(fields)
    if not any(True for _ in fields):
        loader.tell(name, "empty", "表单里没有任何项")
    if loader.problems:
        return None, loader.problems
    form_id = schema.get("id")
    return Form(name, form_id if isinstance(form_id, str) else name, fields), []


def _no_constant(word: str) -> None:
    raise ValueError(word)


class _Loader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.count = 0
        self.ids: set[str] = set()

    def tell(self, element: str, rule: str, message: str) -> None:
        self.problems.append(Problem(element, rule, message))

    def components(self, given: list[Any], depth: int, in_list: bool) -> tuple[Field, ...]:
        found = []
        for number, one in enumerate(given, 1):
            self.count += 1
            if self.count > MOST:
                if self.count == MOST + 1:
                    self.tell(self.name, "size", f"一张表单最多 {MOST} 项，请拆成几张表单")
                break
            if not isinstance(one, dict):
                self.tell(f"{self.name}#{number}", "component", "这一项不是组件")
                continue
            field = self.component(one, number, depth, in_list)
            if field is not None:
                found.append(field)
        return tuple(found)

    def component(self, one: dict[str, Any], number: int, depth: int, in_list: bool) -> Field | None:
        kind, key = one.get("type"), one.get("path" if one.get("type") in ("group", "dynamiclist") else "key")
        element = next((x for x in (key, one.get("id")) if isinstance(x, str) and x), f"{self.name}#{number}")

        def tell(rule: str, message: str) -> None:
            self.tell(element, rule, message)

        if kind not in TYPES:
            tell("type", f"不认识的组件类型“{kind}”，请删除")
            return None
        identity = one.get("id") if isinstance(one.get("id"), str) and one.get("id") else f"{kind}_{self.count}"
        if identity in self.ids:
            identity = f"{identity}_{self.count}"
        self.ids.add(identity)
        found: dict[str, Any] = {"type": kind, "id": identity, "key": self.key(kind, key, tell)}
        for name, at in (
            ("label", "label"),
            ("description", "description"),
            ("text", "text"),
            ("alt", "alt"),
            ("source_url", "source"),
            ("accept", "accept"),
            ("expression", "expression"),
            ("data_source", "dataSource"),
        ):
            found[name] = _text(one, at, tell)
        if kind == "datetime":
            found["label"] = found["label"] or _text(one, "dateLabel", tell) or _text(one, "timeLabel", tell)
        if found["label"].startswith("="):
            tell("label", "标签应是文字，不能是表达式")
        if kind in KEYED - {"expression"} and not found["label"]:
            tell("label", "请写标签，填写的人要知道填什么")
        found["hide"] = expressions.bare(_text(one.get("conditional") or {}, "hide", tell))
        for name in ("readonly", "disabled", "multiple"):
            if not isinstance(one.get(name, False), bool):
                tell(name, f"{name} 只能是 true 或 false")
            found[name] = one.get(name) is True
        self.choices(one, kind, found, tell)
        self.limits(one, kind, found, tell)
        _place(one, found)
        found["default"] = one.get("defaultValue")
        settings.read(one, found, tell, in_list)
        self.feel(found, tell)
        if kind in ("group", "dynamiclist"):
            if depth >= DEEPEST:
                tell("depth", f"分组和列表最多嵌套 {DEEPEST - 1} 层")
            else:
                inner = one.get("components")
                if not isinstance(inner, list) or not inner:
                    tell("empty", "分组或列表里没有任何项")
                    inner = []
                children = self.components(inner, depth + 1, in_list or kind == "dynamiclist")
                found["children"] = children
                if found["key"]:
                    self.scope(children)
        return Field(**found)

    def key(self, kind: str, key: object, tell: settings.Tell) -> str:
        needed = kind in KEYED or kind == "dynamiclist"
        if key in (None, ""):
            if needed and kind != "expression":
                tell("missing-key", "缺少键名（key 或 path），没有键名的项存不下来")
            return ""
        if kind not in KEYED and kind not in ("group", "dynamiclist"):
            return ""
        if key == "typename":
            tell("typename", "不能使用键名 typename，请换一个")
        elif not isinstance(key, str) or not key.isidentifier() or key.startswith("_") or len(key) > 60:
            tell("key", f"键名“{key}”只能用字母、汉字、数字和下划线，且不以数字或下划线开头")
        elif key in OWN_NAMES:
            tell("key", f"键名“{key}”是系统保留的，请换一个")
        else:
            return key
        return ""

    def choices(self, one: dict[str, Any], kind: str, found: dict[str, Any], tell: settings.Tell) -> None:
        if kind == "table":
            found["table_columns"] = tuple(
                Column(c["key"], str(c.get("label") or c["key"]))
                for c in one.get("columns") or ()
                if isinstance(c, dict) and isinstance(c.get("key"), str)
            )
        if kind not in CHOICES:
            return
        values = one.get("values")
        if one.get("valuesKey") or one.get("valuesExpression") or not isinstance(values, list) or not values:
            tell("options", "请逐条写出选项（不支持来自数据或表达式的选项）")
            return
        options = []
        for value in values[:500]:
            word = value.get("value") if isinstance(value, dict) else None
            text = value.get("label") if isinstance(value, dict) else None
            if not isinstance(word, str) or not word.strip() or not isinstance(text, str) or not text.strip():
                tell("options", "每个选项都要有文字和值，值是文本")
                return
            options.append(Option(text.strip(), word))
        twice = [w for w, n in Counter(o.value for o in options).items() if n > 1]
        if twice or len(values) > 500:
            tell("options", f"选项的值重复：{'、'.join(twice)}" if twice else "选项最多 500 个")
        found["options"] = tuple(options)

    def limits(self, one: dict[str, Any], kind: str, found: dict[str, Any], tell: settings.Tell) -> None:
        rules = one.get("validate") or {}
        if not isinstance(rules, dict):
            tell("validate", "校验规则写法有误，请在表单设计器里重新设置")
            return
        found["required"] = rules.get("required") is True
        for name, at in (("min_length", "minLength"), ("max_length", "maxLength")):
            found[name] = _whole(rules, at, tell)
        for name, holder, at in (
            ("minimum", rules, "min"),
            ("maximum", rules, "max"),
            ("step", one, "increment"),
        ):
            found[name] = _decimal(holder, at, tell)
        if found["step"] is not None and found["step"] <= 0:
            tell("increment", "步长应大于 0")
        if kind == "number":
            found["decimals"] = _whole(one, "decimalDigits", tell)
        pattern = rules.get("pattern")
        if rules.get("validationType") == "email":
            found["email"] = True
        if isinstance(pattern, str) and pattern and rules.get("validationType", "custom") in ("custom", ""):
            fault = patterns.check(pattern)
            if fault:
                tell("pattern", fault)
            found["pattern"] = pattern
        adders = one.get("appearance") or {}
        found["prefix"], found["suffix"] = (
            _text(adders, "prefixAdder", tell),
            _text(adders, "suffixAdder", tell),
        )
        if kind == "datetime":
            found["subtype"] = one.get("subtype") or "date"
            if found["subtype"] not in ("date", "time", "datetime"):
                tell("subtype", "日期时间的类型应是 date、time 或 datetime")
            found["not_past"] = one.get("disallowPassedDates") is True
        if kind == "dynamiclist":
            first = one.get("defaultRepetitions", 1)
            found["first_rows"] = first if isinstance(first, int) and 0 <= first <= 50 else 1

    def feel(self, found: dict[str, Any], tell: settings.Tell) -> None:
        field = Field(**found)
        if field.type == "expression" and not expressions.bare(field.expression):
            tell("expression", "计算项没有表达式")
        if any(t[:1] in "#/" for t in expressions.templates(field.text)):
            tell("text", "文字里只能用 {{表达式}}，不支持循环和条件块")
            return
        for expression in field.all_expressions:
            fault = expressions.check(expression) if expressions.bare(expression) else None
            if fault:
                tell("feel", f"表达式“{expression}”写法有误：{fault}")

    def scope(self, fields: tuple[Field, ...]) -> None:
        """One name may stand once in one object; groups without a path share their parent's."""
        seen: Counter[str] = Counter()
        here: dict[str, Field] = {}

        def gather(some: tuple[Field, ...]) -> None:
            for one in some:
                if one.key:
                    seen[one.key] += 1
                    here[one.key] = one
                if one.type == "group" and not one.key:
                    gather(one.children)

        gather(fields)
        for key, times in seen.items():
            if times > 1:
                self.tell(key, "duplicate-key", f"键名“{key}”用了 {times} 次，请改成不同的名称")
        for one in here.values():
            if one.by_id is not None:
                self.by_id(one, here.get(one.by_id[0]))

    def by_id(self, one: Field, number: Field | None) -> None:
        """What takes its value from an ID number stands beside one and can hold it."""
        if number is None or number.kind != "id_number":
            self.tell(one.key, "by_id", f"“{one.title}”的 by_id 要指向同一组里 kind 为 id_number 的字段")
        if one.type == "datetime" and one.subtype != "date":
            self.tell(one.key, "by_id", f"“{one.title}”要取出生日期，类型应是 date")
        if one.options and {"男", "女"} - {each.label for each in one.options}:
            self.tell(one.key, "by_id", f"“{one.title}”要取性别，选项里应有“男”和“女”")

    def flow(self, fields: tuple[Field, ...]) -> None:
        form = Form(self.name, "", fields)
        for key, times in Counter(f.key for f in form.walk() if f.flow).items():
            if times > 1:
                self.tell(key, "duplicate-flow", f"传给流程的“{key}”有 {times} 项，请改成不同的名称")


def _text(holder: object, at: str, tell: settings.Tell) -> str:
    value = holder.get(at) if isinstance(holder, dict) else None
    if value is None:
        return ""
    if not isinstance(value, str):
        tell(at, f"{at} 应是文本")
        return ""
    return value.strip() if at != "text" else value


def _whole(holder: dict[str, Any], at: str, tell: settings.Tell) -> int | None:
    value = holder.get(at)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        tell(at, f"{at} 应是不小于 0 的整数")
        return None
    return value


def _decimal(holder: dict[str, Any], at: str, tell: settings.Tell) -> Decimal | None:
    value = holder.get(at)
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value)) if not isinstance(value, bool) else None
    except ArithmeticError:
        found = None
    if found is None or not found.is_finite() or abs(found) > 10**15:
        tell(at, f"{at} 应是数字")
        return None
    return found


def _place(one: dict[str, Any], found: dict[str, Any]) -> None:
    layout = one.get("layout")
    layout = layout if isinstance(layout, dict) else {}
    found["row"] = layout["row"] if isinstance(layout.get("row"), str) else ""
    columns = layout.get("columns")
    found["columns"] = columns if isinstance(columns, int) and 1 <= columns <= 16 else None
