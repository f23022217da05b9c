"""Saying something about a case, asking, answering, taking back, striking out. One act each; nothing of the case moves.

Whoever may see the case may say something about it, and only they are asked. The journal has who spoke with whom; the
words stay in the sealed row.
"""

from __future__ import annotations

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.models import Instance, WorkItem
from engine.transactions import Deed, act
from registers.talk.models import Remark

LONGEST, LONGEST_REASON = 1000, 200


def say(instance_id: int, actor: Actor, text: str, *, item_id: int | None = None) -> Remark:
    """A plain remark on a case, or at one of its items."""
    text = written("text", text, longest=LONGEST, empty="请写内容。")
    with act(Verb.TALK_SAID, actor) as deed:
        instance = _seen(deed, instance_id)
        made = _add(deed, instance, "comment", text, _item(deed, instance, item_id))
        deed.record(instance)
    return made


def ask(instance_id: int, actor: Actor, *, to_id: int, text: str, item_id: int | None = None) -> Remark:
    """Asks a colleague something. The case stays where it is, its dates run on.

    Raises Invalid for no text or for somebody who may not see the case, Refused by the veto.
    """
    text = written("text", text, longest=LONGEST, empty="请写明要问什么。")
    with act(Verb.QUESTION_ASKED, actor) as deed:
        instance = _seen(deed, instance_id)
        to = directory.actor(deed.session, to_id)
        if to is None or to.id == actor.id:
            raise Invalid.at("to_id", "请选择一位同事。")
        if not veto.ask(deed.session, Question("view", to.own(), instance=instance)):
            raise Invalid.at("to_id", "这位同事不能查看这件办件，请选择其他人。")
        made = _add(deed, instance, "question", text, _item(deed, instance, item_id))
        made.asked_id, made.asked_name = to.id, to.name
        _tell(deed, instance, to, "有同事向您提问，请回答")
        deed.record(instance, after={"to": to.name})
    return made


def answer(question_id: int, actor: Actor, text: str) -> Remark:
    """The answer of whoever was asked, or of who stands in for them; the asker is told.

    Raises Conflict when it was answered or taken back, Refused for anybody else.
    """
    text = written("text", text, longest=LONGEST, empty="请写您的回答。")
    with act(Verb.QUESTION_ANSWERED, actor) as deed:
        question, instance = _locked(deed, question_id)
        if question.kind != "question":
            raise NotFound("没有找到这个问题，请刷新后查看。")
        stead = next((each for each in actor.lenders if each.id == question.asked_id), None)
        if question.asked_id != actor.id and stead is None:
            raise Refused("这个问题问的是别人，由其本人回答。需要补充的，请留言。")
        facts = {"in_stead_of": stead.id} if stead is not None else {}
        seen = veto.require(deed.session, Question("view", actor, instance=instance, facts=facts))
        if stead is not None and seen.stead is None:
            raise Refused(f"{stead.name}本人不能查看这件办件，不能替其回答。")
        if question.withdrawn_at is not None or question.struck_at is not None:
            raise Conflict("提问的人已经撤回这个问题，不用回答了。")
        if question.answered_at is not None:
            raise Conflict("这个问题已经回答过。需要补充的，请留言。")
        made = _add(deed, instance, "answer", text, question.work_item_id)
        made.parent_id, question.answered_at = question.id, deed.now
        asker = directory.actor(deed.session, question.by_id)
        if asker is not None and asker.id != actor.id:
            _tell(deed, instance, asker, "您的问题已有回答")
        deed.record(instance, after={"to": question.by_name})
    return made


def withdraw(question_id: int, actor: Actor) -> Remark:
    """Takes back one's own question that nobody answered yet; it stays legible."""
    with act(Verb.QUESTION_WITHDRAWN, actor) as deed:
        question, instance = _locked(deed, question_id)
        veto.require(deed.session, Question("view", actor, instance=instance))
        if question.kind != "question" or question.by_id != actor.id:
            raise Refused("只能撤回自己提的问题。")
        if not question.waits:
            raise Conflict("这个问题已经回答或撤回，不能再撤回。")
        question.withdrawn_at = deed.now
        deed.record(instance, after={"to": question.asked_name})
    return question


def strike(remark_id: int, actor: Actor, reason: str) -> Remark:
    """Strikes out what one wrote oneself, on the same day, with the reason. It stays legible as struck out; a question
    whose answer is struck out waits again."""
    reason = written("reason", reason, longest=LONGEST_REASON, empty="请写明为什么划去。")
    with act(Verb.TALK_STRUCK, actor) as deed:
        made, instance = _locked(deed, remark_id)
        veto.require(deed.session, Question("view", actor, instance=instance))
        if made.by_id != actor.id:
            raise Refused("只能划去自己写的内容。")
        if made.struck_at is not None:
            raise Conflict("这一条已经划去。")
        if deed.now >= clock.end_of(made.at.date()):
            raise Conflict("只能在当天划去。要更正的，请另写一条。")
        made.struck_at, made.struck_reason = deed.now, reason
        if made.kind == "answer":
            question = deed.session.get(Remark, made.parent_id, populate_existing=True)
            question.answered_at = None
        deed.record(instance)
    return made


def _seen(deed: Deed, instance_id: int) -> Instance:
    """The case, locked, for somebody who may see it."""
    instance = locks.instance(deed, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    veto.require(deed.session, Question("view", deed.actor, instance=instance))
    return instance


def _locked(deed: Deed, remark_id: int) -> tuple[Remark, Instance]:
    known = deed.session.get(Remark, remark_id)
    instance = locks.instance(deed, known.instance_id) if known is not None else None
    if known is None or instance is None:
        raise NotFound("没有找到这一条，请刷新后查看。")
    return deed.session.get(Remark, remark_id, populate_existing=True), instance


def _item(deed: Deed, instance: Instance, item_id: int | None) -> int | None:
    if item_id is None:
        return None
    item = deed.session.get(WorkItem, item_id)
    if item is None or item.instance_id != instance.id:
        raise NotFound("这个环节不属于这件办件，请刷新后再试。")
    return item.id


def _add(deed: Deed, instance: Instance, kind: str, text: str, item_id: int | None) -> Remark:
    made = Remark(
        instance_id=instance.id,
        work_item_id=item_id,
        kind=kind,
        text=text,
        by_id=deed.actor.id or 0,
        by_name=deed.actor.name,
        at=deed.now,
    )
    deed.session.add(made)
    deed.session.flush()
    return made


def _tell(deed: Deed, instance: Instance, to: Actor, what: str) -> None:
    """Without a word of what was said: the message may leave the house. Nobody who may not see the case is told."""
    if not veto.ask(deed.session, Question("view", to, instance=instance)):
        return
    enqueue(
        deed.session,
        kind="talk",
        subject=f"{naming['of'](deed.session, instance)}：{what}",
        body="内容在办件页面的“沟通与讨论”中，也可以从“沟通”中打开。",
        to=[to],
        instance_id=instance.id,
        sender=deed.actor,
        now=deed.now,
    )
