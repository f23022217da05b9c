"""Asking for a move, confirming it, refusing it; letting a case rest and go on. One act each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.actors import SYSTEM, Actor
from engine.clocks.ledger import cause_words
from engine.database import db
from engine.errors import Conflict, NotFound
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.models import Instance, Suspension
from engine.runtime.moves import operations as moving
from engine.runtime.openings import plans
from engine.transactions import Deed, act, afterwards
from registers.cases.numbers import called
from registers.moves import dying, kinds, letters, queries
from registers.moves.kinds import Kind
from registers.moves.models import Move
from registers.moves.reading import LONGEST, Reading

#: Who hears, beside those who confirm, that a case is about to be moved, and that it was.
WATCHERS = ("discipline",)


def ask(instance_id: int, actor: Actor, kind: str, given: Mapping[str, str]) -> Move:
    """Records that a move is asked for, with its ground; it has no effect before somebody else confirms it.

    Raises Invalid with every problem of what was filled in, Refused where it cannot be or the actor may not, Conflict
    when the same is asked for already.
    """
    found = _kind(kind)
    with act(Verb.MOVE_ASKED, actor) as deed:
        session, instance = deed.session, _locked(deed, instance_id)
        facts = {"kind": kind, "step": "ask"}
        veto.require(session, Question("move", actor, instance=instance, facts=facts))
        waits = queries.waiting_of(session, instance_id, kind)
        if waits is not None:
            raise Conflict(f"“{found.title}”已由{waits.asked_by}登记，正在等待确认。")
        found.fits(session, instance)
        reading = Reading(given, deed.now.date())
        filled = found.read(session, instance, reading)
        reading.done()
        move = Move(
            instance_id=instance.id,
            kind=kind,
            state="asked",
            person_id=filled.person_id,
            happened_on=filled.happened_on,
            told=filled.told,
            asked_by_id=actor.id,
            asked_by=actor.name,
            asked_at=deed.now,
        )
        session.add(move)
        session.flush()
        words = f"{actor.name}登记了“{found.title}”，请核实后确认或不予确认。"
        _tell(deed, instance, (*found.confirms, *WATCHERS), f"“{found.title}”等待确认", words)
        deed.record(instance, after={"move": found.title, "on": filled.happened_on.isoformat()}, clause=found.clause)
    return move


def confirm(move_id: int, actor: Actor, remark: str = "") -> Move:
    """Another person confirms a move: it takes effect at once. Raises Refused when it cannot be any more or by whoever
    asked for it, Conflict when it was settled, DoudiError when its letter would have a hole."""
    remark = written("remark", remark, longest=LONGEST)
    with act(Verb.MOVE_CONFIRMED, actor) as deed:
        instance, move, kind = _open(deed, move_id)
        kind.fits(deed.session, instance)
        before = {"stage": instance.stage, "status": instance.status}
        move.effect = kind.effect(deed, instance, move)[:300]
        move.state = "confirmed"
        _settled(deed, move, remark)
        _tell(deed, instance, WATCHERS, f"“{kind.title}”已确认", move.effect)
        after = {"move": kind.title, "what": f"：{move.effect}" if move.effect else "", "asked_by": move.asked_by}
        deed.record(instance, before=before, after=after, reason=remark or None, clause=kind.clause)
        if instance.status == "cancelled":
            afterwards(deed.session, lambda: moving.end_linked(instance.id))
        if move.kind == "death":
            afterwards(deed.session, lambda: follow_deaths())
    return move


def refuse(move_id: int, actor: Actor, remark: str) -> Move:
    """Another person does not confirm it, and says why; nothing of it happens."""
    remark = written("remark", remark, longest=LONGEST, empty="不予确认的，请写明理由。")
    with act(Verb.MOVE_REFUSED, actor) as deed:
        instance, move, kind = _open(deed, move_id)
        move.state = "refused"
        _settled(deed, move, remark)
        asker = directory.actor(deed.session, move.asked_by_id) if move.asked_by_id is not None else None
        if asker is not None and recipients.free(deed.session, asker, instance):
            _write(deed, instance, [asker], f"“{kind.title}”没有确认", remark)
        deed.record(instance, after={"move": kind.title}, reason=remark, clause=kind.clause)
    return move


def suspend(instance_id: int, actor: Actor, *, cause: str, reason: str, until: date | None = None) -> Suspension:
    """Lets a case rest (engine.runtime.moves) and tells the applicant by letter."""

    def write(deed: Deed, instance: Instance, made: Suspension, runs: list[str]) -> None:
        given = {
            "reasons": [letters.reason(f"{cause_words(made.cause)}：{made.reason}", "")],
            "rest_until": made.until.isoformat(),
            "runs_on": "、".join(runs),
        }
        letters.issue(deed, instance, "suspension_notice", f"suspend:{made.id}", given)

    return moving.suspend(instance_id, actor, cause=cause, reason=reason, until=until, within=write)


def resume(instance_id: int, actor: Actor, *, remark: str = "") -> Suspension:
    """Lets it go on."""
    return moving.resume(instance_id, actor, remark=remark)


@plans.plan
def follow_deaths(stop: Callable[[], bool] = lambda: False) -> int:
    """What a death means for the other open cases of the household, each an act of the system's own: those of which
    nobody is left end; what hangs of the others is taken down. Returns how many were touched. Two small queries when
    there is nothing to do."""
    done = 0
    session = db.session()
    for instance_id in (*queries.orphaned(session), *queries.wrongly_posted(session)):
        if stop():
            break
        done += _follow(instance_id)
    session.rollback()
    return done


def _follow(instance_id: int) -> bool:
    with act(Verb.MOVE_CONFIRMED, SYSTEM) as deed:
        instance = locks.instance(deed, instance_id)
        last = queries.last_death(deed.session, instance_id)
        if instance is None or instance.status != "running" or last is None:
            deed.dismiss()
            return False
        person, move_id = last
        if instance_id in queries.orphaned(deed.session):
            dying.end(deed, instance, move_id, person.name, person.died_on, deed.now)
            what = "：家庭已无成员，办件终止"
        elif dying.take_down(deed, instance):
            what = "：公示已撤下，须重新调查后再公示"
        else:
            deed.dismiss()
            return False
        deed.record(instance, after={"move": kinds.all_()["death"].title, "what": what}, clause=dying.CLAUSE)
    return True


def _kind(key: str) -> Kind:
    found = kinds.all_().get(key)
    if found is None:
        raise NotFound("没有这种办件变动，请从办件页重新选择。")
    return found


def _locked(deed: Deed, instance_id: int) -> Instance:
    instance = locks.instance(deed, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再试。")
    return instance


def _open(deed: Deed, move_id: int) -> tuple[Instance, Move, Kind]:
    """A move that waits, read anew with its instance locked, for somebody who may settle it."""
    known = deed.session.get(Move, move_id)
    if known is None:
        raise NotFound("没有找到这项变动，请刷新后查看。")
    instance = _locked(deed, known.instance_id)
    move = deed.session.get(Move, move_id, populate_existing=True)
    facts = {"kind": move.kind, "step": "confirm", "asked_by_id": move.asked_by_id}
    veto.require(deed.session, Question("move", deed.actor, instance=instance, facts=facts))
    if move.state != "asked":
        raise Conflict(f"这项变动已由{move.decided_by}处理。")
    return instance, move, _kind(move.kind)


def _settled(deed: Deed, move: Move, remark: str) -> None:
    move.decided_by_id, move.decided_by, move.decided_at = deed.actor.id, deed.actor.name, deed.now
    move.remark = remark


def _tell(deed: Deed, instance: Instance, roles: tuple[str, ...], what: str, body: str) -> None:
    session: Session = deed.session
    there = [each for role in roles for each in directory.holders(session, role, instance.area)]
    known = {each.id: each for each in there if each.id != deed.actor.id}
    _write(deed, instance, [each for each in known.values() if recipients.free(session, each, instance)], what, body)


def _write(deed: Deed, instance: Instance, to: list[Actor], what: str, body: str) -> None:
    more: dict[str, Any] = {} if to else {"role": "admin", "area": instance.area}
    enqueue(
        deed.session,
        kind="move",
        subject=f"{called(deed.session, instance)}：{what}",
        body=body if to or instance.seen_by is None else "",
        to=to,
        instance_id=instance.id,
        sender=deed.actor,
        urgent=True,
        now=deed.now,
        **more,
    )


__all__ = ["ask", "confirm", "follow_deaths", "refuse", "resume", "suspend"]
