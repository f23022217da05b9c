"""Showing a number in full, only to those whose duty needs it and never without a trace (个保法 art. 6, 28); deciding
of records that may be one person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from engine.actors import Actor, cut
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.outbox.operations import enqueue
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from engine.runtime.openings import plans
from engine.transactions import Deed, act, scratch
from registers.cases.models import Case
from registers.households import carrying, duplicates, ties
from registers.households.models import DuplicateDecision, Household, Person, contact_keys

#: What of a household's contact may be asked for, in words.
CONTACT = {"phone": "联系电话", "bank_account": "银行账号"}
#: The stream in which the journal keeps what is done about households outside a case.
STREAM = "households"
LONGEST = 500
#: So many households get their keys in one transaction.
AT_ONCE = 200


def unmask_person(actor: Actor, instance_id: int, person_id: int) -> str:
    """The ID number of a member of the case's household, in full; the journal says who looked."""
    with act(Verb.DATA_UNMASKED, actor) as deed:
        instance, case = _asked(deed, actor, instance_id)
        person = deed.session.get(Person, person_id)
        if person is None or person.household_id != case.household_id:
            raise NotFound("这户没有这名成员，请刷新后再试。")
        deed.record(instance, after={"what": f"{person.name}身份证号"}, clause="pipl-2021:28")
    return person.id_number


def unmask_contact(actor: Actor, instance_id: int, key: str) -> str:
    """The phone or the bank account (`phone`, `bank_account`) of the case's household, in full."""
    with act(Verb.DATA_UNMASKED, actor) as deed:
        instance, case = _asked(deed, actor, instance_id)
        household = deed.session.get(Household, case.household_id)
        if household is None or key not in CONTACT:
            raise NotFound("没有登记这个号码。")
        deed.record(instance, after={"what": CONTACT[key]}, clause="pipl-2021:28")
    return household.contact.get(key) or ""


def _asked(deed: Deed, actor: Actor, instance_id: int) -> tuple[Instance, Case]:
    instance = deed.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())
    case = deed.session.get(Case, instance_id)
    if instance is None or case is None:
        raise NotFound("没有找到这件办件，请核对编号后再试。")
    veto.require(deed.session, Question("unmask", actor, instance=instance))
    return instance, case


def carry(actor: Actor, person_id: int, process: str) -> dict[str, Any]:
    """What is known of a person and their household, in full, for the form of a new application (`process` is its name
    as people read it); the journal says who took it. Refused by the veto; NotFound for whoever lives there no more."""
    with act(Verb.HOUSEHOLD_CARRIED, actor) as deed:
        person = deed.session.get(Person, person_id)
        if person is None:
            raise NotFound("没有找到您可以查看的这户登记。")
        veto.require(deed.session, Question("carry", actor, facts={"households": [person.household_id]}))
        if person.left_on is not None:
            raise NotFound(f"{person.name}已经不是这户的成员，请重新查询。")
        found = carrying.known(deed.session, deed.session.get_one(Household, person.household_id), person)
        after = {"household": person.household_id, "process": process}
        deed.record(deed.subject(STREAM), after=after, clause="pipl-2021:28")
    return found


def decide(actor: Actor, one_id: int, other_id: int, answer: str, reason: str) -> DuplicateDecision:
    """Decides whether two records are one person: `same`, `different`, or `unclear`, which hands it to the director.

    Nothing is merged and nothing deleted: the records stay, and the rules know that both numbers are one person's. A
    number that stands in two households is one person's, so `different` is refused for it. Raises Invalid at the field,
    Conflict when it was decided meanwhile, Refused by the veto.
    """
    if answer not in duplicates.ANSWERS:
        raise Invalid.at("answer", "请选择一种核定结果。")
    reason = written("reason", reason, longest=LONGEST, empty="请写明依据什么这样核定，例如核对了哪些证件。")
    with act(Verb.DUPLICATE_DECIDED, actor) as deed:
        one, other = _pair(deed, one_id, other_id)
        facts = {"households": [one.household_id, other.household_id]}
        before = ties.standing(deed.session, one.id, other.id)
        settles = before is not None and before.answer == "unclear"
        veto.require(deed.session, Question("settle_duplicate" if settles else "decide_duplicate", actor, facts=facts))
        if before is not None and not settles:
            raise Conflict(f"{before.decided_by}已经核定：{duplicates.ANSWERS[before.answer]}。请刷新后查看。")
        if settles and answer == "unclear":
            raise Invalid.at("answer", "已经在等待核定，请核定是或者不是同一个人。")
        grounds = duplicates.grounds_of(deed.session, one, other)
        if not grounds:
            raise Refused("两条登记没有相同的号码、生日、电话、账号或住址，不用核定。")
        if answer == "different" and one.fingerprint == other.fingerprint:
            raise Invalid.at("answer", "两条登记的身份证号相同，不能核定为不同的人。号码登错的，请先办理“更正登记”。")
        if before is not None:
            before.ended_at, before.ended_by, before.ended_reason = deed.now, actor.name, reason
            deed.session.flush()  # Only one decision of a pair stands at a time.
        made = DuplicateDecision(
            low_id=one.id,
            high_id=other.id,
            answer=answer,
            grounds=list(grounds),
            reason=reason,
            decided_by_id=actor.id,
            decided_by=actor.name,
            decided_at=deed.now,
        )
        deed.session.add(made)
        ties.write_aliases(deed.session, one.id, other.id)
        if answer == "unclear":
            area = cut(deed.session.get_one(Household, one.household_id).area, "township")
            enqueue(
                deed.session,
                kind="move",
                subject="有两条人员登记可能重复，等待核定",
                body=f"{actor.name}：{reason}。请在“重复登记”中核定。",
                role="director",
                area=area,
                sender=actor,
                now=deed.now,
            )
        after = {"who": _named(one, other), "answer": duplicates.ANSWERS[answer], "grounds": made.grounds}
        deed.record(deed.subject(STREAM), after=after, reason=reason, clause="mca-2021-57:7")
    return made


def end_decision(actor: Actor, decision_id: int, reason: str) -> DuplicateDecision:
    """Ends a decision that turned out wrong; the two records are two again, and what was decided stays readable."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么撤销。")
    with act(Verb.DUPLICATE_ENDED, actor) as deed:
        known = deed.session.get(DuplicateDecision, decision_id)
        if known is None:
            raise NotFound("没有找到这条核定，请刷新后查看。")
        one, other = _pair(deed, known.low_id, known.high_id)
        made = deed.session.get_one(DuplicateDecision, decision_id, populate_existing=True)
        facts = {"households": [one.household_id, other.household_id], "decided_by_id": made.decided_by_id}
        veto.require(deed.session, Question("end_duplicate", actor, facts=facts))
        if made.ended_at is not None:
            raise Conflict(f"这条核定已由{made.ended_by}撤销。")
        if made.answer == "unclear":
            raise Refused("还没有核定，请直接核定是或者不是同一个人。")
        made.ended_at, made.ended_by, made.ended_reason = deed.now, actor.name, reason
        ties.write_aliases(deed.session, one.id, other.id)
        after = {"who": _named(one, other), "answer": duplicates.ANSWERS[made.answer]}
        deed.record(deed.subject(STREAM), after=after, reason=reason, clause="mca-2021-57:7")
    return made


@plans.plan
def key_contacts(stop: Callable[[], bool] = lambda: False) -> int:
    """Writes the keys of households from before there were any, some at a time; how many. A small query when there are
    none: whoever writes a contact since then writes its keys."""
    done = 0
    while not stop():
        with scratch() as session:
            rows = session.scalars(select(Household).where(Household.phone_key.is_(None)).limit(AT_ONCE))
            found = list(rows)
            for each in found:
                each.phone_key, each.account_key, each.address_key = contact_keys(each.contact or {})
        done += len(found)
        if len(found) < AT_ONCE:
            break
    return done


def _pair(deed: Deed, one_id: int, other_id: int) -> tuple[Person, Person]:
    """Two different records, locked in the order of their ids."""
    ids = sorted({one_id, other_id})
    asked = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    found = list(deed.session.scalars(asked.execution_options(populate_existing=True)))
    if len(found) != 2:
        raise NotFound("没有找到您可以查看的这户登记。")
    return found[0], found[1]


def _named(one: Person, other: Person) -> str:
    return one.name if one.name == other.name else f"{one.name}、{other.name}"
