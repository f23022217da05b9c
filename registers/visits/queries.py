"""Reading about visits on phones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import NotFound
from engine.releases import queries as releases
from engine.runtime.models import WorkItem
from registers.visits.models import VisitEntry, VisitPacket, VisitPhone

#: So many held items are looked at; nobody carries more to a village.
MOST = 200


def goes_along(session: Session, item: WorkItem) -> bool:
    """Whether the drawing of the item's own release says that it may be done on a phone without network."""
    release = releases.load(item.instance.release_id, session)
    element = release.elements.get(item.element_id)
    return element is not None and element.properties.get("offline") == "true"


def held(session: Session, actor_id: int) -> list[WorkItem]:
    """The person's open items that may be taken along, due first."""
    found = session.scalars(
        select(WorkItem)
        .where(WorkItem.holder_id == actor_id, WorkItem.state == "open")
        .options(joinedload(WorkItem.instance, innerjoin=True))
        .order_by(WorkItem.due_at, WorkItem.id)
        .limit(MOST)
    )
    return [item for item in found if goes_along(session, item)]


def phones(session: Session, account_id: int) -> Sequence[VisitPhone]:
    """The phones of an account, the newest first."""
    return session.scalars(
        select(VisitPhone).where(VisitPhone.account_id == account_id).order_by(VisitPhone.opened_at.desc())
    ).all()


def phone(session: Session, phone_id: str, account_id: int) -> VisitPhone:
    """The account's own phone; NotFound for anybody else's."""
    found = session.get(VisitPhone, phone_id)
    if found is None or found.account_id != account_id:
        raise NotFound("没有找到这部手机的登记，请重新打开“入户手机”页面。")
    return found


def packet(session: Session, packet_id: int, actor_id: int) -> VisitPacket:
    """What this person took along; NotFound for what others did."""
    found = session.get(VisitPacket, packet_id)
    if found is None or found.actor_id != actor_id:
        raise NotFound("服务器上没有这份入户表的领取记录。手机上的内容还在，请导出保存。")
    return found


def last(session: Session, item_id: int, actor_id: int) -> VisitEntry | None:
    """What this person's phone last sent for an item."""
    return session.scalar(
        select(VisitEntry)
        .where(VisitEntry.work_item_id == item_id, VisitEntry.actor_id == actor_id, VisitEntry.kind == "draft")
        .order_by(VisitEntry.received_at.desc())
        .limit(1)
    )
