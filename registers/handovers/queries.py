"""Everything that hangs on a person: what can be handed to somebody else, and what only must be known of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.clocks.models import Clock, Extension
from engine.runtime.models import Instance, WorkItem
from engine.runtime.signers.models import Round, Signer
from registers.areas.models import Area
from registers.cases import secrecy
from registers.cases.models import Case
from registers.moves import kinds
from registers.moves.models import Move
from registers.standins.models import StandIn
from registers.standins.queries import PENDING
from registers.supervision.models import Order
from registers.talk.models import Remark

#: {kind: (what it is called, what becomes of it)}; the first two are handed over one by one.
KINDS = {
    "item": ("手中的待办", "改派给接手的人；接手的人不能办的，放回待领"),
    "order": ("待答复的督办单", "转由接手的人答复，答复期限不变"),
    "question": ("待回答的提问", "提问的人可以撤回，另问其他人"),
    "signer": ("请其会签、还没有签的", "由请的人换人或者减签"),
    "move": ("登记了、等待确认的变动", "由确认人核实，不用移交"),
    "extension": ("申请了、等待批准的延期", "由批准人决定，不用移交"),
    "clock": ("由其负责的期限", "随督办单一起转移"),
    "stand_in": ("替班", "需要的，请结束后另行指定"),
}
GIVEN = ("item", "order")


@dataclass(frozen=True)
class Holding:
    """One thing that hangs on somebody: no name of an applicant, since whoever hands it over may be barred from it."""

    kind: str
    key: int
    instance_id: int | None
    what: str
    number: str
    village: str
    since: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None


def holdings(session: Session, account_id: int, reader: Actor) -> list[Holding]:
    """All of it, in the order of KINDS, the most pressing first; without confidential cases that are kept from the
    reader. Those go back by themselves to whoever may give them when the account is closed."""
    found: list[Holding] = []
    shown = secrecy.shown(session, reader)

    def read(kind: str, asked: Select[Any]) -> None:
        rows = session.execute(
            asked.outerjoin(Case, Case.instance_id == Instance.id)
            .outerjoin(Area, Area.path == Instance.area)
            .where(shown)
        )
        found.extend(Holding(kind, *row) for row in rows)

    read(
        "item",
        _with_case(WorkItem.id, WorkItem.name, WorkItem.claimed_at, WorkItem.due_at, WorkItem.warn_at)
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(WorkItem.holder_id == account_id, WorkItem.state == "open")
        .order_by(WorkItem.due_at.asc().nulls_last(), WorkItem.id),
    )
    read(
        "order",
        _with_case(Order.id, Order.number, Order.issued_at, Clock.due_at, Clock.warn_at)
        .join(Instance, Instance.id == Order.instance_id)
        .outerjoin(Clock, Clock.id == Order.clock_id)
        .where(Order.to_id == account_id, Order.replied_at.is_(None), Order.closed_at.is_(None))
        .order_by(Order.id),
    )
    read(
        "question",
        _with_case(Remark.id, Remark.by_name, Remark.at)
        .join(Instance, Instance.id == Remark.instance_id)
        .where(
            Remark.asked_id == account_id,
            Remark.kind == "question",
            Remark.answered_at.is_(None),
            Remark.withdrawn_at.is_(None),
            Remark.struck_at.is_(None),
        )
        .order_by(Remark.id),
    )
    read(
        "signer",
        _with_case(Signer.id, WorkItem.name, Round.asked_at, WorkItem.due_at, WorkItem.warn_at)
        .join(Instance, Instance.id == Round.instance_id)
        .join(Signer, Signer.round_id == Round.id)
        .join(WorkItem, WorkItem.id == Round.work_item_id)
        .where(
            Signer.account_id == account_id,
            Signer.state == "waiting",
            Round.state == "open",
            WorkItem.state == "open",
        )
        .order_by(Signer.id),
    )
    read(
        "move",
        _with_case(Move.id, Move.kind, Move.asked_at)
        .join(Instance, Instance.id == Move.instance_id)
        .where(Move.asked_by_id == account_id, Move.state == "asked")
        .order_by(Move.id),
    )
    read(
        "extension",
        _with_case(Extension.id, Clock.title, Extension.asked_at, Clock.due_at, Clock.warn_at)
        .join(Instance, Instance.id == Extension.instance_id)
        .join(Clock, Clock.id == Extension.clock_id)
        .where(Extension.asked_by_id == account_id, Extension.decided_at.is_(None))
        .order_by(Extension.id),
    )
    read(
        "clock",
        _with_case(Clock.id, Clock.title, Clock.started_at, Clock.due_at, Clock.warn_at)
        .join(Instance, Instance.id == Clock.instance_id)
        .where(Clock.holder_id == account_id, Clock.ended_at.is_(None))
        .order_by(Clock.id),
    )
    titles = kinds.all_()
    found = [_renamed(each, titles) for each in found]
    return found + [
        Holding("stand_in", made.id, None, f"{made.name}替{made.absent_name}", f"至{made.last_on}", "", made.named_at)
        for made in session.scalars(
            select(StandIn).where(
                (StandIn.absent_id == account_id) | (StandIn.account_id == account_id), StandIn.state.in_(PENDING)
            )
        )
    ]


def _with_case(key: Any, what: Any, since: Any, due_at: Any = None, warn_at: Any = None) -> Select[Any]:
    """The columns of `Holding`, in its order."""
    return select(
        key,
        Instance.id,
        what,
        func.coalesce(Case.number, "未编号"),
        func.coalesce(Area.name, Instance.area),
        since,
        literal(None) if due_at is None else due_at,
        literal(None) if warn_at is None else warn_at,
    )


def _renamed(each: Holding, titles: Any) -> Holding:
    said = {
        "move": lambda what: titles[what].title if what in titles else what,
        "question": lambda what: f"{what}的提问",
        "order": lambda what: f"督办单{what}",
    }.get(each.kind)
    return each if said is None else Holding(**{**each.__dict__, "what": said(each.what)})
