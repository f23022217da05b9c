"""Naming a stand-in, confirming, ending; taking over what somebody who is away has in hand. One act each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused
from engine.holidays import queries as holidays
from engine.journal.verbs import Verb
from engine.outbox.operations import enqueue
from engine.parameters import queries as parameters
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.deadlines import deadline, last_day
from engine.runtime.hands import operations as hands
from engine.runtime.models import Draft, WorkItem
from engine.runtime.openings import plans
from engine.transactions import Deed, act, afterwards
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.standins import queries, rules
from registers.standins.models import StandIn, TakenOver

LONGEST = 300


def name(
    actor: Actor, *, absent_id: int, account_id: int, first_on: date | None, last_on: date | None, reason: str
) -> StandIn:
    """Names who stands in for somebody from day to day. A leader's has no effect until it is confirmed.

    Raises Invalid with every field that is wrong, Refused by the veto, NotFound for no such account.
    """
    with act(Verb.STAND_IN_NAMED, actor) as deed:
        session, head = deed.session, deed.subject("standins")  # Two that cross cannot both pass.
        account = session.get(Account, absent_id)
        if account is None or not account.active:
            raise NotFound("没有这个账号，请刷新后重选。")
        absent = accounts.actor(account)
        veto.require(session, Question("stand_in", actor, facts={"step": "name", "absent": absent}))
        problems = _days(session, deed, first_on, last_on)
        reason = reason.strip()
        if not reason or len(reason) > LONGEST:
            said = "请写明为什么需要替班。" if not reason else f"最多{LONGEST}个字，请写得简短些。"
            problems.append({"field": "reason", "message": said})
        other = session.get(Account, account_id)
        if other is None:
            problems.append({"field": "account_id", "message": "请选择替班人。"})
        elif actor.id not in (absent_id, None) and account_id == actor.id:
            problems.append({"field": "account_id", "message": "替别人指定的，不能指定自己，请选择另一位工作人员。"})
        elif said := rules.unfit(session, absent, other, accounts.actor(other)):
            problems.append({"field": "account_id", "message": said})
        if problems or other is None or first_on is None or last_on is None:
            raise Invalid(problems=problems)
        _no_crossing(session, absent, accounts.actor(other), first_on, last_on)
        led = rules.leading(absent)
        made = StandIn(
            absent_id=absent_id,
            absent_name=account.name,
            account_id=account_id,
            name=other.name,
            first_on=first_on,
            last_on=last_on,
            starts_at=clock.instant(first_on),
            ends_at=clock.end_of(last_on),
            reason=reason,
            state="asked" if led else "valid",
            named_by_id=deed.actor.id,
            named_by=deed.actor.name,
            named_at=deed.now,
        )
        session.add(made)
        session.flush()
        _tell_named(deed, made, absent, accounts.actor(other))
        deed.record(head, after=_said(made), reason=reason)
    return made


def decide(stand_in_id: int, actor: Actor, *, confirmed: bool, remark: str = "") -> StandIn:
    """A leader confirms a leader's stand-in, or says why not."""
    empty = "" if confirmed else "不同意的，请写明理由。"
    remark = written("remark", remark, longest=LONGEST, empty=empty)
    with act(Verb.STAND_IN_CONFIRMED if confirmed else Verb.STAND_IN_REFUSED, actor) as deed:
        head, made, absent = _locked(deed, stand_in_id)
        facts = {"step": "confirm", "absent": absent, "account_id": made.account_id, "named_by_id": made.named_by_id}
        veto.require(deed.session, Question("stand_in", actor, facts=facts))
        if made.state != "asked":
            raise Conflict("这项替班已经处理，请刷新后查看。")
        if made.ends_at <= deed.now:
            raise Conflict("替班的最后一天已过，请重新登记。")
        made.state = "valid" if confirmed else "refused"
        made.decided_by_id, made.decided_by, made.decided_at = deed.actor.id, deed.actor.name, deed.now
        made.remark = remark
        what = "替班已确认" if confirmed else "替班没有确认"
        _tell(deed, [made.absent_id, made.account_id], what, f"{_words(made)}{remark}")
        deed.record(head, after=_said(made), reason=remark or None)
    return made


def end(stand_in_id: int, actor: Actor, *, remark: str = "") -> StandIn:
    """Ends one before its last day, from this instant; what was taken over goes back."""
    remark = written("remark", remark, longest=LONGEST)
    with act(Verb.STAND_IN_ENDED, actor) as deed:
        head, made, absent = _locked(deed, stand_in_id)
        facts = {"step": "end", "absent": absent, "account_id": made.account_id}
        veto.require(deed.session, Question("stand_in", actor, facts=facts))
        if made.state not in queries.PENDING or made.ends_at <= deed.now:
            raise Conflict("这项替班已经结束，请刷新后查看。")
        made.state, made.ends_at, made.ended_by, made.remark = "ended", deed.now, deed.actor.name, remark
        _tell(deed, [made.absent_id, made.account_id], "替班已提前结束", f"{_words(made)}{remark}")
        deed.record(head, after=_said(made), reason=remark or None)
        afterwards(deed.session, give_back_due)
    return made


def take_over(item_id: int, actor: Actor) -> WorkItem:
    """Takes an open item out of the hands of somebody for whom one stands in. Their draft stays theirs, unless the
    parameter `stand_in_drafts` says that it is handed on.

    Raises Refused when the veto bars either of the two, Conflict when the item is in other hands by now.
    """
    with act(Verb.ITEM_TAKEN_OVER, actor) as deed:
        session, item = deed.session, locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        away = {each.id: each for each in directory.lenders(session, actor.id or 0)}
        lender = away.get(item.holder_id)
        if lender is None:
            raise Conflict(f"“{item.name}”不在您替班的人手中，不能接手。请刷新后查看。")
        facts = {"in_stead_of": lender.id}
        answer = veto.require(session, Question("claim", actor, instance=item.instance, item=item, facts=facts))
        if answer.stead is None:
            raise Refused(f"{lender.name}本人不能办理“{item.name}”，请联系中心主任改派。", clause=answer.clause)
        holding = next(each for each in queries.now_for(session, actor.id or 0) if each.absent_id == lender.id)
        before = {"holder": item.holder_name}
        item.holder_id, item.holder_name, item.claimed_at = actor.id, deed.actor.name, deed.now
        session.add(TakenOver(stand_in_id=holding.id, work_item_id=item.id, account_id=actor.id, claimed_at=deed.now))
        _hand_on_draft(deed, item, lender)
        deed.record(item.instance, before=before, after={"item": item.name, "from": lender.name}, clause=item.clause)
    return item


@plans.plan
def give_back_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Gives back what was taken over in a standing-in that is over, an act each; how many. One small query."""
    session, done = db.session(), 0
    for each in queries.over(session):
        if stop():
            break
        done += give_back(each.id)
    session.rollback()
    return done


hands.owed.append(give_back_due)


def give_back(taken_id: int) -> bool:
    """Gives one item back to whoever was away, if they may still do it; else whoever can takes it. False when it is in
    other hands, or done, by now: then nothing is to be given."""
    with act(Verb.ITEM_GIVEN_BACK, SYSTEM) as deed:
        session = deed.session
        taken = session.get(TakenOver, taken_id, with_for_update=True, populate_existing=True)
        if taken is None or taken.settled_at is not None:
            deed.dismiss()
            return False
        taken.settled_at = deed.now
        try:
            item = locks.open_item(deed, taken.work_item_id)
        except (Conflict, NotFound):
            deed.dismiss()
            return False
        if item.holder_id != taken.account_id or item.claimed_at != taken.claimed_at:
            deed.dismiss()
            return False
        made = session.get(StandIn, taken.stand_in_id)
        back = directory.actor(session, made.absent_id)
        facts = {"assigned": True}
        if back is not None and not veto.ask(
            session, Question("claim", back.own(), instance=item.instance, item=item, facts=facts)
        ):
            back = None
        item.holder_id = item.holder_name = item.claimed_at = None
        if back is not None:
            item.holder_id, item.holder_name, item.claimed_at = back.id, back.name, deed.now
        deed.record(item.instance, after={"item": item.name, "to": back.name if back else "待领"}, clause=item.clause)
    return True


def _days(session: Session, deed: Deed, first: date | None, last: date | None) -> list[dict[str, str]]:
    today = deed.now.date()
    if first is None or first < today:
        return [{"field": "first_on", "message": "请填写从哪天起，不能早于今天。"}]
    limit = parameters.on(session, today).get("stand_in_limit")
    if limit is None:
        raise DoudiError("没有“stand_in_limit”这个政策参数，不知道最长能替班多久，请管理员补上。")
    longest = last_day(deadline(str(limit), clock.instant(first), holidays.current(session)).at)
    if last is None or not first <= last <= longest:
        said = f"请填写到哪天为止，在{first:%Y年%m月%d日}到{longest:%Y年%m月%d日}之间。"
        return [{"field": "last_on", "message": said}]
    return []


def _no_crossing(session: Session, absent: Actor, other: Actor, first: date, last: date) -> None:
    """There is one stand-in a day, and none for a stand-in: what is lent is never lent on."""

    def said(made: StandIn) -> str:
        return f"{made.first_on:%m月%d日}至{made.last_on:%m月%d日}"

    found = queries.crossing(session, first, last, StandIn.absent_id == absent.id)
    if found is not None:
        raise Invalid.at("first_on", f"{said(found)}已经由{found.name}替班，请先结束那一项，或换个日期。")
    found = queries.crossing(session, first, last, StandIn.absent_id == other.id)
    if found is not None:
        raise Invalid.at("account_id", f"{other.name}{said(found)}自己由{found.name}替班，请选择另一位工作人员。")
    found = queries.crossing(session, first, last, StandIn.account_id == absent.id)
    if found is not None:
        words = f"{said(found)}要替{found.absent_name}办理，替班不能再由别人代替。请先结束那一项。"
        raise Invalid.at("first_on", f"{absent.name}{words}")


def _locked(deed: Deed, stand_in_id: int) -> tuple[object, StandIn, Actor]:
    head = deed.subject("standins")
    made = deed.session.get(StandIn, stand_in_id, with_for_update=True, populate_existing=True)
    account = deed.session.get(Account, made.absent_id) if made is not None else None
    if made is None or account is None:
        raise NotFound("没有找到这项替班，请刷新后查看。")
    return head, made, accounts.actor(account)


def _hand_on_draft(deed: Deed, item: WorkItem, lender: Actor) -> None:
    session, key = deed.session, f"item:{item.id}"
    if parameters.on(session, deed.now.date()).get("stand_in_drafts") is not True:
        return
    theirs = session.get(Draft, (key, lender.id))
    if theirs is not None and session.get(Draft, (key, deed.actor.id)) is None:
        session.add(Draft(key=key, actor_id=deed.actor.id, posted=theirs.posted, saved_at=deed.now))


def _tell_named(deed: Deed, made: StandIn, absent: Actor, other: Actor) -> None:
    if made.state == "asked":
        up = [each for role, area in rules.confirming(absent) for each in directory.holders(deed.session, role, area)]
        never = (made.absent_id, made.account_id, made.named_by_id)
        to = [each.id for each in up if each.id is not None and each.id not in never]
        _tell(deed, to, "有一项领导替班等待确认", f"{_words(made)}{made.reason}")
    _tell(deed, [other.id or 0, absent.id or 0], "已登记替班", f"{_words(made)}{made.reason}")


def _tell(deed: Deed, ids: list[int], what: str, body: str) -> None:
    known = [directory.actor(deed.session, each) for each in dict.fromkeys(ids) if each != deed.actor.id]
    to = [each for each in known if each is not None]
    if to:
        enqueue(deed.session, kind="standin", subject=what, body=body, to=to, sender=deed.actor, now=deed.now)


def _words(made: StandIn) -> str:
    return f"{made.name}替{made.absent_name}办理，{made.first_on:%Y年%m月%d日}至{made.last_on:%Y年%m月%d日}。"


def _said(made: StandIn) -> dict[str, str]:
    days = {"first": made.first_on.isoformat(), "last": made.last_on.isoformat()}
    return {"absent": made.absent_name, "name": made.name, **days}
