"""Saving filters, and setting the day of a follow-up."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, func, select

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.transactions import act, scratch
from registers.cases.asked import Asked
from registers.desk import queries
from registers.desk.models import DeskStart, FollowUp, SavedFilter

LONGEST_NAME = 30
#: More than these nobody finds again.
MOST = 30


def save(actor: Actor, name: str, asked: Asked, tab: str) -> SavedFilter:
    """Keeps a narrowed list under a name; the same name again keeps the new one instead. No act: it changes no case.

    Raises Invalid at `name` when there is none, it is too long, there are too many, or nothing is narrowed; an ID
    number is never kept.
    """
    name = written("name", name, longest=LONGEST_NAME, empty="请给这个筛选起个名字。")
    if asked.person:
        raise Invalid.at("name", "按身份证号的查找不能保存。请清除号码，按村、事项等条件保存。")
    if not asked.narrow and asked.sort == "due" and tab == "work":
        raise Invalid.at("name", "还没有筛选条件。请先筛选，再保存。")
    with scratch() as session:
        mine = select(SavedFilter).where(SavedFilter.account_id == actor.id)
        found = session.scalar(mine.where(SavedFilter.name == name))
        if found is None:
            if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST:
                raise Invalid.at("name", f"最多保存{MOST}个筛选，请先删除不用的。")
            found = SavedFilter(account_id=actor.id, owner=actor.name, name=name)
            session.add(found)
        if found.role is not None and asked.text:
            raise Invalid.at("name", f"“{name}”已共享，带查找文字的筛选只能自己用。请换一个名字。")
        found.query, found.saved_at = address(asked, tab), clock.now()
    return found


def share(filter_id: int, actor: Actor, unit: tuple[str, str] | None) -> SavedFilter:
    """Shows a filter of one's own to everybody who holds the role in the area (a role that one holds there oneself), or
    to nobody any more. One that searches for a text stays private: the text may be a name or a number."""
    with scratch() as session:
        found = queries.own(session, actor, filter_id)
        if unit is not None:
            role, area = unit
            if not any((each.role, each.area) == unit for each in actor.grants):
                raise Refused("筛选只能共享给您自己所在的岗位。")
            if found.query.get("q"):
                raise Refused("带查找文字的筛选只能自己用，不能共享。")
            found.role, found.area = role, area
        else:
            found.role = found.area = None
            others = select(DeskStart).where(DeskStart.filter_id == found.id, DeskStart.account_id != actor.id)
            for each in session.scalars(others):
                session.delete(each)
    return found


def rename(filter_id: int, actor: Actor, name: str) -> SavedFilter:
    """Gives a filter of one's own another name."""
    name = written("name", name, longest=LONGEST_NAME, empty="请给这个筛选起个名字。")
    with scratch() as session:
        found = queries.own(session, actor, filter_id)
        same = select(SavedFilter.id).where(SavedFilter.account_id == actor.id, SavedFilter.name == name)
        if session.scalar(same.where(SavedFilter.id != found.id)) is not None:
            raise Conflict(f"您已有名为“{name}”的筛选，请换一个名字。")
        found.name = name
    return found


def remove(filter_id: int, actor: Actor) -> str:
    """Deletes a filter of one's own; whoever began with it begins with the whole list again. Returns its name."""
    with scratch() as session:
        found = queries.own(session, actor, filter_id)
        session.execute(delete(DeskStart).where(DeskStart.filter_id == found.id))
        session.delete(found)
    return found.name


def begin_with(filter_id: int | None, actor: Actor) -> None:
    """Lets somebody's inbox open with a filter that they see, or with the whole list."""
    with scratch() as session:
        if filter_id is not None and queries.seen(session, actor, filter_id) is None:
            raise NotFound("没有这个筛选，它可能已被删除或不再共享。")
        start = session.get(DeskStart, actor.id)
        if filter_id is None:
            if start is not None:
                session.delete(start)
        elif start is None:
            session.add(DeskStart(account_id=actor.id, filter_id=filter_id))
        else:
            start.filter_id = filter_id


def follow_up(item_id: int, actor: Actor, on: date | None) -> FollowUp | None:
    """Sets the day on which the holder of an open item looks at it again, or takes it away.

    Raises Refused for anybody but the holder, Invalid at `on` for a day that is over.
    """
    with act(Verb.FOLLOW_UP_SET, actor) as deed:
        session, item = deed.session, locks.open_item(deed, item_id)
        if item.holder_id != actor.id:
            raise Refused("跟进日期由经办人自己填写，这一项不在您手中。")
        veto.require(session, Question("complete", actor, instance=item.instance, item=item))
        found = session.get(FollowUp, item.id)
        before = found.on_date if found is not None else None
        if on == before:
            deed.dismiss()  # A second press of the button.
            return found
        if on is not None and on < deed.now.date():
            raise Invalid.at("on", "跟进日期不能早于今天。")
        if on is None:
            session.delete(found)
            found = None
        else:
            if found is None:
                found = FollowUp(work_item_id=item.id)
                session.add(found)
            found.on_date, found.set_at = on, deed.now
            found.set_by_id, found.set_by = actor.id or 0, actor.name
        said = {"item": item.name, "on": on.isoformat() if on else "不再跟进"}
        deed.record(item.instance, before={"on": before.isoformat() if before else None}, after=said)
    return found


def address(asked: Asked, tab: str) -> dict[str, Any]:
    """The parameters that a filter keeps: never the page."""
    return asked.query(page="", tab=tab if tab != "work" else "")
