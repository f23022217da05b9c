"""Asking colleagues to sign, taking one out, putting another in their place, signing, answering an objection.

Each is one act. A colleague who signs reads what the item holds; every one of them passes the veto (`sign`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from engine.actors import Actor
from engine.errors import Conflict, EngineFault, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.corrections import landing
from engine.runtime.finishing import Outcome
from engine.runtime.forms import handed_in
from engine.runtime.hands import giving
from engine.runtime.models import Signature, Submission, WorkItem
from engine.runtime.running import again, loaded, task_of
from engine.runtime.signers import rounds
from engine.runtime.signers.models import Round, Signer
from engine.transactions import Deed, act

LONGEST, MOST = 500, 20


def ask(
    item_id: int,
    actor: Actor,
    people: Sequence[Actor],
    *,
    place: str = "before",
    mode: str = "all",
    needed: int | None = None,
    reason: str = "",
) -> Round:
    """The holder of an item asks colleagues to sign it: `place` before or after it is handed in, `mode` all, order,
    any, quorum (`needed` of them). Raises Invalid at the field, Refused with the reason for whoever may not sign."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明请他们看什么。")
    if place not in rounds.PLACES:
        raise Invalid.at("place", "请选择提交前还是提交后会签。")
    if mode not in rounds.MODES:
        raise Invalid.at("mode", "请选择怎样算会签通过。")
    if not people:
        raise Invalid.at("people", "请选择会签的人。")
    if len(people) > MOST:
        raise Invalid.at("people", f"一次最多请{MOST}人会签。")
    if len({each.id for each in people}) < len(people):
        raise Invalid.at("people", "同一个人只要选一次。")
    if mode == "quorum" and not (needed is not None and 1 <= needed <= len(people)):
        raise Invalid.at("needed", f"请填写1到{len(people)}之间的人数。")
    with act(Verb.SIGNERS_ASKED, actor) as deed:
        item = locks.open_item(deed, item_id)
        locks.not_suspended(deed, item.instance)
        _held(deed, item)
        if item.handed_in_at is not None:
            raise Conflict(f"“{item.name}”已经提交，不能再加会签人。")
        for each in people:
            _may_sign(deed, item, each)
        made = Round(
            work_item_id=item.id,
            instance_id=item.instance_id,
            place=place,
            mode=mode,
            needed=needed if mode == "quorum" and needed is not None else 1 if mode == "any" else len(people),
            reason=reason,
            asked_by_id=actor.id,
            asked_by=deed.actor.name,
            asked_at=deed.now,
            signers=[Signer(account_id=each.id, name=each.name, position=n) for n, each in enumerate(people, start=1)],
        )
        deed.session.add(made)
        deed.session.flush()
        rounds.settle(deed.session, item, made)
        if place == "before":
            giving.tell(deed, item, people[:1] if mode == "order" else people, "请您会签", reason)
        names = "、".join(each.name for each in people)
        after = {"item": item.name, "names": names, "mode": f"{rounds.PLACES[place]}，{rounds.MODES[mode]}"}
        deed.record(item.instance, after=after, reason=reason, clause=item.clause)
    return made


def remove(signer_id: int, actor: Actor, reason: str) -> Outcome | None:
    """Takes a colleague out who has not signed (减签). Who is left may be enough for the item to go on."""
    return again(_change, signer_id, actor, None, reason)


def replace(signer_id: int, actor: Actor, to: Actor, reason: str) -> Outcome | None:
    """Puts another one in the place of a colleague who has not signed, also in the middle of a round in order."""
    return again(_change, signer_id, actor, to, reason)


def _change(
    signer_id: int, actor: Actor, to: Actor | None, reason: str, fault: EngineFault | None = None
) -> Outcome | None:
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么。")
    with act(Verb.SIGNER_REMOVED if to is None else Verb.SIGNER_REPLACED, actor) as deed:
        signer, round_, item = _found(deed, signer_id)
        if actor.id != round_.asked_by_id:
            veto.require(deed.session, Question("assign", actor, instance=item.instance, item=item))
        if signer.state != "waiting" or round_.state != "open":
            raise Conflict(f"{signer.name}已经签过，或者这次会签已经结束。")
        signer.state, signer.decided_at, signer.note = "removed", deed.now, reason
        if to is not None:
            if any(each.account_id == to.id and each.state != "removed" for each in round_.signers):
                raise Invalid.at("people", f"{to.name}已经在会签人中。")
            _may_sign(deed, item, to)
            round_.signers.append(Signer(account_id=to.id, name=to.name, position=signer.position))
            giving.tell(deed, item, [to], "请您会签", round_.reason)
        left = [each for each in round_.signers if each.state != "removed"]
        if round_.mode == "quorum":
            round_.needed = min(round_.needed, len(left))
        if not left:
            round_.state = "withdrawn"
            deed.session.flush()
            item.rounds_open = sum(each.stands_in_the_way for each in rounds.of_item(deed.session, item.id))
        else:
            rounds.settle(deed.session, item, round_)
        after = {"item": item.name, "name": signer.name} | ({"to": to.name} if to is not None else {})
        return _go_on(deed, item, after, reason, fault)


def opine(signer_id: int, actor: Actor, *, agree: bool, opinion: str = "") -> Outcome | None:
    """Signs, or says why not. When that was the last signature wanted after the item was handed in, its step is done;
    an objection brings it back to its holder, who answers it. Returns the outcome of a step that is done."""
    return again(_opine, signer_id, actor, agree, opinion)


def _opine(signer_id: int, actor: Actor, agree: bool, opinion: str, fault: EngineFault | None = None) -> Outcome | None:
    opinion = written("opinion", opinion, longest=LONGEST, empty="" if agree else "不同意的，请写明意见。")
    with act(Verb.OPINION_GIVEN, actor) as deed:
        signer, round_, item = _found(deed, signer_id)
        locks.not_suspended(deed, item.instance)
        if signer.account_id != actor.id:
            raise Refused("这一项没有请您会签。")
        _may_sign(deed, item, actor)
        if round_.state != "open" or signer.state != "waiting":
            raise Conflict("您已经签过，或者这次会签已经结束。")
        if signer not in rounds.turn(round_):
            raise Conflict(f"这次会签要依次进行，现在轮到{rounds.turn(round_)[0].name}。")
        if round_.place == "after" and item.handed_in_at is None:
            raise Conflict(f"“{item.name}”还没有提交，提交以后才能会签。")
        signer.state, signer.decided_at, signer.opinion = "agreed" if agree else "objected", deed.now, opinion
        signer.submission_id = item.submission_id
        rounds.settle(deed.session, item, round_)
        if round_.state == "objected" and round_.place == "after":
            _hand_back(deed, item)
        if round_.state == "open" and round_.mode == "order":
            giving.tell(deed, item, [_actor(deed, each) for each in rounds.turn(round_)], "轮到您会签", round_.reason)
        elif round_.state != "open":
            said = "已会签完" if round_.state == "agreed" else "有不同意见，请答复"
            giving.tell(deed, item, [_holder(deed, item)], said, opinion or "同意。")
        after = {"item": item.name, "said": "同意" if agree else "不同意"}
        return _go_on(deed, item, after, opinion or None, fault)


def answer(round_id: int, actor: Actor, text: str) -> Round:
    """The holder answers what was objected; after that the item can be handed in. The answer stands beside it."""
    text = written("answer", text, longest=LONGEST, empty="请写明怎样处理的：采纳的写明改了什么，不采纳的写明理由。")
    with act(Verb.OPINION_ANSWERED, actor) as deed:
        item_id = deed.session.scalar(select(Round.work_item_id).where(Round.id == round_id))
        item = locks.open_item(deed, item_id) if item_id is not None else None
        if item is None:
            raise NotFound("没有找到这次会签，请刷新后查看。")
        _held(deed, item)
        round_ = deed.session.get(Round, round_id, populate_existing=True)
        if round_.state != "objected":
            raise Conflict("这次会签没有等待答复的意见。")
        round_.state, round_.answer = "answered", text
        deed.session.flush()
        item.rounds_open = sum(each.stands_in_the_way for each in rounds.of_item(deed.session, item.id))
        giving.tell(
            deed,
            item,
            [_actor(deed, each) for each in round_.signers if each.state == "objected"],
            "的意见已答复",
            text,
        )
        deed.record(item.instance, after={"item": item.name}, reason=text, clause=item.clause)
    return round_


def _go_on(
    deed: Deed, item: WorkItem, after: dict[str, str], reason: str | None, fault: EngineFault | None
) -> Outcome | None:
    """Ends the step when it only waited for this; else writes the entry of the signature alone."""
    if item.handed_in_at is None or item.rounds_open:
        deed.record(item.instance, after=after, reason=reason, clause=item.clause)
        return None
    step = loaded(deed, item.instance)
    task = task_of(step, item)
    submission = deed.session.get(Submission, item.submission_id)
    form = step.release.forms[item.form]
    given = handed_in(deed.session, form, item, step, None, submission.values)
    return landing.end(deed, step, item, task, submission, given.flow, fault, also=after, reason=reason)


def _hand_back(deed: Deed, item: WorkItem) -> None:
    """An objection afterwards: it was not handed in after all, and is signed anew once that is answered."""
    item.handed_in_at = None
    for each in deed.session.scalars(select(Signature).where(Signature.work_item_id == item.id)):
        each.valid = False


def _found(deed: Deed, signer_id: int) -> tuple[Signer, Round, WorkItem]:
    item_id = deed.session.scalar(
        select(Round.work_item_id).join(Signer, Signer.round_id == Round.id).where(Signer.id == signer_id)
    )
    if item_id is None:
        raise NotFound("没有找到这次会签，请刷新后查看。")
    item = locks.open_item(deed, item_id)
    signer = deed.session.get(Signer, signer_id, populate_existing=True)
    return signer, deed.session.get(Round, signer.round_id, populate_existing=True), item


def _held(deed: Deed, item: WorkItem) -> None:
    """The item is in the actor's hands, and still may be: a filing may have come meanwhile."""
    if item.holder_id != deed.actor.id:
        raise Conflict(f"“{item.name}”不在您手中。")
    veto.require(deed.session, Question("complete", deed.actor, instance=item.instance, item=item))


def _may_sign(deed: Deed, item: WorkItem, who: Actor) -> None:
    if who.id == item.holder_id:
        raise Invalid.at("people", "办理人自己不用会签。")
    answer = veto.ask(deed.session, Question("sign", who, instance=item.instance, item=item))
    if not answer:
        raise Refused(f"不能请{who.name}会签：{answer.reason}", clause=answer.clause)


def _holder(deed: Deed, item: WorkItem) -> Actor | None:
    return directory.actor(deed.session, item.holder_id) if item.holder_id is not None else None


def _actor(deed: Deed, signer: Signer) -> Actor | None:
    return directory.actor(deed.session, signer.account_id)


__all__ = ["answer", "ask", "opine", "remove", "replace"]
