"""Putting a file into a case, taking one back, looking at one that shows whole numbers, clearing up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, NotFound
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.models import Draft, Instance, WorkItem
from engine.transactions import Deed, act, scratch
from registers.files import content, limits, store
from registers.files.content import Judged
from registers.files.models import Attachment
from registers.files.words import KINDS, kind_of, tidy

NO_CASE = "没有找到这件办件，请核对编号后再查。"
NO_FILE = "没有找到这份附件，它可能已被撤回，请从办件页重新打开。"
#: By the wall clock: what nobody's row or draft names is cleared away after so long.
LEFT_BEHIND = timedelta(days=1)
#: So many uploads that were not handed in yet may one person have.
PENDING = 100


def attach(
    instance_id: int,
    actor: Actor,
    *,
    name: str,
    stream: BinaryIO,
    kind: str = "other",
    item_id: int | None = None,
    field: str | None = None,
    taken_at: datetime | None = None,
) -> Attachment:
    """Puts a file into a case: read no further than the limit, judged by its content, sealed on the disk, then its row
    and its journal entry (with the hash of its content) in one act.

    `item_id` and `field`: the work item and the field of its form that it is for. `taken_at`: when the phone that sends
    it took it; what a picture says itself goes before. The very same file twice in one place of a case is one. Raises
    Invalid at the field `file` in words, Refused or NotFound by the veto, Conflict when the item is not the actor's.
    """
    session = db.session()
    _may(session, actor, session.get(Instance, instance_id))
    judged = content.judge(content.read(stream))
    kind = _kind(kind, field, judged)
    kept = _keep(judged)
    try:
        with act(Verb.FILE_ATTACHED, actor) as deed:
            instance = locks.instance(deed, instance_id)
            _may(deed.session, actor, instance)
            if item_id is not None:
                _of_item(deed, instance_id, item_id)
            row = _twin(deed.session, instance_id, item_id, field, judged)
            if row is not None:
                deed.dismiss()
            else:
                _room(deed.session, instance_id)
                row = _row(judged, kept, name, kind, field, actor, deed.now, taken_at)
                row.instance_id, row.item_id = instance_id, item_id
                deed.session.add(row)
                deed.session.flush()
                deed.record(instance, after=_told(row))
    except DoudiError:
        _forget(kept)
        raise
    if row.stored != kept[0]:
        _forget(kept)
    return row


def stage(actor: Actor, draft_key: str, *, name: str, stream: BinaryIO, field: str, kind: str = "other") -> Attachment:
    """Keeps a file for an application that was not handed in yet: nobody's file yet, so no act. Handing in makes it the
    case's. Only who uploaded it sees it."""
    judged = content.judge(content.read(stream))
    kept = _keep(judged)
    try:
        with scratch() as session:
            own = (Attachment.instance_id.is_(None), Attachment.added_by_id == actor.id)
            row = session.scalar(
                select(Attachment).where(
                    *own,
                    Attachment.draft_key == draft_key,
                    Attachment.field == field,
                    Attachment.sha256 == judged.sha256,
                )
            )
            if row is None:
                if (session.scalar(select(func.count()).select_from(Attachment).where(*own)) or 0) >= PENDING:
                    raise content.refuse(f"没有提交的附件已有 {PENDING} 份。请先提交或者移除一些")
                row = _row(judged, kept, name, _kind(kind, field, judged), field, actor, clock.now(), None)
                row.draft_key = draft_key
                session.add(row)
                session.flush()
    except DoudiError:
        _forget(kept)
        raise
    if row.stored != kept[0]:
        _forget(kept)
    return row


def unstage(actor: Actor, file_id: int) -> bool:
    """Takes out what this person uploaded for an application that was not handed in; False when there is none."""
    with scratch() as session:
        row = session.get(Attachment, file_id, with_for_update=True)
        if row is None or row.instance_id is not None or row.added_by_id != actor.id:
            return False
        names = (row.stored, row.thumb)
        session.delete(row)
    _forget(names)
    return True


def withdraw(instance_id: int, actor: Actor, file_id: int, reason: str) -> Attachment:
    """Takes a file back: it is shown no more, who did it and why stays for good, the bytes stay until the file of the
    case may be destroyed. Raises Invalid at `reason`, Refused, NotFound, Conflict when that was done already."""
    reason = written("reason", reason, longest=200, empty="请写明为什么撤回，例如“传错了户”。")
    with act(Verb.FILE_WITHDRAWN, actor) as deed:
        row = _locked(deed, instance_id, file_id)
        instance = deed.session.get(Instance, instance_id)
        veto.require(deed.session, Question("detach", actor, instance=instance, facts={"file": row}))
        if row.withdrawn_at is not None:
            raise Conflict(f"这份附件已由{row.withdrawn_by}撤回。")
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = deed.now, actor.name, reason
        deed.record(instance, after=_told(row), reason=reason)
    return row


def unmask(instance_id: int, actor: Actor, file_id: int) -> Attachment:
    """Looks at a copy of a paper on which whole numbers can be read: that is unmasking them, and is journaled so."""
    with act(Verb.DATA_UNMASKED, actor) as deed:
        row = _locked(deed, instance_id, file_id)
        instance = deed.session.get(Instance, instance_id)
        veto.require(deed.session, Question("unmask", actor, instance=instance))
        if row.withdrawn_at is not None:
            raise NotFound(NO_FILE)
        deed.record(instance, after={"what": f"附件{row.id}（{KINDS.get(row.kind, row.kind)}）"})
    return row


def sweep() -> int:
    """Clears away uploads that no draft waits for any more, and files that no row names: what a crash left behind. Each
    call looks at one of the 256 folders, so that it costs next to nothing."""
    before = clock.wall() - LEFT_BEHIND
    gone = _sweep_pending(before)
    folder = f"{int(clock.wall().timestamp() // 300) % 256:02x}"
    old = {each.name: each for each in store.aged(folder, before)}
    session, names = db.session(), list(old)
    for start in range(0, len(names), 400):
        some = names[start : start + 400]
        owned = {name for known in owners for name in known(session, some)}
        for each in set(some) - owned:
            old[each].unlink(missing_ok=True)
            gone += 1
    return gone


def _sweep_pending(before: datetime) -> int:
    """A draft that is kept keeps its files; what was uploaded and then left has none."""
    with scratch() as session:
        rows = session.scalars(
            select(Attachment)
            .outerjoin(Draft, (Draft.key == Attachment.draft_key) & (Draft.actor_id == Attachment.added_by_id))
            .where(Attachment.instance_id.is_(None), Attachment.added_at < before, Draft.key.is_(None))
            .limit(100)
        ).all()
        names = [name for row in rows for name in (row.stored, row.thumb)]
        for row in rows:
            session.delete(row)
    for name in names:
        store.drop(name)
    return len(rows)


def _named(session: Session, names: list[str]) -> set[str]:
    rows = session.execute(
        select(Attachment.stored, Attachment.thumb).where(
            or_(Attachment.stored.in_(names), Attachment.thumb.in_(names))
        )
    )
    return {name for row in rows for name in row if name}


#: Who has rows that name files of the store: functions of (session, names) that give those which are somebody's.
owners = [_named]


def _may(session: Session, actor: Actor, instance: Instance | None) -> None:
    if instance is None:
        raise NotFound(NO_CASE)
    veto.require(session, Question("view", actor, instance=instance))
    veto.require(session, Question("attach", actor, instance=instance))


def _of_item(deed: Deed, instance_id: int, item_id: int) -> None:
    """The item is of this case and in nobody else's hands; one that was completed takes no more files."""
    item = locks.row_of(deed, WorkItem, item_id)
    if item is None or item.instance_id != instance_id:
        raise NotFound("没有找到这一项，它可能已被撤回，请返回待办列表。")
    if item.state != "open":
        raise Conflict(f"“{item.name}”已经办结，附件没有传上去。请在办件的“材料与文书”里上传。")
    if item.holder_id not in (None, deed.actor.id):
        raise Conflict(f"“{item.name}”已由{item.holder_name}认领，附件没有传上去。")


def _twin(
    session: Session, instance_id: int, item_id: int | None, field: str | None, judged: Judged
) -> Attachment | None:
    return session.scalar(
        select(Attachment)
        .where(
            Attachment.instance_id == instance_id,
            Attachment.sha256 == judged.sha256,
            Attachment.withdrawn_at.is_(None),
            Attachment.item_id == item_id if item_id is not None else Attachment.item_id.is_(None),
            Attachment.field == field if field is not None else Attachment.field.is_(None),
        )
        .limit(1)
    )


def _room(session: Session, instance_id: int) -> None:
    count = session.scalar(select(func.count()).where(Attachment.instance_id == instance_id)) or 0
    if count >= limits.current().count:
        raise content.refuse(f"这件办件已有 {count} 份附件，不能再传。请把同类材料合成一个 PDF")


def _kind(kind: str, field: str | None, judged: Judged) -> str:
    if kind not in KINDS:
        raise Invalid.at("kind", "请选择附件的种类。")
    if kind != "other" or field is None:
        return kind
    meant = kind_of(field)
    return "other" if meant == "photo" and judged.thumb is None else meant


def _keep(judged: Judged) -> tuple[str, str | None]:
    stored = store.keep(judged.data)
    return stored, store.keep(judged.thumb) if judged.thumb is not None else None


def _forget(names: tuple[str, str | None]) -> None:
    """What no row came of; nobody else can name it, since its name is new."""
    for name in names:
        store.drop(name)


def _row(
    judged: Judged,
    kept: tuple[str, str | None],
    name: str,
    kind: str,
    field: str | None,
    actor: Actor,
    now: datetime,
    taken_at: datetime | None,
) -> Attachment:
    told = judged.told
    says = {"lat": told.lat, "lon": told.lon, "camera": told.camera, "exif": told.at is not None} if told else {}
    return Attachment(
        field=field,
        kind=kind,
        name=tidy(name, judged.type),
        type=judged.type,
        size=len(judged.data),
        sha256=judged.sha256,
        width=judged.width,
        height=judged.height,
        pages=judged.pages,
        taken_at=(told.at if told is not None else None) or taken_at,
        told=says,
        stored=kept[0],
        thumb=kept[1],
        added_by_id=actor.id,
        added_by=actor.name,
        added_at=now,
    )


def _told(row: Attachment) -> dict[str, object]:
    """What the journal says of a file: never its name, which may be a person's."""
    return {"file": row.id, "kind": KINDS.get(row.kind, row.kind), "sha256": row.sha256, "size": row.size}


def _locked(deed: Deed, instance_id: int, file_id: int) -> Attachment:
    """A file of a case that the actor may see, with the case locked."""
    instance = locks.instance(deed, instance_id)
    if instance is None:
        raise NotFound(NO_CASE)
    veto.require(deed.session, Question("view", deed.actor, instance=instance))
    row = deed.session.get(Attachment, file_id, populate_existing=True)
    if row is None or row.instance_id != instance_id:
        raise NotFound(NO_FILE)
    return row
