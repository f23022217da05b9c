"""How a process says who starts its cases, where, and what they begin with; read alike by the lint and by what runs."""

from __future__ import annotations

#: {value of `start`: what it means}
BEGINS = {
    "case": "由人随时发起",
    "linked": "在另一件办件上发起",
    "system": "只由系统发起",
}
#: Who may start what says nothing of it.
STARTERS = ("clerk",)
#: {value of `group`: the heading on the page of what can be started}
GROUPS = {
    "relief": "救助申请",
    "change": "变更与退出",
    "complaint": "投诉信访",
    "filing": "备案与检查",
    "money": "资金",
}
GROUP = "relief"
#: What becomes of a linked case when its parent is ended before its time.
WITH_PARENT = ("end", "tell")
KINDS = ("text", "number", "boolean")
#: The properties of a process that say all this.
PROPERTIES = (
    "start",
    "starters",
    "parents",
    "seen_by",
    "scheme",
    "group",
    "opens_with",
    "with_parent",
)


def names(text: str) -> tuple[str, ...]:
    """`clerk, director` as names; empty parts are left out."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


def pairs(text: str) -> list[tuple[str, str]]:
    """`household_id:number, ground:text` as (name, kind); what has no kind has an empty one."""
    found = []
    for part in names(text):
        name, _, kind = part.partition(":")
        found.append((name.strip(), kind.strip()))
    return found
