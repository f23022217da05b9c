"""What must be so: after a step and at the end of a story. Each check gives what is wrong, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.benefits.models import Benefit, Decision
from registers.scenarios import seeing

ENDINGS = ("satisfied", "lapsed", "paused", "running")


def of_case(session: Session, key: int, wanted: Mapping[str, Any]) -> Iterator[str]:
    """`stage`, `open`, `due`, `clocks`, `documents`, `flow`, `ends` of one case."""
    instance = seeing.instance(session, key)
    if "stage" in wanted and wanted["stage"] not in (instance.stage or ""):
        yield f"应停在“{wanted['stage']}”，实际在“{instance.stage or '已办结'}”"
    if "open" in wanted:
        yield from _open(session, key, wanted["open"])
    if wanted.get("due"):
        yield from _due(session, key, wanted["due"])
    if wanted.get("clocks"):
        yield from _clocks(session, key, wanted["clocks"])
    if "documents" in wanted:
        yield from _documents(session, key, wanted["documents"])
    for name, value in (wanted.get("flow") or {}).items():
        found = (instance.flow or {}).get(name)
        if found != value:
            yield f"流程变量“{name}”应为 {value}，实际是 {found}"
    if "ends" in wanted and instance.outcome != wanted["ends"]:
        yield f"应以“{wanted['ends']}”办结，实际是“{instance.outcome or f'还在{instance.stage}'}”"


def _open(session: Session, key: int, wanted: Any) -> Iterator[str]:
    wanted = [wanted] if isinstance(wanted, str) else list(wanted or [])
    found = [item.element_id for item in seeing.open_items(session, key)]
    found += [timer.element_id for timer in seeing.timers(session, key)]
    if sorted(found) != sorted(map(str, wanted)):
        yield f"应停在 {'、'.join(map(str, wanted)) or '（无）'}，实际停在 {'、'.join(found) or '（无）'}"


def _due(session: Session, key: int, wanted: Mapping[str, Any]) -> Iterator[str]:
    for element, day in wanted.items():
        item = seeing.last_item(session, key, element)
        if item is None:
            yield f"没有出现过环节“{element}”，无从核对期限"
            continue
        found = seeing.day(item.due_at)
        if str(found) != str(day):
            yield f"“{item.name}”的期限应为 {day}，实际是 {found}"


def _clocks(session: Session, key: int, wanted: Mapping[str, Any]) -> Iterator[str]:
    """A clock is asked for its last day, for how it stands (ENDINGS), for both, or that it never ran (`none`)."""
    found = seeing.latest_clocks(session, key)
    for name, said in wanted.items():
        clock = found.get(name)
        if clock is None:
            if str(said) != "none":
                yield f"没有起算时限“{name}”"
            continue
        state = clock.ending or ("paused" if clock.paused_at is not None else "running")
        for word in str(said).split():
            right = state if word in ENDINGS or word == "none" else str(seeing.day(clock.due_at))
            if word != right:
                yield f"时限“{clock.title}”应为 {word}，实际是 {right}"


def _documents(session: Session, key: int, wanted: Any) -> Iterator[str]:
    wanted, found = list(wanted or []), seeing.documents(session, key)
    if found != wanted:
        yield f"应依次制发 {'、'.join(wanted) or '（无）'}，实际是 {'、'.join(found) or '（无）'}"


def decision(session: Session, key: int, wanted: Mapping[str, Any]) -> Iterator[str]:
    """`outcome`, `amount` in yuan, `month`, `reasons` (codes), `by`."""
    made = session.get(Decision, key, populate_existing=True)
    if made is None:
        yield "没有作出决定"
        return
    found = {
        "outcome": made.outcome,
        "amount": made.amount / 100,
        "month": made.effective_month,
        "reasons": [each["code"] for each in made.reasons or []],
        "by": made.decided_by,
    }
    yield from _same("决定", wanted, found)


def benefits(session: Session, wanted: Any) -> Iterator[str]:
    """What the register of benefits holds, all of it, the oldest first: one mapping, a list, or nothing."""
    wanted = [] if wanted in (None, "none") else [wanted] if isinstance(wanted, Mapping) else list(wanted)
    rows = list(session.scalars(select(Benefit).order_by(Benefit.id).execution_options(populate_existing=True)))
    if len(rows) != len(wanted):
        held = "、".join(each.scheme for each in rows) or "无"
        yield f"待遇台账应有 {len(wanted)} 笔，实际有 {len(rows)} 笔（{held}）"
        return
    for number, (row, said) in enumerate(zip(rows, wanted, strict=True), 1):
        found = {
            "scheme": row.scheme,
            "amount": row.amount / 100,
            "from": row.from_month,
            "to": row.to_month,
            "status": row.status,
            "persons": row.persons,
            "one_off": row.one_off,
            "care_grade": row.care_grade,
            "expires": str(row.expires_on) if row.expires_on else None,
            "review": str(row.review_on) if row.review_on else None,
        }
        yield from _same(f"待遇第{number}笔", said, found)


def _same(what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if name not in found:
            yield f"{what}没有“{name}”这一项，可以核对的有：{'、'.join(found)}"
        elif found[name] != value:
            shown = found[name]
            shown = int(shown) if isinstance(shown, float) and shown.is_integer() else shown
            yield f"{what}的“{name}”应为 {value}，实际是 {shown}"
