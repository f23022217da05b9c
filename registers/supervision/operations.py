"""Urging (催办), written orders with a reply deadline (督办), and their end."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from engine.actors import Actor
from engine.calendar.lengths import Length
from engine.clocks import ledger
from engine.clocks.catalogue import unknown
from engine.clocks.models import Clock
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.holidays import queries as holidays
from engine.journal.verbs import Verb
from engine.ladders.recipients import free, recipients
from engine.ladders.steps import HOLDER
from engine.outbox.models import Message
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.releases import queries as releases
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem
from engine.transactions import Deed, act
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.cases.numbers import called, order_number
from registers.supervision.models import Order

LONGEST = 1000
#: Longer than this is no supervised handling.
LONGEST_REPLY = Length(30, "d")
CLAUSE = "plan:2.3.3"


def urge(item_id: int, actor: Actor, text: str = "") -> Message:
    """Tells whoever has an open item in hand (nobody: those who could take it) to get on with it.

    Raises Refused for whoever may not, Conflict when the item is no longer open or was urged by the same leader today.
    """
    text = written("text", text, longest=LONGEST)
    with act(Verb.ITEM_URGED, actor) as deed:
        item = _item(deed, item_id)
        veto.require(deed.session, Question("urge", actor, instance=item.instance, item=item))
        start_of_day = deed.now.replace(hour=0, minute=0, second=0, microsecond=0)
        again = select(Message.id).where(
            Message.kind == "urge",
            Message.work_item_id == item.id,
            Message.sender_id == actor.id,
            Message.created_at >= start_of_day,
        )
        if deed.session.scalar(again.limit(1)) is not None:
            raise Conflict(f"您今天已经催办过“{item.name}”，请明天再催，或签发督办单。")
        # Whoever has it in hand, unless a conflict with the case was found since; else the next one who may hear of it.
        to = recipients(deed.session, HOLDER, item.instance, item).actors
        message = enqueue(
            deed.session,
            kind="urge",
            subject=f"{called(deed.session, item.instance)}：请尽快办理“{item.name}”",
            body=text,
            to=to,
            role=None if to else "admin",
            area=item.instance.area,
            instance_id=item.instance_id,
            work_item_id=item.id,
            sender=actor,
            urgent=True,
            now=deed.now,
        )
        # Not through the row: its version stays, so that whoever has the form open hands it in.
        deed.session.execute(update(WorkItem).where(WorkItem.id == item.id).values(urged_at=deed.now))
        deed.record(item.instance, after={"item": item.name, "told": [each.name for each in to]}, reason=text or None)
    return message


def order(
    instance_id: int, actor: Actor, *, to_id: int, text: str, reply: str = "3wd", item_id: int | None = None
) -> Order:
    """Issues a numbered order about a running case to one person, to be answered within a length of time.

    Raises Invalid with the field that is wrong, Refused when the issuer may not or when the addressee has a conflict
    with the case (an order shows what a case is about), Conflict when the same order already waits for their reply.
    """
    text = written("text", text, longest=LONGEST, empty="请写明内容。")
    length = _reply_length(reply)
    with act(Verb.ORDER_ISSUED, actor) as deed:
        instance = _instance(deed, instance_id)
        if instance.status != "running":
            raise Conflict("这件办件已经办结，不能再签发督办单。")
        veto.require(deed.session, Question("order", actor, instance=instance))
        account = deed.session.get(Account, to_id)
        if account is None or not account.active:
            raise Invalid.at("to_id", "请选择一位在用的工作人员。")
        to = accounts.actor(account)
        if to.id == actor.id:
            raise Invalid.at("to_id", "督办单不能签发给自己。")
        answer = veto.ask(deed.session, Question("be_told", to, instance=instance))
        if not answer:
            raise Invalid.at("to_id", f"{to.name}不能办理这件办件：{answer.reason}请选择其他人。")
        item = deed.session.get(WorkItem, item_id) if item_id is not None else None
        if item_id is not None and (item is None or item.instance_id != instance.id):
            raise NotFound("这个环节不属于这件办件，请刷新后再试。")
        again = select(Order.number).where(
            Order.instance_id == instance.id,
            Order.to_id == to.id,
            Order.text == text,
            Order.closed_at.is_(None),
            Order.replied_at.is_(None),
        )
        issued = deed.session.scalar(again.limit(1))
        if issued is not None:
            raise Conflict(f"同样内容的督办单{issued}已经发给{to.name}，正在等待答复，没有重复签发。")
        made = Order(
            number=order_number(deed.session, instance.area, deed.now.year),
            instance_id=instance.id,
            work_item_id=item_id,
            text=text,
            issued_by_id=actor.id,
            issued_by=actor.name,
            issued_at=deed.now,
            to_id=to.id,
            to_name=to.name,
        )
        deed.session.add(made)
        deed.session.flush()
        spec = releases.load(instance.release_id, deed.session).clocks.get("reply") or unknown("reply")
        clock = ledger.start(
            deed.session,
            instance_id=instance.id,
            spec=replace(spec, name=f"reply_{made.id}", title=f"督办答复期限（{made.number}）", kind="service"),
            budget=str(length),
            extends_to=None,
            clause=CLAUSE,
            now=deed.now,
            who=actor.name,
            calendar=holidays.current(deed.session),
            holder_id=to.id,
        )
        made.clock_id = clock.id
        enqueue(
            deed.session,
            kind="order",
            subject=f"{called(deed.session, instance)}：督办单{made.number}，请在{clock.basis['due']}前答复",
            body=text,
            to=[to],
            instance_id=instance.id,
            work_item_id=item_id,
            sender=actor,
            urgent=True,
            now=deed.now,
        )
        after = {"number": made.number, "to": to.name, "due": clock.basis["due"]}
        deed.record(instance, after=after, reason=text, clause=CLAUSE)
    return made


def reply(order_id: int, actor: Actor, text: str) -> Order:
    """The addressee's answer; its deadline is met by it."""
    text = written("text", text, longest=LONGEST, empty="请写明内容。")
    with act(Verb.ORDER_REPLIED, actor) as deed:
        made, instance = _order(deed, order_id)
        veto.require(deed.session, Question("reply", actor, instance=instance, facts={"to_id": made.to_id}))
        if made.replied_at is not None:
            raise Conflict("这份督办单您已经答复过。")
        if made.closed_at is not None:
            raise Conflict(f"这份督办单已由{made.closed_by}办结，不用再答复。")
        made.reply, made.replied_at = text, deed.now
        _end(deed, made)
        issuer = directory.actor(deed.session, made.issued_by_id)
        hears = issuer is not None and free(deed.session, issuer, instance)
        enqueue(
            deed.session,
            kind="reply",
            subject=f"{called(deed.session, instance)}：督办单{made.number}已答复",
            body=text,
            to=[issuer] if hears else recipients(deed.session, "head", instance, None).actors,
            instance_id=instance.id,
            sender=actor,
            now=deed.now,
        )
        deed.record(instance, after={"number": made.number}, reason=text, clause=CLAUSE)
    return made


def close(order_id: int, actor: Actor, remark: str = "") -> Order:
    """The issuer (or another leader who may issue one) is content; an order that was never answered says why."""
    with act(Verb.ORDER_CLOSED, actor) as deed:
        made, instance = _order(deed, order_id)
        veto.require(deed.session, Question("order", actor, instance=instance))
        if made.to_id == actor.id:
            raise Refused("督办单由签发人或其他领导办结，不能由被督办人自己办结。")
        if made.closed_at is not None:
            raise Conflict(f"这份督办单已由{made.closed_by}办结。")
        remark = written(
            "remark", remark, longest=LONGEST, empty="" if made.replied_at else "还没有答复就办结的，请写明原因。"
        )
        made.closed_at, made.closed_by, made.remark = deed.now, actor.name, remark
        _end(deed, made)
        deed.record(instance, after={"number": made.number}, reason=remark or None, clause=CLAUSE)
    return made


def readdress(order_id: int, actor: Actor, *, to_id: int, from_id: int, reason: str) -> Order:
    """A leader lets somebody else answer an order whose addressee leaves; its deadline stays as it was.

    Raises Refused when the leader may not or the other may not hear of the case, Conflict when it was answered.
    """
    with act(Verb.ORDER_HANDED_OVER, actor) as deed:
        made, instance = _order(deed, order_id)
        veto.require(deed.session, Question("order", actor, instance=instance))
        if made.replied_at is not None or made.closed_at is not None or made.to_id != from_id:
            raise Conflict(f"督办单{made.number}已经答复、办结或转给别人，请刷新后查看。")
        to = directory.actor(deed.session, to_id)
        if to is None or to.id == made.issued_by_id:
            raise Refused("请选择一位在用的工作人员，签发人自己除外。")
        if not free(deed.session, to.own(), instance):
            raise Refused(f"{to.name}不能办理这件办件，督办单请转给其他人。")
        before = {"to": made.to_name}
        made.to_id, made.to_name = to.id, to.name
        clock = deed.session.get(Clock, made.clock_id, populate_existing=True) if made.clock_id else None
        if clock is not None:
            clock.holder_id = to.id
        enqueue(
            deed.session,
            kind="order",
            subject=f"{called(deed.session, instance)}：督办单{made.number}转由您答复",
            body=made.text,
            to=[to],
            instance_id=instance.id,
            work_item_id=made.work_item_id,
            sender=actor,
            urgent=True,
            now=deed.now,
        )
        after = {"number": made.number, "to": to.name}
        deed.record(instance, before=before, after=after, reason=reason, clause=CLAUSE)
    return made


def _end(deed: Deed, made: Order) -> None:
    clock = deed.session.get(Clock, made.clock_id, populate_existing=True) if made.clock_id else None
    if clock is not None:
        ledger.end(deed.session, clock, "satisfied" if made.replied_at else "lapsed", deed.now, deed.actor.name)


def _order(deed: Deed, order_id: int) -> tuple[Order, Instance]:
    found = deed.session.get(Order, order_id)
    if found is None:
        raise NotFound("没有找到这份督办单，请刷新后查看。")
    instance = _instance(deed, found.instance_id)
    return deed.session.get(Order, order_id, populate_existing=True), instance


def _instance(deed: Deed, instance_id: int) -> Instance:
    found = deed.session.get(Instance, instance_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    return found


def _item(deed: Deed, item_id: int) -> WorkItem:
    found = deed.session.get(WorkItem, item_id)
    if found is None:
        raise NotFound("没有找到这一项，它可能已被撤回，请刷新后查看。")
    instance = _instance(deed, found.instance_id)
    item = deed.session.get(WorkItem, item_id, populate_existing=True)
    if item.state != "open":
        raise Conflict(f"“{item.name}”已经办结，不用催办。")
    set_committed_value(item, "instance", instance)
    return item


def _reply_length(text: str) -> Length:
    try:
        length = Length.parse(text.strip())
    except Invalid as error:
        raise Invalid.at("reply", f"答复期限：{error.message}") from None
    if length.unit == "m" or not 1 <= length.amount <= LONGEST_REPLY.amount:
        raise Invalid.at("reply", f"答复期限请写1至{LONGEST_REPLY.amount}个工作日（如 3wd）或自然日（如 5d）。")
    return length
