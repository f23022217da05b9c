"""What can be done to an instance. Each function is one transaction with one journal entry.

check rules → validate the form → load the state (row locked) → run → save → journal → commit
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.errors import Conflict, EngineFault, NotFound, NotStraightBack, Parked, Refused
from engine.journal.verbs import Verb
from engine.people import directory
from engine.releases.loaded import ProcessInfo
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import beginning, locks, saving, signing
from engine.runtime.corrections import landing
from engine.runtime.corrections import operations as corrections
from engine.runtime.finishing import Outcome, waits
from engine.runtime.forms import handed_in
from engine.runtime.hands import giving, lending
from engine.runtime.models import Draft, Incident, Instance, Submission, WaitingTimer, WorkItem
from engine.runtime.running import NothingToDo, advance, again, loaded, task_of
from engine.runtime.signers import rounds
from engine.transactions import Deed, act, scratch

Posted = Mapping[str, Sequence[str]]
Prepared = Callable[[Deed], Mapping[str, Any]]
Started = Callable[[Deed, Instance, Submission], None]
Opened = Callable[[Deed, Instance], None]

#: A timer that cannot be fired for a reason outside its case is tried again after 1, 2, 4 … minutes, at most an hour.
BACKOFF, LONGEST_BACKOFF = timedelta(minutes=1), timedelta(hours=1)


def start(
    process_id: str,
    *,
    area: str,
    actor: Actor,
    posted: Posted | None = None,
    values: Mapping[str, Any] | None = None,
    verb: Verb = Verb.CASE_APPLIED,
    parent_id: int | None = None,
    prepare: Prepared | None = None,
    on_started: Started | None = None,
) -> Instance:
    """Starts an instance on the current release and hands in its first task's form, in one act.

    `posted` is a form as a browser sends it, `values` typed data; one of them. `prepare` runs first inside the act: it
    may refuse, and gives the scalars that the flow begins with. `on_started` runs when the form has been judged.
    Raises Invalid with the form's problems, Refused when the actor may not start this process in this area.
    """
    form = {"posted": posted, "values": values}
    hooks = {"prepare": prepare, "on_started": on_started}
    return again(_start, process_id, area, actor, **form, verb=verb, parent_id=parent_id, **hooks)


def _start(
    process_id: str,
    area: str,
    actor: Actor,
    *,
    posted: Posted | None,
    values: Mapping[str, Any] | None,
    verb: Verb,
    parent_id: int | None,
    prepare: Prepared | None,
    on_started: Started | None,
    fault: EngineFault | None = None,
) -> Instance:
    with act(verb, actor) as deed:
        session = deed.session
        release, process = beginning.current(session, process_id)
        veto.require(session, Question("start", actor, facts=_starting(process, area, parent_id)))
        flow = prepare(deed) if prepare is not None else {}
        step = beginning.make(deed, release, process, area=area, parent_id=parent_id, flow=flow, starter_id=actor.id)
        instance = step.instance
        step.advance()
        if len(step.humans()) != 1:
            raise Parked(element=process.name, cause="流程开始后没有唯一的首个环节")
        ((task_id, task),) = step.humans().items()
        step.humans_before = {task_id: task}
        item = saving.new_item(step, task)
        item.state, item.completed_at, item.rung_at = "completed", deed.now, None
        item.holder_id, item.holder_name, item.claimed_at = actor.id, actor.name, deed.now
        session.add(item)
        session.flush()
        form = release.forms[item.form]
        given = handed_in(session, form, item, step, posted, values)
        facts = {"flow": given.flow, "values": given.values, "starting": True}
        veto.require(session, Question("hand_in", actor, instance=instance, item=item, facts=facts))
        submission = signing.submit(deed, item, given, release.id)
        step.fresh.append(submission)
        item.submission_id = submission.id
        signing.sign(deed, item, submission)
        if on_started is not None:
            on_started(deed, instance, submission)
        step.completed.append(item)
        step.complete(task, given.flow)
        advance(step, fault)
        saving.save(step)
        _forget_draft(deed, start_key(process_id, parent_id), actor)
        after = {"process": process.name, "stage": instance.stage, "form": signing.digest(submission)}
        deed.record(instance, after=after, clause=item.clause)
    return instance


def open(
    process_id: str,
    *,
    area: str,
    actor: Actor = SYSTEM,
    flow: Mapping[str, Any] | None = None,
    parent_id: int | None = None,
    verb: Verb = Verb.CASE_OPENED,
    on_opened: Opened | None = None,
) -> Instance:
    """Opens an instance on the current release without a form: the first task waits for whoever it is for.

    `flow` are the scalars that the process declares in `opens_with`; `on_opened` runs inside the act, before the flow.
    Raises DoudiError for scalars that are missing, NotFound for an unknown process, Refused by the veto.
    """
    return again(_open, process_id, area, actor, flow or {}, parent_id, verb, on_opened)


def _open(
    process_id: str,
    area: str,
    actor: Actor,
    flow: Mapping[str, Any],
    parent_id: int | None,
    verb: Verb,
    on_opened: Opened | None,
    fault: EngineFault | None = None,
) -> Instance:
    with act(verb, actor) as deed:
        release, process = beginning.current(deed.session, process_id)
        if process.begins is None:
            raise Refused(f"“{process.name}”只能由其他流程调用，不能单独发起。")
        veto.require(deed.session, Question("start", actor, facts=_starting(process, area, parent_id)))
        step = beginning.make(deed, release, process, area=area, parent_id=parent_id, flow=flow)
        if on_opened is not None:
            on_opened(deed, step.instance)
        advance(step, fault)
        saving.save(step)
        deed.record(step.instance, after={"process": process.name, "stage": step.instance.stage})
    return step.instance


def start_key(process_id: str, parent_id: int | None = None) -> str:
    """Under which a draft of a first form is kept."""
    return f"start:{process_id}" if parent_id is None else f"start:{process_id}:{parent_id}"


def _starting(process: ProcessInfo, area: str, parent_id: int | None) -> dict[str, Any]:
    return {
        "process_id": process.id,
        "area": area,
        "parent_id": parent_id,
        "begins": process.begins,
        "starters": process.starters,
    }


def claim(item_id: int, actor: Actor) -> WorkItem:
    """Takes an open work item. Conflict when somebody else holds it, Refused when the veto says so."""
    with act(Verb.ITEM_CLAIMED, actor) as deed:
        item = locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        if item.holder_id == actor.id:
            raise Conflict("您已经认领了这一项，可以直接办理。")
        if item.holder_id is not None:
            raise Conflict(f"“{item.name}”已由{item.holder_name}认领，请选择其他事项。")
        veto.require(deed.session, Question("claim", actor, instance=item.instance, item=item))
        item.holder_id, item.holder_name, item.claimed_at = actor.id, deed.actor.name, deed.now
        deed.record(item.instance, after={"item": item.name}, clause=item.clause)
    return item


def unclaim(item_id: int, actor: Actor) -> WorkItem:
    """Puts a work item back for others; the draft stays."""
    with act(Verb.ITEM_UNCLAIMED, actor) as deed:
        item = locks.open_item(deed, item_id)
        if item.holder_id != actor.id:
            raise Conflict("这一项不在您手中，不能放回。")
        if item.lent_by_id is not None:
            raise Conflict(f"这一项是{item.lent_by_name}委派给您的，请办好后提交，或者退还。")
        if item.handed_in_at is not None:
            raise Conflict("这一项已经提交，正在等会签，不能放回。要改内容的，请先撤回签字。")
        item.holder_id = item.holder_name = item.claimed_at = None
        deed.record(item.instance, after={"item": item.name})
    return item


def assign(item_id: int, actor: Actor, to: Actor, reason: str) -> WorkItem:
    """A leader gives an open item to somebody else, held or not. `to` must be free to do it: the same veto as claiming.
    The draft of whoever had it stays theirs; both are told."""
    reason = written("reason", reason, longest=500, empty="请写明为什么改派。")
    with act(Verb.ITEM_ASSIGNED, actor) as deed:
        item = locks.open_item(deed, item_id)
        veto.require(deed.session, Question("assign", actor, instance=item.instance, item=item))
        giving.require_free(deed, item, to, "改派", led=True)
        before = {"holder": item.holder_name}
        had = directory.actor(deed.session, item.holder_id) if item.holder_id is not None else None
        item.holder_id, item.holder_name, item.claimed_at = to.id, to.name, deed.now
        item.lent_by_id = item.lent_by_name = None
        giving.tell(deed, item, (to, had), "已改派", reason)
        after = {"item": item.name, "to": to.name}
        deed.record(item.instance, before=before, after=after, reason=reason, clause=item.clause)
    return item


def complete(
    item_id: int,
    actor: Actor,
    *,
    posted: Posted | None = None,
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Outcome:
    """Signs a work item with what its form holds; when enough people have signed the same, the step is done.

    `version` is the item's version that the person saw. Raises Conflict when the item is no longer open or was
    changed since, Refused by the veto, Invalid with the form's problems, NotStraightBack for a correction whose changes
    were used already. Nothing is half done.
    """
    try:
        return again(_complete, item_id, actor, posted=posted, values=values, version=version)
    except NotStraightBack as refused:
        corrections.stays(item_id, actor, posted, refused.message)
        raise


def _complete(
    item_id: int,
    actor: Actor,
    *,
    posted: Posted | None,
    values: Mapping[str, Any] | None,
    version: int | None,
    fault: EngineFault | None = None,
) -> Outcome:
    with act(Verb.ITEM_COMPLETED, actor) as deed:
        session, item = deed.session, locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        if version is not None and item.version != version:
            raise Conflict("这一项在您打开之后有了变化，请核对后重新提交。您填写的内容已保留。")
        if item.holder_id not in (None, actor.id):
            raise Conflict(f"“{item.name}”已由{item.holder_name}认领。您填写的内容已保留。")
        if item.awaits_id is not None:
            raise Conflict(f"“{item.name}”正在等待补正，送回以后才能提交；不等了的请先撤回请求。您填写的内容已保留。")
        instance = item.instance
        veto.require(session, Question("complete", actor, instance=instance, item=item))
        step = loaded(deed, instance)
        release, task = step.release, task_of(step, item)
        given = handed_in(session, release.forms[item.form], item, step, posted, values)
        facts = {"flow": given.flow, "values": given.values}
        veto.require(session, Question("hand_in", actor, instance=instance, item=item, facts=facts))
        if item.lent_by_id not in (None, actor.id):
            return lending.come_back(deed, item, given, release.id)
        rounds.before_handing_in(session, item)
        landing.possible(step, item, task, given.values, given.flow)
        earlier = signing.earlier(deed, item)
        submission = signing.standing(deed, item, given, earlier) or signing.submit(deed, item, given, release.id)
        signing.sign(deed, item, submission, before=earlier)
        _forget_draft(deed, f"item:{item.id}", actor)
        signed = {each.actor_id for each in earlier if each.valid} | {actor.id}
        if len(signed) < item.people:
            item.holder_id = item.holder_name = item.claimed_at = None
            return waits(deed, item, submission, len(signed))
        item.holder_id, item.holder_name, item.handed_in_at = actor.id, deed.actor.name, deed.now
        if item.rounds_open and rounds.waits_after(session, item):
            return waits(deed, item, submission, len(signed))
        return landing.end(deed, step, item, task, submission, given.flow, fault)


def save_draft(key: str, actor: Actor, posted: Posted) -> Draft:
    """Keeps what somebody typed, right or wrong; `key` is `item:ID` or `start:PROCESS`. No act: nobody handed it in."""
    with scratch() as session:
        draft = session.get(Draft, (key, actor.id))
        if draft is None:
            draft = Draft(key=key, actor_id=actor.id)
            session.add(draft)
        draft.posted = {name: list(texts) for name, texts in posted.items()}
        draft.saved_at = clock.now()
    return draft


def fire(timer_id: int) -> bool:
    """Fires one waiting timer. False when it is gone, not due, or its case is in another process's hands right now."""
    try:
        return again(_fire, timer_id)
    except NothingToDo:
        return False


def _fire(timer_id: int, fault: EngineFault | None = None) -> bool:
    with act(Verb.TIMER_FIRED, SYSTEM) as deed:
        timer = locks.row_of(deed, WaitingTimer, timer_id, skip_locked=True)
        if timer is None or timer.held or timer.due_at > deed.now:
            raise NothingToDo
        step = loaded(deed, timer.instance)
        step.meant_at = timer.due_at
        if not step.fire(step.task(timer.task_id), timer.due_at):
            raise NothingToDo
        advance(step, fault)
        saving.save(step)
        after = {"timer": timer.name, "due": timer.due_at.isoformat(), "stage": step.instance.stage}
        deed.record(step.instance, after=after)
    return True


def timer_failed(timer_id: int, error: str) -> None:
    """Notes that firing failed for a reason outside the case; it is tried again later and later."""
    with scratch() as session:
        timer = session.get(WaitingTimer, timer_id, with_for_update=True)
        if timer is not None:
            timer.not_before = clock.now() + min(BACKOFF * 2**timer.attempts, LONGEST_BACKOFF)
            timer.attempts += 1
            timer.error = error[:2000]


def retry(incident_id: int, actor: Actor) -> Incident:
    """Runs a parked element again. The old incident is resolved; when the cause is still there a new one opens."""
    return again(_retry, incident_id, actor)


def _retry(incident_id: int, actor: Actor, fault: EngineFault | None = None) -> Incident:
    with act(Verb.INCIDENT_RETRIED, actor) as deed:
        incident = locks.row_of(deed, Incident, incident_id)
        if incident is None:
            raise NotFound("没有找到这条异常，它可能已经处理。")
        if incident.resolved_at is not None:
            raise Conflict(f"这条异常已由{incident.resolved_by}处理。")
        veto.require(deed.session, Question("retry", actor, instance=incident.instance))
        locks.not_suspended(deed, incident.instance)
        step = loaded(deed, incident.instance)
        incident.resolved_at, incident.resolved_by = deed.now, actor.name
        step.meant_at = incident.opened_at
        if incident.kind == "clock":
            step.order_again(incident.task_id, incident.process_id, incident.element_id)
        step.parked.discard(incident.task_id)
        if incident.kind == "loop":
            step.parked.clear()
        if incident.task_id in step.timers_before:
            step.rearm(step.timers_before.pop(incident.task_id))
        elif incident.task_id in step.humans_before:
            saving.rearm_item(step, step.humans_before[incident.task_id])
        advance(step, fault)
        after = {"item": incident.name, "again": [each.cause for each in saving.save(step)]}
        deed.record(step.instance, after=after)
    return incident


def _forget_draft(deed: Deed, key: str, actor: Actor) -> None:
    with deed.session.no_autoflush:  # What this step wrote is flushed once, at its end.
        deed.session.execute(delete(Draft).where(Draft.key == key, Draft.actor_id == actor.id))


__all__ = [
    "Outcome",
    "assign",
    "claim",
    "complete",
    "fire",
    "open",
    "retry",
    "save_draft",
    "start",
    "start_key",
    "timer_failed",
    "unclaim",
]
