"""Writing messages inside an operation, delivering them after its commit, reading and answering them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.journal.verbs import Verb
from engine.outbox import distribution, mail, robots, settings
from engine.outbox.models import Copy, Message
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from engine.transactions import act, scratch

log = logging.getLogger(__name__)
#: An answer holds at most so many characters.
LONGEST_ANSWER = 500
#: Nothing is sent in the last minute of a claim: it might still be under way when another process takes over.
MARGIN = timedelta(minutes=1)


def enqueue(
    session: Session,
    *,
    kind: str,
    subject: str,
    now: datetime,
    body: str = "",
    to: Iterable[Actor] = (),
    role: str | None = None,
    area: str | None = None,
    instance_id: int | None = None,
    work_item_id: int | None = None,
    sender: Actor = SYSTEM,
    urgent: bool = False,
    key: str | None = None,
) -> Message:
    """Adds a message to the open transaction: `to` named people, who find it in the system at once, or to the holders
    of `role` in `area`, who are looked up when it is delivered. The subject may leave the house: it names no person.
    One with a `key` is written once; the one that is there is returned."""
    if key is not None:
        there = session.scalar(select(Message).where(Message.key == key))
        if there is not None:
            return there
    message = Message(
        kind=kind,
        role=role,
        area=area,
        subject=subject[:200],
        body=body,
        instance_id=instance_id,
        work_item_id=work_item_id,
        sender=sender.name,
        sender_id=sender.id,
        urgent=urgent,
        key=key,
        created_at=now,
    )
    named = {each.id: each.name for each in to if each.id is not None}
    message.copies = [
        Copy(channel="app", account_id=account, robot_id=0, name=name, state="sent", sent_at=clock.wall())
        for account, name in named.items()
    ]
    session.add(message)
    return message


def deliver(limit: int = 100) -> int:
    """Makes the copies of waiting messages, then sends what is due; returns how much that was, 0 when there was
    nothing to do. Any number of processes may do this at once; nothing is sent inside a transaction."""
    with scratch() as session:
        done = distribution.distribute(session, clock.wall(), limit)
    began = clock.wall()
    with scratch() as session:
        letters, posts = distribution.claim(session, began)
    ends = began + distribution.CLAIM - MARGIN
    given = settings.current()
    for letter, error in mail.send(letters, given):
        _note(letter.copies, error)
        done += 1
        if clock.wall() >= ends:
            return done  # The rest is claimed anew when this claim has ended.
    for post in posts:
        if clock.wall() >= ends:
            break
        _note(post.copies, robots.send(post, given))
        done += 1
    return done


def _note(copies: Sequence[int], error: str | None) -> None:
    if error is not None:
        log.warning("copies %s were not sent: %s", ",".join(map(str, copies)), error)
    with scratch() as session:
        distribution.note(session, copies, error, clock.wall())


def read(account_id: int, copies: Sequence[int] | None = None) -> int:
    """Notes that somebody has read messages in the system, all of theirs when none are named; how many were new."""
    mine = [Copy.account_id == account_id, Copy.channel == "app", Copy.read_at.is_(None)]
    if copies is not None:
        mine.append(Copy.id.in_(copies))
    with scratch() as session:
        noted = update(Copy).where(*mine).values(read_at=clock.now())
        return session.execute(noted, execution_options={"synchronize_session": False}).rowcount


def answer(copy_id: int, actor: Actor, text: str) -> Copy:
    """The recipient's one answer to a message. It stays with the copy, and its sender is told.

    NotFound when the message is somebody else's, Conflict when it was answered, Invalid for an empty or long text.
    """
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_ANSWER:
        raise Invalid(problems=[{"field": "answer", "message": f"回复请写 1 到 {LONGEST_ANSWER} 个字。"}])
    with act(Verb.MESSAGE_ANSWERED, actor) as deed:
        session = deed.session
        message = session.scalar(select(Message).join(Copy).where(Copy.id == copy_id))
        head = None
        if message is not None and message.instance_id is not None:
            head = session.get(Instance, message.instance_id, with_for_update=True, populate_existing=True)
        head = head or deed.subject("messages")
        copy = session.scalar(
            select(Copy)
            .where(Copy.id == copy_id, Copy.account_id == actor.id, Copy.channel == "app")
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if message is None or copy is None:
            raise NotFound("没有这条消息，请返回消息列表。")
        if copy.answered_at is not None:
            raise Conflict("这条消息您已经回复过，每条消息只能回复一次。")
        copy.answer, copy.answered_at = text, deed.now
        copy.read_at = copy.read_at or deed.now
        if message.sender_id not in (None, actor.id):
            enqueue(
                session,
                kind="reply",
                subject=f"回复：{message.subject.removeprefix('回复：')}",
                body=text,
                to=[Actor(message.sender_id, message.sender)],
                instance_id=message.instance_id,
                work_item_id=message.work_item_id,
                sender=actor,
                now=deed.now,
            )
        deed.record(head, after={"subject": message.subject})
    return copy


def try_again(actor: Actor, copies: Sequence[int] | None = None) -> int:
    """Lets copies that were given up go out again, all of them when none are named; how many. Conflict for none."""
    failed = select(Copy).where(Copy.state == "failed")
    if copies is not None:
        failed = failed.where(Copy.id.in_(copies))
    with act(Verb.MESSAGES_RETRIED, actor) as deed:
        veto.require(deed.session, Question("manage_channels", actor))
        head = deed.subject("channels")
        found = deed.session.scalars(
            failed.order_by(Copy.id).with_for_update().execution_options(populate_existing=True)
        ).all()
        if not found:
            raise Conflict("没有需要重新发送的消息，可能别人刚刚已经重新发送。")
        for copy in found:
            copy.state, copy.attempts, copy.not_before = "waiting", 0, clock.wall()
        deed.record(head, after={"count": len(found)})
    return len(found)
