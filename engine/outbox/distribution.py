"""Inside one transaction each: waiting messages become copies; due copies are claimed and become parcels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor, Grant
from engine.holidays import queries as holidays
from engine.outbox import digest, parcels, settings
from engine.outbox.models import Copy, Message, Robot
from engine.outbox.parcels import Letter, Post
from engine.people import directory
from engine.runtime.models import Instance

#: A copy is tried so often; after that somebody must look at it. Minutes until the next try after the first, second …
TRIES = 8
BACKOFF = (1, 5, 15, 60, 120, 240, 480)
#: How long a claim holds: a process that dies loses nothing, another sends after that.
CLAIM = timedelta(minutes=5)
#: So many people and robots are served by one claim: all of them are through long before it ends.
TARGETS = 20
#: A robot speaks at most so often (DingTalk: 20 posts a minute).
SPACING = timedelta(seconds=4)
#: A message for a role that nobody holds is looked at again after this.
NOBODY = timedelta(minutes=10)


def distribute(session: Session, wall: datetime, limit: int) -> int:
    """Makes the copies of waiting messages, the oldest first; how many messages that was."""
    rows = session.execute(
        select(Message, Instance.area, Instance.seen_by)
        .outerjoin(Instance, Instance.id == Message.instance_id)
        .where(Message.delivered_at.is_(None), or_(Message.not_before.is_(None), Message.not_before <= wall))
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return 0
    calendar = holidays.current(session)
    later = digest.next_digest(calendar, digest.digest_time(session, wall), wall)
    robots = list(session.scalars(select(Robot).where(Robot.active.is_(True)).order_by(Robot.id)))
    done = 0
    for message, instance_area, seen_by in rows:
        copies = _Copies(session, message)
        area = message.area or instance_area or ""
        told = _told(session, copies, area, wall)
        if not told:
            message.not_before = wall + NOBODY
            continue
        _mail(session, copies, told, wall if message.urgent else later)
        for robot in robots if seen_by is None else ():  # A group chat hears nothing of a confidential case.
            if message.kind in robot.kinds and Grant("", robot.area).covers(area):
                at = later if robot.digest and not message.urgent else wall
                copies.make("robot", robot.name, robot_id=robot.id, state="waiting", not_before=at)
        message.delivered_at = clock.now()
        done += 1
    session.flush()
    return done


class _Copies:
    """The copies of one message; each is made once, so that no message can hold up the others."""

    def __init__(self, session: Session, message: Message) -> None:
        self.session, self.message = session, message
        rows = select(Copy.channel, Copy.account_id, Copy.robot_id).where(Copy.message_id == message.id)
        self.there = {tuple(row) for row in session.execute(rows)}

    def make(self, channel: str, name: str, *, account_id: int = 0, robot_id: int = 0, **given: object) -> None:
        key = (channel, account_id, robot_id)
        if key not in self.there:
            self.there.add(key)
            plain = {"message_id": self.message.id, "channel": channel, "name": name[:80]}
            self.session.add(Copy(**plain, account_id=account_id, robot_id=robot_id, **given))

    def told(self) -> set[int]:
        """The accounts that find it in the system."""
        return {account for channel, account, _ in self.there if channel == "app"}


def _told(session: Session, copies: _Copies, area: str, wall: datetime) -> set[int]:
    """Who finds it in the system: those named, and the holders of its role, else the area's administrators."""
    role, named = copies.message.role, copies.told()
    if role is None:
        return named
    found: Iterable[Actor] = directory.holders(session, role, area)
    if not found and not named and role != "admin":
        found = directory.holders(session, "admin", area)
    for each in found:
        copies.make("app", each.name, account_id=each.id or 0, state="sent", sent_at=wall)
    return copies.told()


def _mail(session: Session, copies: _Copies, told: set[int], at: datetime) -> None:
    if settings.current().smtp is None:
        return
    for contact in directory.contacts(session, told).values():
        if contact.email and contact.account_id != copies.message.sender_id:
            copies.make("mail", contact.name, account_id=contact.account_id, state="waiting", not_before=at)


def claim(session: Session, wall: datetime) -> tuple[list[Letter], list[Post]]:
    """Takes what is due for a while and makes it ready to be sent; others leave it alone until the claim ends."""
    due = [Copy.state == "waiting", Copy.not_before <= wall]
    if not holidays.current(session).is_workday(wall.astimezone(clock.ZONE).date()):
        due.append(Copy.message_id.in_(select(Message.id).where(Message.urgent.is_(True))))
    target = (Copy.channel, Copy.account_id, Copy.robot_id)
    # Whoever locks the first copy of somebody takes all of them: two processes never send two halves of a digest.
    first = session.scalars(
        select(func.min(Copy.id)).where(*due).group_by(*target).order_by(func.min(Copy.not_before)).limit(TARGETS)
    ).all()
    letters: list[Letter] = []
    posts: list[Post] = []
    if not first:
        return letters, posts
    leaders = session.scalars(
        select(Copy)
        .where(Copy.id.in_(first), *due)
        .order_by(Copy.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for leader in leaders:
        mine = [Copy.channel == leader.channel, Copy.account_id == leader.account_id, Copy.robot_id == leader.robot_id]
        rows = session.execute(
            select(Copy, Message)
            .join(Message, Message.id == Copy.message_id)
            .where(*mine, *due)
            .order_by(Copy.id)
            .with_for_update(of=Copy)
            .execution_options(populate_existing=True)
        ).all()
        for batch in _batches([(copy, message) for copy, message in rows]):
            if leader.channel == "mail":
                letters += _letter(session, batch, wall)
            else:
                posts += _post(session, batch, wall)
    session.flush()
    return letters, posts


def _batches(rows: list[tuple[Copy, Message]]) -> list[list[tuple[Copy, Message]]]:
    """All of it as one; but what a process had claimed when it died, so that nobody knows whether it went out, is sent
    once more exactly as it was and thereby known by its identity."""

    def of(row: tuple[Copy, Message]) -> str:
        copy = row[0]
        return copy.not_before.isoformat() if copy.attempts and copy.error is None and copy.not_before else ""

    return [list(several) for _, several in groupby(sorted(rows, key=lambda row: (of(row), row[0].id)), key=of)]


def _letter(session: Session, batch: Sequence[tuple[Copy, Message]], wall: datetime) -> list[Letter]:
    account = batch[0][0].account_id
    contact = directory.contacts(session, [account]).get(account)
    if contact is None or not contact.email:
        _give_up(batch, "这个账号没有邮箱地址，或已停用。")
        return []
    kept = _claimed(batch, wall)
    if not kept:
        return []
    copies, messages = [copy.id for copy, _ in kept], [message for _, message in kept]
    return [parcels.letter(copies, messages, contact.email, digest.standing(session, account))]


def _post(session: Session, batch: Sequence[tuple[Copy, Message]], wall: datetime) -> list[Post]:
    robot = session.scalar(
        select(Robot)
        .where(Robot.id == batch[0][0].robot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if robot is None or not robot.active:
        _give_up(batch, "这个群机器人已停用。")
        return []
    if robot.posted_at is not None and robot.posted_at + SPACING > wall:
        return []  # It has just spoken: the copies stay due.
    kept = _claimed(batch, wall)
    if not kept:
        return []
    robot.posted_at = wall
    return [parcels.post([copy.id for copy, _ in kept], [message for _, message in kept], robot)]


def _claimed(batch: Sequence[tuple[Copy, Message]], wall: datetime) -> list[tuple[Copy, Message]]:
    """Marks copies as claimed. A try counts when it begins: what kills the process that sends it ends some day too."""
    worn = [row for row in batch if row[0].attempts >= TRIES]
    _give_up(worn, "多次在发送途中中断，没有再试。")
    kept = [row for row in batch if row[0].attempts < TRIES]
    for copy, _ in kept:
        copy.attempts, copy.error, copy.not_before = copy.attempts + 1, None, wall + CLAIM
    return kept


def _give_up(batch: Iterable[tuple[Copy, Message]], error: str) -> None:
    for copy, _ in batch:
        copy.state, copy.error, copy.not_before = "failed", error, None


def note(session: Session, copies: Sequence[int], error: str | None, wall: datetime) -> None:
    """Writes down what came of a sending. What another process settled meanwhile stays as it is."""
    rows = session.scalars(
        select(Copy)
        .where(and_(Copy.id.in_(copies), Copy.state == "waiting"))
        .order_by(Copy.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for copy in rows:
        copy.error = error
        if error is None:
            copy.state, copy.sent_at, copy.not_before = "sent", wall, None
        elif copy.attempts >= TRIES:
            copy.state, copy.not_before = "failed", None
        else:
            copy.not_before = wall + timedelta(minutes=BACKOFF[min(copy.attempts, len(BACKOFF)) - 1])
