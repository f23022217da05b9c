"""Taking a visit along on a phone, and what comes back. A phone hands nothing in: it brings a draft to the desk."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, forms
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.forms import Form
from engine.journal.verbs import Verb
from engine.releases import queries as releases
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime import queries as runtime
from engine.runtime.models import Draft, WorkItem
from engine.transactions import act, scratch
from registers.files import operations as files
from registers.visits import queries
from registers.visits.merging import Clash, merge
from registers.visits.models import VisitEntry, VisitPacket, VisitPhone

Posted = Mapping[str, Sequence[str]]
_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
#: What a row of the database holds; a phone whose clock is off by more is simply far off.
FARTHEST = 2**31 - 1


@dataclass(frozen=True)
class Sent:
    """How a phone says what it sends: its own key of it, when it was typed and what its clock said on sending."""

    key: str
    acted: datetime
    phone_now: datetime

    @property
    def skew(self) -> int:
        """Seconds by which the phone's clock is ahead of ours."""
        ahead = round((self.phone_now - clock.wall()).total_seconds())
        return max(-FARTHEST, min(FARTHEST, ahead))

    @property
    def acted_at(self) -> datetime:
        """When it was typed, by our clock; never later than now."""
        return min(self.acted - timedelta(seconds=self.skew), clock.wall()).astimezone(clock.ZONE)


@dataclass(frozen=True)
class Received:
    """What came of a draft: saved (`posted` is the form as it is now), or clashes that somebody must choose between."""

    posted: dict[str, list[str]] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    #: Whose the other side is.
    other: str = ""
    #: What the choices were made on: they hold only for this other side.
    seen: str = ""
    again: bool = False


def open_phone(actor: Actor, label: str) -> VisitPhone:
    """Registers this browser as one that may hold packets of the actor, with a secret of its own."""
    with act(Verb.VISIT_PHONE_OPENED, actor) as deed:
        phone = VisitPhone(
            id=os.urandom(16).hex(),
            account_id=actor.id,
            label=" ".join(label.split())[:120] or "手机",
            secret=base64.b64encode(os.urandom(32)).decode(),
            opened_at=deed.now,
        )
        deed.session.add(phone)
        deed.record(deed.subject("visits"), after={"phone": phone.id[:8]})
    return phone


def close_phone(phone_id: str, actor: Actor) -> VisitPhone:
    """Reports a phone lost or done with: its secret is destroyed, so what it holds can never be read again."""
    with act(Verb.VISIT_PHONE_CLOSED, actor) as deed:
        head = deed.subject("visits")
        phone = queries.phone(deed.session, phone_id, actor.id or 0)
        if phone.closed_at is not None:
            raise Conflict("这部手机已经注销。")
        phone.closed_at, phone.secret = deed.now, ""
        deed.record(head, after={"phone": phone.id[:8]})
    return phone


def take(item_id: int, phone_id: str, actor: Actor) -> VisitPacket:
    """Takes an item along on a phone: it is the actor's, open, and its drawing lets it be done without network.

    Raises Refused by the veto or when the drawing says no, Conflict when it is no longer the actor's."""
    with act(Verb.VISIT_TAKEN, actor) as deed:
        session, item = deed.session, locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        _mine(item, actor)
        veto.require(session, Question("complete", actor, instance=item.instance, item=item))
        if not queries.goes_along(session, item):
            raise Refused("这一项不能带到手机上办理，请在电脑上办理。")
        phone = queries.phone(session, phone_id, actor.id or 0)
        if phone.closed_at is not None:
            raise Refused("这部手机已经注销，请重新打开“入户手机”页面登记。")
        base, _ = _server_side(session, item, actor, None)
        packet = VisitPacket(
            phone_id=phone.id,
            work_item_id=item.id,
            actor_id=actor.id,
            taken_at=deed.now,
            item_version=item.version,
            submission_id=item.submission_id,
            base=base,
        )
        session.add(packet)
        deed.record(item.instance, after={"item": item.name, "phone": phone.id[:8]}, clause=item.clause)
    return packet


def receive(
    packet_id: int, actor: Actor, posted: Posted, sent: Sent, *, chosen: Mapping[str, str], seen: str = ""
) -> Received:
    """Puts what a phone sends into the actor's draft of the item, once a key. No act: handing in is done at the desk.

    Both sides' changes go together; where both changed the same, nothing is kept and the clashes come back, until
    `chosen` (made on the other side `seen`) says which to keep. Raises Conflict when the item is no longer the
    actor's, Refused by the veto, NotFound for a packet of somebody else."""
    _check(posted, sent)
    with scratch() as session:
        packet = _locked(session, packet_id, actor)
        item = _still(session, packet, actor)
        if _known(session, sent.key, packet):
            return Received(posted=dict(runtime.draft(session, f"item:{item.id}", actor.id or 0) or {}), again=True)
        theirs, other = _server_side(session, item, actor, packet)
        # Photos come by themselves (`receive_photo`); a phone that does not know of one has not taken it away.
        held = _files(session, item)
        posted = {key: texts for key, texts in posted.items() if key not in held} | {
            key: texts for key, texts in theirs.items() if key in held
        }
        stamp = _stamp(theirs)
        merged, clashes = merge(packet.base, posted, theirs, chosen if seen == stamp else {})
        if clashes:
            return Received(clashes=clashes, other=other, seen=stamp)
        _draft(session, item, actor).posted = merged
        packet.base, packet.item_version, packet.submission_id = merged, item.version, item.submission_id
        session.add(_entry(sent, packet, "draft", {}))
    return Received(posted=merged)


def receive_photo(packet_id: int, actor: Actor, sent: Sent, name: str, stream: IO[bytes], in_field: str) -> Any:
    """A photo of the visit, put into the case and into the draft's field, once a key; gives the attachment's id. The
    very same photo sent again is the same attachment. Raises Invalid for what is no photo, Conflict when the item is no
    longer the actor's."""
    _check({}, sent)
    with scratch() as session:
        packet = _locked(session, packet_id, actor)
        item = _still(session, packet, actor)
        before = _known(session, sent.key, packet)
        if before is not None:
            return before.outcome.get("attachment")
        instance_id, item_id, held = item.instance_id, item.id, _files(session, item)
    if in_field not in held:
        raise Invalid.at("field", "这张照片不知道放在表的哪一处，请重新领取后再传。")
    kept = files.attach(
        instance_id,
        actor,
        name=name,
        stream=stream,
        kind="photo",
        item_id=item_id,
        field=in_field,
        taken_at=sent.acted_at.astimezone(clock.ZONE),
    )
    with scratch() as session:
        packet = _locked(session, packet_id, actor)
        item = _still(session, packet, actor)
        if _known(session, sent.key, packet) is None:
            posted, _ = _server_side(session, item, actor, packet)
            listed = [each for each in posted.get(in_field, []) if each and each != str(kept.id)]
            _draft(session, item, actor).posted = {**posted, in_field: [*listed, str(kept.id)]}
            packet.base = {**packet.base, in_field: [*listed, str(kept.id)]}
            session.add(_entry(sent, packet, "photo", {"attachment": kept.id}))
    return kept.id


def _draft(session: Session, item: WorkItem, actor: Actor) -> Draft:
    """The actor's draft of an item; made when there is none."""
    draft = session.get(Draft, (f"item:{item.id}", actor.id))
    if draft is None:
        draft = Draft(key=f"item:{item.id}", actor_id=actor.id)
        session.add(draft)
    draft.saved_at = clock.now()
    return draft


def _files(session: Session, item: WorkItem) -> set[str]:
    """The fields of an item's form that hold files."""
    return {one.key for one in _form(session, item).walk() if one.type == "filepicker"}


def _server_side(
    session: Session, item: WorkItem, actor: Actor, packet: VisitPacket | None
) -> tuple[dict[str, list[str]], str]:
    """(the form as the server has it for this person, whose that is): a signature that came meanwhile goes before a
    draft, a draft before what the form shows first."""
    form = _form(session, item)
    standing = runtime.standing(session, item)
    if packet is not None and standing is not None and item.submission_id != packet.submission_id:
        return forms.to_posted(form, standing.values), f"{standing.author_name}已签字的内容"
    draft = runtime.draft(session, f"item:{item.id}", actor.id or 0)
    if draft:
        return dict(draft), "您在电脑上保存的草稿"
    if packet is not None:
        return dict(packet.base), ""
    release = releases.load(item.instance.release_id, session)
    values = standing.values if standing is not None else runtime.prefill(session, item, release)
    return forms.to_posted(form, values), ""


def _form(session: Session, item: WorkItem) -> Form:
    return releases.load(item.instance.release_id, session).forms[item.form]


def _locked(session: Session, packet_id: int, actor: Actor) -> VisitPacket:
    queries.packet(session, packet_id, actor.id or 0)
    locked = select(VisitPacket).where(VisitPacket.id == packet_id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _still(session: Session, packet: VisitPacket, actor: Actor) -> WorkItem:
    """The item, still open, the actor's, and allowed: whoever is barred meanwhile brings nothing in."""
    try:
        item = runtime.item(session, packet.work_item_id)
    except NotFound:
        raise Conflict("这一项已不需要办理。手机上填写的内容还在，可以导出。") from None
    if item.state != "open":
        done = f"已由{item.holder_name}办结" if item.state == "completed" else "已不需要办理"
        raise Conflict(f"“{item.name}”{done}。手机上填写的内容没有并入，可以导出保存。")
    veto.require(session, Question("complete", actor, instance=item.instance, item=item))
    _mine(item, actor)
    return item


def _mine(item: WorkItem, actor: Actor) -> None:
    if item.holder_id != actor.id:
        where = f"现在由{item.holder_name}办理" if item.holder_id else "已放回待领"
        raise Conflict(f"“{item.name}”{where}。需要继续办理时请先认领，手机上填写的内容还在。")


def _known(session: Session, key: str, packet: VisitPacket) -> VisitEntry | None:
    found = session.get(VisitEntry, key)
    if found is not None and found.packet_id != packet.id:
        raise Invalid.at("key", "这条记录的编号和别的记录重了，请重新同步。")
    return found


def _entry(sent: Sent, packet: VisitPacket, kind: str, outcome: dict[str, Any]) -> VisitEntry:
    return VisitEntry(
        key=sent.key,
        packet_id=packet.id,
        work_item_id=packet.work_item_id,
        actor_id=packet.actor_id,
        kind=kind,
        acted_at=sent.acted_at,
        skew=sent.skew,
        received_at=clock.wall().astimezone(clock.ZONE),
        outcome=outcome,
    )


def _stamp(posted: Posted) -> str:
    return hashlib.sha256(json.dumps(posted, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _check(posted: Posted, sent: Sent) -> None:
    """A phone is a stranger: what it sends has the shape of a form, or is refused whole."""
    if not _KEY.fullmatch(sent.key):
        raise Invalid.at("key", "这条记录没有编号，请更新手机上的页面后重试。")
    if any("\0" in name or any("\0" in text for text in texts) for name, texts in posted.items()):
        raise Invalid.at("posted", "内容里有看不见的字符，请删除后重新输入。")
