"""Who may name a stand-in, who confirms a leader's, and who is fit to be one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import ROLES, UPWARD, Actor, Grant
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.accounts.models import Account
from registers.cases.rules import LEADING

#: Who names a stand-in for somebody of their area who cannot do it.
NAMING = ("director", "admin")
#: Supervision and the keys of the house are lent to nobody who does not hold them already.
KEPT = ("discipline", "admin")


@veto.register
def standing_in(session: Session, question: Question) -> Answer:
    """One names one's own stand-in; for somebody else their director or the administrator does. A leader's is confirmed
    by the next ones up, never by either of the two or by whoever named. Each of the two may end it."""
    if question.verb != "stand_in":
        return ABSTAIN
    actor, facts = question.actor, question.facts
    absent: Actor = facts["absent"]
    if facts.get("step") == "confirm":
        if actor.id is None or actor.id in (absent.id, facts.get("account_id"), facts.get("named_by_id")):
            return forbid("替班由另一位领导确认，不能由本人、替班人或指定的人确认。")
        if one_person(session, [actor.id, absent.id]) or one_person(session, [actor.id, facts.get("account_id")]):
            return forbid("替班由另一位领导确认，不能用自己的另一个账号确认。")
        if all(any(_above(mine, led) for mine in actor.grants) for led in leading(absent)):
            return allow()
        return forbid(f"{absent.name}的替班由上一级领导确认。")
    if actor.id is not None and actor.id == absent.id:
        return allow()
    if facts.get("step") == "end" and actor.id == facts.get("account_id"):
        return allow()
    if any(actor.holds(role, grant.area) for role in NAMING for grant in absent.grants):
        return allow()
    return forbid("替班由本人指定，本人不能指定的由中心主任或系统管理员指定。")


def leading(actor: Actor) -> list[Grant]:
    """The leading posts of somebody's own: a stand-in for one must be confirmed."""
    return [grant for grant in actor.own().grants if grant.role in LEADING]


def confirming(actor: Actor) -> list[tuple[str, str]]:
    """(role, area) of those who may confirm a stand-in for somebody, for telling them."""
    found = [(role, led.area) for led in leading(actor) for role in upward(led.role)]
    above = [("discipline", led.area.rpartition("/")[0]) for led in leading(actor) if led.role == "discipline"]
    return list(dict.fromkeys([*found, *(each for each in above if each[1])]))


def upward(role: str) -> list[str]:
    """The roles above one, the next first."""
    found: list[str] = []
    while role in UPWARD and UPWARD[role] not in found:
        role = UPWARD[role]
        found.append(role)
    return found


def unfit(session: Session, absent: Actor, account: Account, other: Actor) -> str:
    """Why an account cannot stand in for somebody, in words; empty when it can."""
    if other.id == absent.id or one_person(session, [other.id, absent.id]):
        return "不能由本人替班，请选择另一位工作人员。"
    if not account.active:
        return f"{other.name}的账号已停用，请选择另一位工作人员。"
    if not {_office(each) for each in absent.grants} & {_office(each) for each in other.grants}:
        return f"{other.name}不在同一个乡镇或同一级机关，请选择本单位的工作人员。"
    mine, theirs = {each.role for each in absent.grants}, {each.role for each in other.grants}
    for role in KEPT:
        if role in mine and role not in theirs:
            return f"{ROLES[role]}只能由同岗位的人替班。"
    if "discipline" in theirs and "discipline" not in mine:
        return f"{ROLES['discipline']}负责监督，不替其他岗位办理。"
    return ""


def one_person(session: Session, ids: list[int | None]) -> bool:
    """Whether two accounts are of one person, as far as their ID numbers are known."""
    known = [each for each in ids if each is not None]
    rows = session.scalars(select(Account.person).where(Account.id.in_(known), Account.person.is_not(None))).all()
    return len(rows) > 1 and len(set(rows)) < len(rows)


def _above(mine: Grant, led: Grant) -> bool:
    if mine.role == led.role == "discipline":
        return mine.covers(led.area) and mine.area != led.area
    return mine.role in upward(led.role) and mine.covers(led.area)


def _office(grant: Grant) -> str:
    """The township, or the county itself for who works there."""
    return "/".join(grant.area.split("/")[:2])
