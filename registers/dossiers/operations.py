"""A dossier is asked for in an act that the journal keeps; then it is made outside any transaction."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import DoudiError, NotFound
from engine.journal.verbs import Verb
from engine.people import directory
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.models import Instance
from engine.transactions import act, scratch
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.dossiers import binding, contents
from registers.dossiers.models import Dossier
from registers.files import operations as files
from registers.files import store

log = logging.getLogger(__name__)

#: For so long it may be fetched; afterwards it is made anew, and the journal says so.
KEPT = timedelta(hours=1)
#: A process that makes one and says nothing for so long has died.
SILENT = timedelta(minutes=5)
WORKING, DONE, FAILED = "working", "done", "failed"


def ask(actor: Actor, instance_id: int) -> Dossier:
    """Asks for the dossier of a case: who may see it and may export. Whoever may unmask gets whole numbers, and the
    journal says so. While one is being made for the same person, it is that one."""
    with act(Verb.DOSSIER_EXPORTED, actor) as deed:
        session = deed.session
        instance = locks.instance(deed, instance_id)
        if instance is None:
            raise NotFound(files.NO_CASE)
        veto.require(session, Question("view", actor, instance=instance))
        veto.require(session, Question("export", actor, instance=instance))
        wall = clock.wall().astimezone(clock.ZONE)
        running = session.scalar(
            select(Dossier).where(
                Dossier.instance_id == instance_id,
                Dossier.asked_by_id == actor.id,
                Dossier.state == WORKING,
                Dossier.touched_at > wall - SILENT,
            )
        )
        if running is not None:
            deed.dismiss()
            return running
        full = bool(veto.ask(session, Question("unmask", actor, instance=instance)))
        count = len(contents.entries(session, instance, actor, deed.now, full=full))
        made = Dossier(
            instance_id=instance_id,
            full=full,
            parts=count,
            asked_by_id=actor.id,
            asked_by=actor.name,
            asked_at=deed.now,
            touched_at=wall,
        )
        session.add(made)
        session.flush()
        deed.record(instance, after={"entries": count, "numbers": "号码完整" if full else "号码遮盖"})
    return made


def make(dossier_id: int) -> None:
    """Makes a dossier that was asked for; what goes wrong stands in its row, in words."""
    session = db.session()
    row = session.get(Dossier, dossier_id)
    if row is None or row.state != WORKING:
        return
    try:
        actor = directory.actor(session, row.asked_by_id)
        instance = session.get(Instance, row.instance_id)
        if actor is None or instance is None:
            raise NotFound(files.NO_CASE)
        parts = contents.entries(session, instance, actor, row.asked_at, full=row.full)
        cover = _cover(session, row)
        session.rollback()  # Nothing is read any more: no transaction waits for the type-setting.
        data, pages = binding.bind(parts, cover, lambda count: _say(dossier_id, made=count, parts=len(parts)))
        _say(dossier_id, state=DONE, stored=store.keep(data), pages=pages)
    except DoudiError as error:
        session.rollback()
        _say(dossier_id, state=FAILED, error=error.message)
    except Exception:
        log.exception("dossier %s could not be made", dossier_id)
        session.rollback()
        _say(dossier_id, state=FAILED, error="案卷没有做成，请联系管理员；办件里的内容没有影响。")


def fetch(session: Session, actor: Actor, dossier_id: int) -> Dossier:
    """One's own dossier of a case that one may still see and export, while it lies here. NotFound otherwise."""
    row = session.get(Dossier, dossier_id)
    gone = NotFound("没有找到这份案卷，它可能已经过了取件时间，请从办件页重新制作。")
    if row is None or row.asked_by_id != actor.id or clock.wall() - row.touched_at > KEPT:
        raise gone
    instance = session.get(Instance, row.instance_id)
    for verb in ("view", "export"):
        veto.require(session, Question(verb, actor, instance=instance))
    return row


def silent(row: Dossier) -> bool:
    """Whether whoever made it has died meanwhile."""
    return row.state == WORKING and clock.wall() - row.touched_at > SILENT


def clear_away() -> int:
    """Removes dossiers that nobody can fetch any more."""
    with scratch() as session:
        rows = session.scalars(select(Dossier).where(Dossier.touched_at < clock.wall() - KEPT).limit(50)).all()
        names = [each.stored for each in rows]
        for each in rows:
            session.delete(each)
    for name in names:
        store.drop(name)
    return len(rows)


def _say(dossier_id: int, **values: object) -> None:
    with scratch() as session:
        row = session.get(Dossier, dossier_id, with_for_update=True)
        if row is not None:
            for key, value in values.items():
                setattr(row, key, value)
            row.touched_at = clock.wall().astimezone(clock.ZONE)


def _cover(session: Session, row: Dossier) -> binding.Cover:
    case = session.get(Case, row.instance_id)
    instance = session.get(Instance, row.instance_id)
    village = areas.name(session, instance.area) if instance is not None else ""
    number = case.number if case is not None else f"办件{row.instance_id}"
    lines = [f"办件编号：{number}"]
    if case is not None:
        lines = [f"申请人：{case.applicant}　　项目：{case.title}　　所在村：{village}", *lines]
    secret = "号码完整，注意保密" if row.full else "号码已遮盖"
    mark = f"{row.asked_by} {row.asked_at:%Y-%m-%d %H:%M} 打印　{number}　{secret}"
    return binding.Cover(f"案卷 {number}", lines, mark)


def _named(session: Session, names: list[str]) -> set[str]:
    return {each for each in session.scalars(select(Dossier.stored).where(Dossier.stored.in_(names))) if each}


files.owners.append(_named)
