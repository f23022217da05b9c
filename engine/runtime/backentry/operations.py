"""Entering what was done on paper, confirming it, refusing it, taking it back. One act each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, EngineFault, Invalid, NotFound, Refused
from engine.holidays import queries as holidays
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.parameters import queries as parameters
from engine.people import directory
from engine.releases import queries as releases
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks, saving, signing
from engine.runtime.backentry import bars, queries, times
from engine.runtime.backentry.models import BackEntry
from engine.runtime.forms import handed_in
from engine.runtime.models import Draft, Incident, Instance, WorkItem
from engine.runtime.running import advance, again
from engine.runtime.signers import rounds
from engine.runtime.step import Step
from engine.transactions import Deed, act

Posted = Mapping[str, Sequence[str]]
LONGEST = 500
#: Who hears that something was entered late, beside those who may confirm it.
WATCHERS = ("discipline",)
CONFIRMS = ("director", "deputy")


@dataclass(frozen=True)
class Confirmed:
    """What came of a confirmation: `finished` is False while further people must confirm."""

    entry: BackEntry
    item: WorkItem
    instance: Instance
    finished: bool
    incidents: list[Incident]


def evidence(number: str, place: str, attachment: int | None) -> dict[str, Any]:
    """What proves the act on paper: its number, where it is filed, the id of its scan. The one place that says what
    evidence is. Raises Invalid with every field that is wrong."""
    made: dict[str, Any] = {}
    problems: list[dict[str, str]] = []
    for field, text, longest, empty in (
        ("number", number, 80, "请填写纸质材料的编号或名称。"),
        ("place", place, 200, "请写明纸质材料存放在哪里（卷号、柜号）。"),
    ):
        try:
            made[field] = written(f"_back.{field}", text, longest=longest, empty=empty)
        except Invalid as error:
            problems += error.data["problems"]  # type: ignore[arg-type]
    if attachment is None:
        problems.append({"field": "_back.scan", "message": "请上传纸质材料的照片或扫描件。"})
    if problems:
        raise Invalid(problems=problems)
    return made | {"attachment": attachment}


def enter(
    item_id: int,
    actor: Actor,
    *,
    acted_at: datetime,
    reason: str,
    proof: Mapping[str, Any],
    posted: Posted | None = None,
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> BackEntry:
    """Enters what the actor did on paper at `acted_at`. It takes effect when somebody else has confirmed it.

    Whoever enters it must be free to do the item now, and have it in hand or find it free; it is in their hands from
    then on. Raises Invalid with the problems of the form, of the instant (`_back.on`), the reason and the proof;
    Refused by the veto or by what stands between; Conflict when the item has changed or such an entry waits already.
    """
    reason = written("_back.reason", reason, longest=LONGEST, empty="请写明为什么当时没有在系统里办理。")
    with act(Verb.BACK_ENTERED, actor) as deed:
        session, item = deed.session, locks.open_item(deed, item_id)
        instance = item.instance
        locks.not_suspended(deed, instance)
        if version is not None and item.version != version:
            raise Conflict("这一项在您打开之后有了变化，请核对后重新提交。您填写的内容已保留。")
        if item.holder_id not in (None, actor.id):
            raise Conflict(f"“{item.name}”已由{item.holder_name}认领。您填写的内容已保留。")
        if item.lent_by_id is not None:
            raise Conflict(f"“{item.name}”是{item.lent_by_name}委派的，收回以后才能补录。")
        if item.corrects_for_id is not None or item.awaits_id is not None:
            raise Conflict(f"“{item.name}”{'是补正' if item.awaits_id is None else '正在等待补正'}，不能补录。")
        rounds.before_handing_in(session, item)
        waits = queries.waiting(session, item.id)
        if waits is not None:
            raise Conflict(f"“{item.name}”已由{waits.entered_by}补录，正在等待确认。")
        if signing.earlier(deed, item):
            raise Conflict("这一项已有人在系统里签字，请按签字继续办理，不能补录。")
        veto.require(session, Question("complete", actor, instance=instance, item=item))
        veto.require(session, Question("back_enter", actor, instance=instance, item=item))
        limit = parameters.on(session, deed.now.date()).get(times.LIMIT)
        times.judge(acted_at, times.bounds(session, item, limit, holidays.current(session), deed.now))
        bars.require_none(session, item, acted_at)
        step = _step(deed, instance, actor, acted_at)
        given = handed_in(session, step.release.forms[item.form], item, step, posted, values, acted_at.date())
        facts = {"flow": given.flow, "values": given.values, "back_entry": True}
        veto.require(session, Question("hand_in", actor, instance=instance, item=item, facts=facts))
        entry = BackEntry(
            instance_id=instance.id,
            work_item_id=item.id,
            name=item.name,
            state="asked",
            acted_at=acted_at,
            entered_at=deed.now,
            recorded_at=clock.wall(),
            entered_by_id=actor.id,
            entered_by=actor.name,
            reason=reason,
            evidence=dict(proof),
            values=given.values,
            late_entered=item.due_at is not None and deed.now >= item.due_at,
            late_acted=item.due_at is not None and acted_at >= item.due_at,
            confirmed_by=[],
        )
        session.add(entry)
        item.holder_id, item.holder_name, item.claimed_at = actor.id, actor.name, item.claimed_at or deed.now
        session.execute(delete(Draft).where(Draft.key == draft_key(item.id), Draft.actor_id == actor.id))
        words = f"{actor.name}补录了{acted_at:%Y-%m-%d %H:%M}的纸质办理，请核对纸质材料后确认或者不予确认。"
        _tell(deed, instance, (*CONFIRMS, item.role), f"“{item.name}”补录等待确认", words, item.id)
        deed.record(instance, after=_said(entry), reason=reason, clause=item.clause, acted_at=acted_at)
    return entry


def confirm(entry_id: int, actor: Actor, remark: str = "") -> Confirmed:
    """Another person has seen the paper and confirms it: the act takes effect, as of when it was done.

    Where an item needs several signers, each who confirms is one of them. Raises Refused when whoever entered it may no
    longer do the item, when the form would not be taken today, or when something stands between; Conflict when it was
    settled, or the item was.
    """
    remark = written("remark", remark, longest=LONGEST, empty="请写明核对了什么纸质材料。")
    return again(_confirm, entry_id, actor, remark)


def _confirm(entry_id: int, actor: Actor, remark: str, fault: EngineFault | None = None) -> Confirmed:
    with act(Verb.BACK_ENTRY_CONFIRMED, actor) as deed:
        session = deed.session
        entry, item, instance = _waiting(deed, entry_id)
        locks.not_suspended(deed, instance)
        veto.require(session, _question("confirm_back_entry", actor, instance, item, entry))
        by = directory.actor(session, entry.entered_by_id) if entry.entered_by_id is not None else None
        if by is None or item.holder_id != by.id:
            raise Refused("录入人已不在岗，或者这一项已改派给别人，补录不能生效，请不予确认。")
        free = veto.ask(session, Question("complete", by, instance=instance, item=item))
        if not free:
            raise Refused(f"录入人现在不能办理这一项（{free.reason}），补录不能生效，请不予确认。")
        if item.people > 1:  # Whoever confirms is one of its signers.
            veto.require(session, Question("complete", actor, instance=instance, item=item))
        bars.require_none(session, item, entry.acted_at)
        step = _step(deed, instance, by, entry.acted_at)
        release = step.release
        try:
            form = release.forms[item.form]
            given = handed_in(session, form, item, step, None, entry.values, entry.acted_at.date())
        except Invalid as error:
            raise Refused(f"补录的内容现在不能提交：{_first(error)}请不予确认，由录入人重新填写。") from error
        facts = {"flow": given.flow, "values": given.values, "back_entry": True}
        veto.require(session, Question("hand_in", by, instance=instance, item=item, facts=facts))
        entry.confirmed_by = [
            *entry.confirmed_by,
            {"id": actor.id, "name": actor.name, "at": deed.now.isoformat(), "remark": remark},
        ]
        if len(entry.confirmed_by) + 1 < item.people:
            deed.verb = Verb.BACK_ENTRY_SIGNED
            deed.record(instance, after=_said(entry), reason=remark, clause=item.clause, acted_at=entry.acted_at)
            return Confirmed(entry, item, instance, False, [])
        submission = signing.submit(deed, item, given, release.id, author=by, acted_at=entry.acted_at)
        signing.sign(deed, item, submission, signer=by, at=entry.acted_at)
        for each in entry.confirmed_by if item.people > 1 else ():
            second = Actor(each["id"], each["name"])
            signing.sign(deed, item, submission, signer=second, at=entry.acted_at)
        task = step.task(item.task_id)
        item.state, item.completed_at, item.rung_at = "completed", entry.acted_at, None
        item.entered_at, item.holder_id, item.holder_name = deed.now, by.id, by.name
        entry.state, entry.settled_at, entry.settled_by, entry.remark = "confirmed", deed.now, actor.name, remark
        entry.submission_id = submission.id
        step.fresh.append(submission)
        step.completed.append(item)
        step.complete(task, given.flow)
        advance(step, fault)
        incidents = saving.save(step)
        late = "，录入时已经超期" if entry.late_entered else ""
        words = f"{entry.acted_at:%Y-%m-%d %H:%M}的纸质办理，{by.name}于{entry.entered_at:%Y-%m-%d}录入"
        words += f"，{actor.name}确认{late}。"
        _tell(deed, instance, WATCHERS, f"“{item.name}”有一件补录生效", words, item.id)
        after = {**_said(entry), "stage": instance.stage, "form": signing.digest(submission)}
        deed.record(instance, after=after, reason=remark, clause=item.clause, acted_at=entry.acted_at)
    return Confirmed(entry, item, instance, True, incidents)


def refuse(entry_id: int, actor: Actor, remark: str) -> BackEntry:
    """Another person does not confirm it, and says why. The item stays with whoever entered it, what was filled in as
    their draft."""
    remark = written("remark", remark, longest=LONGEST, empty="不予确认的，请写明理由。")
    with act(Verb.BACK_ENTRY_REFUSED, actor) as deed:
        entry, item, instance = _waiting(deed, entry_id)
        veto.require(deed.session, _question("confirm_back_entry", actor, instance, item, entry))
        _settle(deed, entry, "refused", remark)
        by = directory.actor(deed.session, entry.entered_by_id) if entry.entered_by_id is not None else None
        if by is not None and recipients.free(deed.session, by, instance):
            _write(deed, instance, [by], f"“{item.name}”的补录没有确认", remark, item.id)
        deed.record(instance, after=_said(entry), reason=remark, clause=item.clause, acted_at=entry.acted_at)
    return entry


def take_back(entry_id: int, actor: Actor) -> BackEntry:
    """Whoever entered it takes it back before anybody confirmed it."""
    with act(Verb.BACK_ENTRY_TAKEN_BACK, actor) as deed:
        entry, item, instance = _waiting(deed, entry_id)
        if entry.entered_by_id != actor.id:
            raise Refused("只有录入人能撤回自己的补录。")
        _settle(deed, entry, "taken_back", "")
        deed.record(instance, after=_said(entry), clause=item.clause, acted_at=entry.acted_at)
    return entry


def draft_key(item_id: int) -> str:
    """Under which a draft of a back-entry is kept."""
    return f"back:{item_id}"


def _step(deed: Deed, instance: Instance, author: Actor, acted_at: datetime) -> Step:
    """The step of the instance, done by whoever did it on paper, as of then."""
    step = Step(deed.session, instance, releases.load(instance.release_id, deed.session), author, deed.now)
    step.acted_at = acted_at
    step.load()
    return step


def _waiting(deed: Deed, entry_id: int) -> tuple[BackEntry, WorkItem, Instance]:
    """An entry that waits, read anew with its instance locked."""
    known = deed.session.get(BackEntry, entry_id)
    if known is None:
        raise NotFound("没有找到这件补录，请刷新后查看。")
    item = locks.row_of(deed, WorkItem, known.work_item_id)
    veto.require(deed.session, Question("view", deed.actor, instance=item.instance, item=item))
    entry = deed.session.get(BackEntry, entry_id, populate_existing=True)
    if entry.state != "asked":
        raise Conflict(f"这件补录已由{entry.settled_by}处理。")
    if item.state != "open":
        raise Conflict(f"“{item.name}”已经办结或者不需要办理，补录不能生效。")
    return entry, item, item.instance


def _question(verb: str, actor: Actor, instance: Instance, item: WorkItem, entry: BackEntry) -> Question:
    facts = {"entered_by_id": entry.entered_by_id, "confirmed": [each["id"] for each in entry.confirmed_by]}
    return Question(verb, actor, instance=instance, item=item, facts=facts)


def _settle(deed: Deed, entry: BackEntry, state: str, remark: str) -> None:
    entry.state, entry.settled_at, entry.settled_by, entry.remark = state, deed.now, deed.actor.name, remark


def _said(entry: BackEntry) -> dict[str, Any]:
    """What the journal keeps: both instants, and whether it was late when it was entered."""
    return {
        "item": entry.name,
        "on": f"{entry.acted_at:%Y-%m-%d %H:%M}",
        "entered_on": f"{entry.entered_at:%Y-%m-%d %H:%M}",
        "by": entry.entered_by,
        "late_entered": entry.late_entered,
        "late_acted": entry.late_acted,
    }


def _first(error: Invalid) -> str:
    problems: list[dict[str, str]] = error.data.get("problems", [])  # type: ignore[assignment]
    return f"{problems[0]['message']}。" if problems else ""


def _tell(deed: Deed, instance: Instance, roles: Sequence[str], what: str, body: str, item_id: int) -> None:
    there = [each for role in roles for each in directory.holders(deed.session, role, instance.area)]
    known = {each.id: each for each in there if each.id != deed.actor.id}
    told = [each for each in known.values() if recipients.free(deed.session, each, instance)]
    if told:
        _write(deed, instance, told, what, body, item_id)


def _write(deed: Deed, instance: Instance, to: list[Actor], what: str, body: str, item_id: int) -> None:
    enqueue(
        deed.session,
        kind="move",
        subject=f"{naming['of'](deed.session, instance)}：{what}",
        body=body,
        to=to,
        instance_id=instance.id,
        work_item_id=item_id,
        sender=deed.actor,
        now=deed.now,
    )
