"""A case in which every shipped template finds what it reads: made-up facts of SYNTHETIC people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import nodes

from engine.documents import sandbox
from engine.documents.head import Head
from engine.documents.head import read as read_head
from engine.forms.model import Field

NOTICES = Path(__file__).parents[2] / "bpmn" / "notices"
#: What the flows that are not of this test would know. A list of rows has the columns that the templates print.
GIVEN: dict[str, Any] = {
    "reasons": [
        {"text": "您家共2人，核定人均月收入600元，高于当地农村低保标准每人每月560元。", "clause": "mca-2021-57:13"}
    ],
    "missing": [{"item": "残疾证", "why": "核定加发", "how": "带原件到窗口"}],
    "corrected": [{"what": "起始月份", "before": "2026-05", "after": "2026-04"}],
    "list_rows": [{"village": "红柳村", "applicant": "马某", "members": 2, "scheme": "低保", "amount_yuan": "780"}],
    "payment_rows": [
        {
            "scheme": "低保", "households": 3, "persons": 7, "due_yuan": "2340", "arrears_yuan": "0",
            "deducted_yuan": "0", "paid_yuan": "2340", "difference_yuan": "+780",
        }
    ],
    "clock_extension": {
        "title": "全程办理时限", "reason": "公示有异议", "until": "2026年5月6日", "by": "测乡长", "on": "2026年4月1日",
    },
    "served": {
        "title": "不予确认告知书", "number": "高仁民救不〔2026〕1号", "receiver": "马某", "relation": "本人",
        "method": "直接送达", "on": "2026年3月11日",
        "witnesses": "", "evidence": "", "by": "测办事员", "recorded_on": "2026年3月11日",
    },
}  # fmt: skip
MONTHS = ("change_month", "effective_month", "taper_from", "taper_until", "recovery_from", "recovery_to")


#: What the registers themselves know of a plain case.
PLAIN = {
    "members", "rural", "amount_yuan", "amount_words", "income_per_head_yuan", "assets_per_head_yuan", "total_limit",
    "expected_on", "accepted_on", "remark", "decided_by", "assessed", "care_grade", "file_entries", "publicity_place",
}  # fmt: skip


def templates() -> dict[str, tuple[str, Head]]:
    """Every shipped template with its head."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(NOTICES.glob("*.html"))}
    return {name: (text, read_head(text)[0]) for name, text in found.items()}


def answers(fields: Iterable[Field]) -> dict[str, Any]:
    """An answer to every question of a form, whether it would be asked or not."""
    found: dict[str, Any] = {}
    for one in fields:
        if one.type == "group" and not one.key:
            found |= answers(one.children)
        elif one.type == "group":
            found[one.key] = answers(one.children)
        elif one.type == "dynamiclist":
            found[one.key] = [answers(one.children)]
        elif one.key:
            found[one.key] = _answer(one)
    return found


def _answer(field: Field) -> Any:
    if field.options:
        value: Any = True if field.boolean else field.options[0].value
        return [value] if field.type in ("checklist", "taglist") else value
    kinds = {"number": 100, "checkbox": True, "datetime": "2026-03-09", "filepicker": []}
    return kinds.get(field.type, "（填写的内容）")


def hand_in(town: Any, instance: Any, head: Head, text: str) -> Any:
    """Submissions at the tasks that a template reads; gives the one that a record prints."""
    tree = sandbox.make().parse(text)
    read = {
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "form"
    }
    elements, made = town.release.elements, None
    for task in (*sorted(read), *([each for each in head.of if each in elements] or ["home_visit"])[:1]):
        form = town.release.forms[elements[task].properties["form"]]
        made = town.submit(instance, task, answers(form.fields))
        made.form = form.name
    town.session.commit()
    return made if head.of else None


def names_of(text: str) -> set[str]:
    """The facts that a template reads."""
    head = read_head(text)[0]
    return {
        node.attr
        for part in (text, head.to, head.cc)
        for node in sandbox.make().parse(part).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "facts"
    }


def given(text: str) -> dict[str, Any]:
    """A value for each fact that a template reads and that no plain case knows."""
    found: dict[str, Any] = {"reasons": GIVEN["reasons"]}
    for name in names_of(text):
        if name in PLAIN:
            continue
        if name in GIVEN:
            found[name] = GIVEN[name]
        elif name in MONTHS or name.endswith("_month"):
            found[name] = "2026-04"
        elif name.endswith(("_on", "_until", "_due", "_from", "_by")):
            found[name] = "2026-04-09"
        else:
            found[name] = "780" if name.endswith("_yuan") else f"（{name}的内容）"
    return found
