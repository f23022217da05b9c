"""What somebody wants a parameter to be, as they typed it, and what is to be said about it.

The same judgement serves the preview, the proposal and, days later, its confirmation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.calendar.explain import read_date
from engine.errors import Invalid, NotFound
from engine.parameters import queries
from engine.parameters.bounds import crossed
from engine.parameters.choices import check_choice
from engine.parameters.doubts import Doubt, doubts, value_on
from engine.parameters.models import Parameter
from engine.parameters.readers import strangers
from engine.parameters.timeline import Piece, end_of, pieces
from engine.parameters.values import check, typed
from engine.statutes import ids

LONGEST_SOURCE, LONGEST_REASON, LONGEST_CLAUSE, LONGEST_TEXT = 500, 500, 200, 500
#: A source that is shorter names nothing.
SHORTEST_SOURCE = 4
FIRST_DAY = date(2000, 1, 1)
YEARS_AHEAD = 5


@dataclass(frozen=True)
class Wish:
    """A form as it was filled in; `accepted` are the codes of the doubts that were ticked."""

    name: str
    value: str
    valid_from: str
    valid_to: str = ""
    clause: str = ""
    source: str = ""
    reason: str = ""
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A wish that can be read: its parts, what the day had before, the timeline it makes, what is doubtful about it."""

    name: str
    label: str
    unit: str
    value: Any
    first: date
    last: date | None
    clause: str | None
    source: str
    reason: str
    before: Any
    rows: Sequence[Parameter]
    pieces: Sequence[Piece]
    doubts: Sequence[Doubt]
    unanswered: Sequence[Doubt]

    @property
    def ends(self) -> date | None:
        """The last day on which the value will hold as the timeline stands."""
        return end_of(self.rows, self.first, self.last)

    @property
    def correction(self) -> bool:
        return any(each.code == "correction" for each in self.doubts)


def judge(session: Session, wish: Wish, today: date) -> Judged:
    """Raises NotFound for a name that nobody knows, Invalid with everything that is wrong, each at its field."""
    rows = queries.timeline(session, wish.name)
    if not rows:
        raise NotFound(f"没有名为“{wish.name}”的参数。")
    unit, label = rows[-1].unit, rows[-1].label
    problems: list[dict[str, str]] = []
    value = _value(wish, unit, problems)
    first, last = _days(wish, today, problems)
    source, reason = wish.source.strip(), wish.reason.strip()
    clause = wish.clause.strip().replace("，", ",") or None
    if len(source) < SHORTEST_SOURCE:
        problems.append({"field": "source", "message": "请写明来源：文件名称和文号，或者公布的网址。"})
    if not reason:
        problems.append({"field": "reason", "message": "请写明为什么修改。"})
    if clause is not None and (ids.wrong(clause) or not ids.split(clause)):
        said = f"条款“{clause}”应写成 mca-2021-57:15 的形式，几条之间用逗号。"
        problems.append({"field": "clause", "message": said})
    elif clause is not None and (unknown := strangers(session, clause)):
        said = f"条款登记中没有“{'、'.join(unknown)}”，请核对，或先请流程负责人登记这一条。"
        problems.append({"field": "clause", "message": said})
    for field, text, longest in (
        ("source", source, LONGEST_SOURCE), ("reason", reason, LONGEST_REASON), ("clause", clause or "", LONGEST_CLAUSE)
    ):  # fmt: skip
        if len(text) > longest:
            problems.append({"field": field, "message": f"最多{longest}个字，请写得简短些。"})
    ends = end_of(rows, first, last) if first else None
    if value is not None and first and _changes_nothing(rows, value, first, ends):
        problems.append({"field": "value", "message": "与这一期间已有的值相同，没有改动。"})
    if problems or value is None or first is None:
        raise Invalid(problems=problems)
    held = doubts(rows, wish.name, unit, value, first, ends, today)
    return Judged(
        name=wish.name,
        label=label,
        unit=unit,
        value=value,
        first=first,
        last=last,
        clause=clause or _clause_on(rows, first),
        source=source,
        reason=reason,
        before=value_on(rows, first),
        rows=rows,
        pieces=pieces(rows, value, first, ends),
        doubts=held,
        unanswered=[each for each in held if each.code not in wish.accepted],
    )


def _value(wish: Wish, unit: str, problems: list[dict[str, str]]) -> Any:
    try:
        value = typed(wish.value, unit)
        check(value, unit)
        check_choice(wish.name, value)
        if unit == "text" and len(str(value)) > LONGEST_TEXT:
            raise Invalid.at("value", f"最多{LONGEST_TEXT}个字。")
        hard = [each.message for each in crossed(wish.name, value, unit) if each.hard]
        if hard:
            raise Invalid.at("value", f"{hard[0]}。")
    except Invalid as error:
        problems.append({"field": "value", "message": error.message})
        return None
    return value


def _days(wish: Wish, today: date, problems: list[dict[str, str]]) -> tuple[date | None, date | None]:
    found: dict[str, date | None] = {"valid_from": None, "valid_to": None}
    for field, text in (("valid_from", wish.valid_from.strip()), ("valid_to", wish.valid_to.strip())):
        if not text and field == "valid_to":
            continue
        try:
            day = read_date(text)
        except Invalid:
            said = "请填写日期，例如 2026-04-01，并确认这一天存在。"
            problems.append({"field": field, "message": said})
            continue
        found[field] = day
        latest = today.year + (YEARS_AHEAD if field == "valid_from" else 2 * YEARS_AHEAD)
        if day < FIRST_DAY or day.year > latest:
            problems.append({"field": field, "message": f"{day} 离今天太远，请核对年份。"})
    first, last = found["valid_from"], found["valid_to"]
    if first and last and last < first:
        problems.append({"field": "valid_to", "message": "终止日早于生效日，请核对。"})
    return first, last


def _changes_nothing(rows: Sequence[Parameter], value: Any, first: date, ends: date | None) -> bool:
    """Whether every day of the span has this very value already."""
    for row in rows:
        within = row.valid_from <= first and (row.valid_to is None or (ends is not None and row.valid_to >= ends))
        if within:
            return type(row.value) is type(value) and row.value == value
    return False


def _clause_on(rows: Sequence[Parameter], day: date) -> str | None:
    """The clause that the value before rested on."""
    held = [row for row in rows if row.valid_from <= day]
    return (held or rows)[-1].clause
