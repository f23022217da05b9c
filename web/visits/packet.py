"""What a phone takes along: the form as data, what it shows first, and only those facts that the form itself reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, forms
from engine.forms import Field, Form, expressions
from engine.forms.tree import Node, grow
from engine.releases import queries as releases
from engine.runtime import forms as item_forms
from engine.runtime import queries
from engine.runtime.models import WorkItem
from registers.visits.models import VisitPacket
from web import clauses
from web.desk.facts import Facts
from web.forms.page import Page
from web.help.how import how_told
from web.words import day

#: Settings of a field that a phone needs; what stands at its default is left out.
KEPT = (
    "key", "label", "description", "required", "hide", "kind", "money", "boolean", "decimals", "max_length", "subtype",
    "expression", "result", "prefix", "suffix", "min_rows", "max_rows", "multiple",
)  # fmt: skip
PLAIN = Field("", "")


def build(session: Session, packet: VisitPacket) -> dict[str, Any]:
    """The whole of a packet as JSON. The household's other facts stay where they are."""
    item = queries.item(session, packet.work_item_id)
    instance = item.instance
    release = releases.load(instance.release_id, session)
    clauses.turn_to(release)
    form, facts = release.forms[item.form], Facts(session, instance)
    seen = item_forms.context(session, instance, form, clock.today().isoformat())
    nodes = grow(form, packet.base, seen, packet.base)
    page = Page(form, nodes, (), (), facts, "", "", "form-body")
    read = form.outer_names
    context = {name: value for name, value in seen.items() if name in read}
    if "parameters" in seen:
        context["parameters"] = {k: v for k, v in seen["parameters"].items() if k in form.parameters}
    case = facts.case
    return {
        "id": packet.id,
        "item": {
            "id": item.id,
            "name": item.name,
            "due": day(item.due_at) if item.due_at else "",
            "people": item.people,
            "case": {"number": case.number, "applicant": case.applicant, "title": case.title} if case else {},
            "clauses": [{"title": each.title, "gist": each.gist} for each in clauses.read(item.clause)],
            "help": how_told(release.elements[item.element_id].help, item.instance),
        },
        "taken_at": f"{packet.taken_at:%Y-%m-%d %H:%M}",
        "form": [drawn(node, page) for node in nodes],
        "reads": sorted({name for one in form.walk() for each in one.reading for name in expressions.names(each)}),
        "context": context,
        "answers": dict(packet.base),
    }


def drawn(node: Node, page: Page) -> dict[str, Any]:
    """A component as the phone draws it: read-only parts already in words."""
    one = node.field
    found = setting(one)
    if one.type == "table" or one.show:
        table = page.table(node)
        found |= {"type": "table", "table": {"heads": table[0], "rows": table[1]} if table else None}
    elif one.type == "text":
        found["text"] = expressions.fill(one.text, node.scope)
    elif page.widget(node) == "plain":
        found |= {"type": "plain", "text": page.value(node)}
    if one.type == "group":
        found["children"] = [drawn(each, page) for each in node.children]
    elif one.type == "dynamiclist":
        found["children"] = [setting(each) for each in one.children]
    return found


def setting(one: Field) -> dict[str, Any]:
    """The settings of a field without what it shows."""
    found: dict[str, Any] = {"id": one.id, "type": one.type}
    for name in KEPT:
        value = getattr(one, name)
        if value != getattr(PLAIN, name):
            found[name] = float(value) if isinstance(value, Decimal) else value
    if one.options:
        found["options"] = [[option.value, option.label] for option in one.options]
    if one.children:
        found["children"] = [setting(each) for each in one.children]
    if one.type == "text":
        found["text"] = one.text
    return found


def held(items: Sequence[WorkItem], session: Session) -> list[dict[str, Any]]:
    """The items that may be taken along, in words."""
    found = []
    for item in items:
        case = Facts(session, item.instance).case
        found.append(
            {
                "id": item.id,
                "name": item.name,
                "number": case.number if case else "",
                "who": case.applicant if case else "",
                "due": day(item.due_at) if item.due_at else "",
            }
        )
    return found


def clash_words(form: Form, name: str, posted: Mapping[str, Sequence[str]]) -> str:
    """One side of a clash in words."""
    one = next((each for each in walk_named(form.fields) if each[0] == name), (name, None))[1]
    if one is None or not posted:
        return "、".join(text for texts in posted.values() for text in texts) if posted else "（没有填）"
    if one.type == "dynamiclist":
        rows = forms.submit(form, posted, {}).values.get(one.key) or []
        said = ["、".join(expressions.plain(v) for v in row.values() if v not in (None, "", False)) for row in rows]
        return "；".join(f"第{number}行 {each}" for number, each in enumerate(said, 1)) or "（没有填）"
    texts = [text for each in posted.values() for text in each]
    known = {option.value: option.label for option in one.options}
    if one.type == "checkbox":
        return "已勾选" if texts == ["true"] else "没有勾选"
    words = "、".join(known.get(text, text) for text in texts)
    return f"{words} 元" if one.money else words


def title(form: Form, name: str) -> str:
    """What a field is called."""
    return next((one.title for key, one in walk_named(form.fields) if key == name), name)


def walk_named(fields: Sequence[Field], prefix: str = "") -> list[tuple[str, Field]]:
    """(posted name, field) of a form's own level; a list stands for all of its rows."""
    found: list[tuple[str, Field]] = []
    for one in fields:
        if one.type == "group":
            found += walk_named(one.children, f"{prefix}{one.key}." if one.key else prefix)
        elif one.key:
            found.append((f"{prefix}{one.key}", one))
    return found
