"""With whom the ball is: one definition, for a work item, for a statutory clock, for the page of a case.

What it depends on is read by SQL as a few columns (`item_facts`, `clock_facts`), so that fifty thousand rows can be
grouped by them; what it means is said once, in `judge`. Nothing of it is stored (law 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, literal_column, select
from sqlalchemy.orm import Session, aliased

from engine.actors import ROLES, Actor, Grant
from engine.clocks.models import Clock
from engine.runtime.models import Incident, Instance, Signature, Suspension, WaitingTimer, WorkItem
from registers.accounts.models import Account
from registers.supervision.models import Order

#: Who or what a matter waits for, in the order in which a leader reads it.
CAUSES = {
    "clerk": "经办人手中",
    "unclaimed": "无人认领",
    "second": "待第二调查人签字",
    "village": "村级",
    "applicant": "待申请人",
    "publicity": "公示期",
    "county": "县级",
    "order": "督办待答复",
    "vacancy": "缺岗",
    "incident": "流程异常",
    "waiting": "流程等待期",
    "paused": "暂停计时",
    "suspended": "中止办理",
}
#: What each cause asks of a leader, in a few words.
ADVICE = {
    "clerk": "在某人手里，可以催办",
    "unclaimed": "岗位有人，还没有人认领",
    "second": "第一人已签字，等另一人",
    "village": "在村级协理员或村支书那里",
    "applicant": "等申请人补正或签收",
    "publicity": "公示没有期满，不能提前",
    "county": "在县级部门",
    "order": "督办单还没有答复",
    "vacancy": "这个岗位没有在岗人员",
    "incident": "流程停住，等管理员处理",
    "waiting": "等流程中的期限期满",
    "paused": "依规暂停计时",
    "suspended": "整件中止，恢复前不能办理",
}
VILLAGE_ROLES = ("village", "secretary")
#: The process whose timer is the publicity itself.
PUBLICITY = "publicity"
_Item = aliased(WorkItem, name="standing")
#: Written out, not bound: only so does SQLite see that a partial index holds what is asked for.
OPEN: Any = literal_column("'open'")
RUNNING: Any = literal_column("'running'")


@dataclass(frozen=True)
class Facts:
    """What the ball depends on. `state` is `item` when a work item says it, else what the case stands on: `suspended`,
    `paused`, `incident`, `order`, `publicity`, `waiting`, `nothing`. `account_id` is the holder's, or the addressee's
    of an order."""

    state: str
    role: str | None = None
    area: str | None = None
    account_id: int | None = None
    waits_for: str | None = None
    signed: bool = False


@dataclass(frozen=True)
class Ball:
    """The cause, who has it in words, a key by which rows of the same hands are found, the account when it is one."""

    cause: str
    who: str
    key: str
    account_id: int | None = None

    @property
    def title(self) -> str:
        return CAUSES[self.cause]


@dataclass
class Roster:
    """The active accounts and the names of all, read once; answers are remembered for the request."""

    people: Mapping[int, Actor]
    names: Mapping[int, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)
    _judged: dict[Facts, Ball] = field(default_factory=dict)

    def staffed(self, role: str, area: str) -> bool:
        """Whether somebody holds the role over the area."""
        key = (role, area)
        if key not in self._known:
            self._known[key] = any(each.holds(role, area) for each in self.people.values())
        return self._known[key]

    def ball(self, facts: Facts) -> Ball:
        """`judge`, remembered."""
        found = self._judged.get(facts)
        if found is None:
            found = self._judged[facts] = judge(facts, self)
        return found


def roster(session: Session) -> Roster:
    """Every account, the active ones with their grants: one statement."""
    rows = session.execute(select(Account.id, Account.name, Account.active, Account.grants)).all()
    people = {
        key: Actor(key, name, tuple(Grant(each["role"], each["area"]) for each in grants))
        for key, name, active, grants in rows
        if active
    }
    return Roster(people, {key: name for key, name, *_ in rows})


def judge(facts: Facts, staff: Roster) -> Ball:
    """With whom the ball is. Whoever is really waited for comes first, then whether anybody could act at all."""
    name = staff.names.get(facts.account_id, "") if facts.account_id is not None else ""
    if facts.state != "item":
        return _without_item(facts, name)
    role, area = facts.role or "", facts.area or ""
    title = ROLES.get(role, role)
    held = facts.account_id is not None
    who = name or f"{title}（无人认领）"
    key = f"p{facts.account_id}" if held else f"r:{role}@{area}"
    if facts.waits_for == "applicant":
        return Ball("applicant", f"申请人（经办：{name or title}）", "applicant", facts.account_id)
    if held and facts.account_id not in staff.people:
        return Ball("vacancy", f"{name}（账号已停用）", key, facts.account_id)
    if not held and not staff.staffed(role, area):
        return Ball("vacancy", f"{title}（没有在岗人员）", key)
    if facts.signed:
        return Ball("second", name or f"{title}（第二人未认领）", key, facts.account_id)
    if role.startswith("county_"):
        return Ball("county", who, key, facts.account_id)
    if role in VILLAGE_ROLES:
        return Ball("village", who, key, facts.account_id)
    return Ball("clerk" if held else "unclaimed", who, key, facts.account_id)


def _without_item(facts: Facts, name: str) -> Ball:
    """The ball of a case or a clock that no work item speaks for."""
    if facts.state == "order":
        return Ball("order", f"{name}（督办待答复）", f"p{facts.account_id}", facts.account_id)
    said = {
        "paused": "暂停计时",
        "incident": "系统管理员（流程异常）",
        "publicity": "公示期未满",
        "waiting": "等待期未满",
        "suspended": "中止办理",
    }
    if facts.state in said:
        return Ball(facts.state, said[facts.state], facts.state)
    # Nothing to do, nothing to wait for, and yet it runs: only an administrator can say why.
    return Ball("incident", "系统管理员（没有待办）", "incident")


def item_facts(item: Any = WorkItem) -> list[ColumnElement[Any]]:
    """The columns of `Facts` for a work item, in its order."""
    return [
        literal("item"),
        item.role,
        item.area,
        item.holder_id,
        item.waits_for,
        _signed(item),
    ]


def case_facts(instance_id: Any, item: Any) -> list[ColumnElement[Any]]:
    """The columns of `Facts` for a whole case: nobody has one that is suspended; an incident stops everything; then the
    open item that is due first (`item`, joined by `first_item`), then the timer that it waits for."""
    timer = select(WaitingTimer.process_id).where(WaitingTimer.instance_id == instance_id)
    stopped = exists().where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
    other = timer.where(WaitingTimer.process_id != PUBLICITY).exists()
    # Asked of all at once, so that it costs a look into a list of a few and not one for every row.
    rests = instance_id.in_(select(Suspension.instance_id).where(Suspension.ended_at.is_(None)))
    state = case(
        (rests, "suspended"),
        (stopped, "incident"),
        (item.id.is_not(None), "item"),
        (other, "waiting"),
        (timer.exists(), "publicity"),
        else_="nothing",
    )
    return [state, item.role, item.area, item.holder_id, item.waits_for, _signed(item)]


def clock_facts(clock: Any, item: Any, order: Any) -> list[ColumnElement[Any]]:
    """The columns of `Facts` for a clock: paused, or an order that waits for its answer (`order`, joined by the
    clock), else what its case stands on."""
    state, role, area, holder_id, waits_for, signed = case_facts(clock.instance_id, item)
    return [
        case((clock.paused_at.is_not(None), "paused"), (order.id.is_not(None), "order"), else_=state),
        role,
        area,
        case((order.id.is_not(None), order.to_id), else_=holder_id),
        waits_for,
        signed,
    ]


def first_item(instance_id: Any, item: Any = _Item) -> tuple[Any, ColumnElement[bool]]:
    """(the table, the condition) that joins the open item of a case which is due first, if there is one."""
    inner = aliased(WorkItem, name="first_open")
    # Whatever waits for a correction is in nobody's hands but the corrector's.
    open_ = select(inner.id).where(inner.instance_id == instance_id, inner.state == OPEN, inner.awaits_id.is_(None))
    # Two questions, so that each is one look into the index: what is due first, else what has no due date.
    due = open_.where(inner.due_at.is_not(None)).order_by(inner.due_at, inner.id).limit(1)
    other = open_.where(inner.due_at.is_(None)).order_by(inner.id).limit(1)
    first = func.coalesce(due.scalar_subquery(), other.scalar_subquery())
    # That it is open is said again, so that a database that hashes the table hashes the open ones only.
    return item, and_(item.id == first, item.state == OPEN)


def facts(columns: tuple[Any, ...]) -> Facts:
    """The columns as read, as Facts; what cannot matter for the state is dropped, so that equal hands are equal."""
    state, role, area, account_id, waits_for, signed = columns
    if state == "item":
        return Facts(state, role, area, account_id, waits_for, bool(signed))
    return Facts(state, account_id=account_id) if state == "order" else Facts(state)


def of_case(session: Session, instance_id: int, staff: Roster) -> Ball | None:
    """The ball of a whole case; None when it does not run any more."""
    item, on = first_item(Instance.id)
    row = session.execute(
        select(*case_facts(Instance.id, item))
        .select_from(Instance)
        .outerjoin(item, on)
        .where(Instance.id == instance_id, Instance.status == RUNNING)
    ).first()
    return None if row is None else staff.ball(facts(tuple(row)))


def of_items(session: Session, instance_id: int, staff: Roster) -> dict[int, Ball]:
    """The ball of every open item of a case."""
    rows = session.execute(
        select(WorkItem.id, *item_facts()).where(WorkItem.instance_id == instance_id, WorkItem.state == OPEN)
    )
    return {key: staff.ball(facts(tuple(columns))) for key, *columns in rows}


def of_clocks(session: Session, instance_id: int, staff: Roster) -> dict[int, Ball]:
    """The ball of every running clock of a case."""
    item, on = first_item(Clock.instance_id)
    rows = session.execute(
        select(Clock.id, *clock_facts(Clock, item, Order))
        .select_from(Clock)
        .outerjoin(item, on)
        .outerjoin(Order, Order.clock_id == Clock.id)
        .where(Clock.instance_id == instance_id, Clock.ended_at.is_(None))
    )
    return {key: staff.ball(facts(tuple(columns))) for key, *columns in rows}


def _signed(item: Any) -> ColumnElement[bool]:
    """Whether a valid signature is there and another is still wanted. A boolean on both databases."""
    there = (
        select(Signature.id)
        .where(Signature.work_item_id == item.id, Signature.valid.is_(True))
        .correlate(item)
        .exists()
    )
    return case((and_(item.people > 1, there), True), else_=False)
