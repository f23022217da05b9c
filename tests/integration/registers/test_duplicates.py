"""Records that may be one person: found, decided with a record, honoured by the rules, taken back."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from engine import secrets
from engine.actors import Actor, Grant
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.outbox.models import Message
from engine.rules.veto import Question, veto
from registers.cases import operations as cases
from registers.demonstration.acts import Plan, values
from registers.demonstration.cast import TOWNSHIP
from registers.filings.models import StaffKin
from registers.households import duplicates, operations, ties
from registers.households.models import DuplicateDecision, Household, Person, PersonAlias
from tests.support.township import START, Township, family_of_three


@pytest.fixture
def township(session, at):
    at(f"{START:%Y-%m-%d %H:%M}")
    return Township(session)


def plan_of(**given) -> Plan:
    return Plan(family_of_three(**given), Random(1))  # noqa: S311 -- synthetic people


def twin(session, person: Person, *, phone: str = "13000000009", number: str | None = None) -> Person:
    """The same name and birth date under another number, in a household of its own."""
    home = Household(
        area=f"{TOWNSHIP}/shazao", rural=True, created_at=START,
        contact={"phone": phone, "address": "二组1号", "bank_account": ""},
    )  # fmt: skip
    session.add(home)
    session.flush()
    number = number or person.id_number[:14] + "0000"
    made = Person(
        household_id=home.id, name=person.name, id_number=number, fingerprint=secrets.fingerprint(number),
        masked=number[:6] + "********" + number[-4:], birth=person.birth, male=person.male, relation="head",
        circumstances={},
    )  # fmt: skip
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def pair(township, session):
    township.apply(plan_of())
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    return head, twin(session, head)


def test_pairs_are_found_by_what_they_share_and_only_where_the_clerk_may_look(township, session, pair):
    head, other = pair
    clerk = township.people["clerk"]
    (found,) = duplicates.pairs(session, clerk, [head.household_id])
    assert (found.one.id, found.other.id, found.grounds) == (head.id, other.id, ("same_birth",))
    stranger = Actor(77, "外乡受理员", (Grant("clerk", "pingluo/toudao"),))
    assert duplicates.pairs(session, stranger, [head.household_id]) == []


@pytest.mark.parametrize("ground", ["phone", "address", "account"])
def test_a_shared_contact_of_two_heads_is_suspicious(township, session, ground):
    township.apply(plan_of())
    head = session.scalars(select(Person).where(Person.relation == "head")).one()
    home = session.get(Household, head.household_id)
    other = twin(session, head)
    other.name, other.birth = "纳小军", head.birth.replace(year=1960)
    key = {"account": "bank_account"}.get(ground, ground)
    there = session.get(Household, other.household_id)
    there.area, there.contact = home.area, {**there.contact, key: f" {home.contact[key]} "}
    session.commit()
    (found,) = duplicates.pairs(session, township.people["clerk"], [home.id])
    assert found.grounds == (ground,)


def test_a_contact_keeps_its_keys_whoever_writes_it(township, session):
    township.apply(plan_of())
    home = session.scalars(select(Household)).one()
    before = home.phone_key
    home.contact = {**home.contact, "phone": "130-0000-0002"}
    session.commit()
    assert home.phone_key not in (before, "", None)
    home.phone_key = None  # A row from before there were keys.
    session.commit()
    assert operations.key_contacts() == 1
    assert operations.key_contacts() == 0


def test_a_decision_is_recorded_and_honoured_from_then_on(township, session, pair):
    head, other = pair
    clerk = township.people["clerk"]
    operations.decide(clerk, other.id, head.id, "different", "核对了两本户口簿")
    assert duplicates.pairs(session, clerk, [head.household_id]) == []
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "actor:duplicate:decided")).one()
    assert entry.after["answer"] == "不是同一个人"
    assert head.id_number not in str(entry.after)
    with pytest.raises(Conflict, match="已经核定"):
        operations.decide(clerk, head.id, other.id, "same", "再看")


def test_one_person_under_two_numbers_is_in_one_case_at_a_time(township, session, pair):
    """The tie makes the rules know both numbers; ending it makes them two again."""
    head, other = pair
    clerk, again = township.people["clerk"], plan_of()
    again.family.head.id_number = valid(other)
    other.id_number, other.fingerprint = again.family.head.id_number, secrets.fingerprint(again.family.head.id_number)
    again.family.others = []
    session.commit()
    given = values("fill_application", again, START, {})
    decision = operations.decide(clerk, head.id, other.id, "same", "本人持两本证件说明")
    with pytest.raises(Refused, match="已在办件"):
        cases.apply("dibao", clerk, township=TOWNSHIP, values=given)
    with pytest.raises(Refused, match="由另一人撤销"):
        operations.end_decision(Actor(clerk.id, clerk.name, (Grant("director", TOWNSHIP),)), decision.id, "看错了")
    operations.end_decision(township.people["director"], decision.id, "派出所证明是两个人")
    assert session.scalars(select(PersonAlias)).all() == []
    assert [each.answer for each in ties.of_pair(session, head.id, other.id)] == ["same"]
    assert cases.apply("dibao", clerk, township=TOWNSHIP, values=given).id


def valid(person: Person) -> str:
    from engine.forms.kinds import check_digit

    body = person.id_number[:14] + "777"
    return body + check_digit(body)


def test_kin_of_the_other_record_keep_out_too(township, session, pair):
    head, other = pair
    instance_id = 1
    session.add(
        StaffKin(
            account_id=township.people["investigator"].id, staff_name="某", post="调查员", relative_name=other.name,
            fingerprint=other.fingerprint, relation="sibling", registered_at=START,
        )
    )  # fmt: skip
    session.commit()
    from engine.runtime.models import Instance
    from registers.board.scope import barred

    instance, actor = session.get(Instance, instance_id), township.people["investigator"]
    asked = Question("view", actor, instance=instance)
    assert veto.ask(session, asked)
    operations.decide(township.people["clerk"], head.id, other.id, "same", "核对了证件")
    assert not veto.ask(session, asked)
    assert session.scalar(select(barred(actor)).where(Instance.id == instance_id))


def test_what_is_unclear_goes_to_the_director(township, session, pair):
    head, other = pair
    clerk, director = township.people["clerk"], township.people["director"]
    operations.decide(clerk, head.id, other.id, "unclear", "照片看不清")
    assert session.scalars(select(Message).where(Message.role == "director")).one().urgent is False
    (found,) = duplicates.pairs(session, clerk, [head.household_id])
    assert found.waits is not None
    assert len(duplicates.waiting(session, director)) == 1
    with pytest.raises(Refused, match="核定不能确定的"):
        operations.decide(clerk, head.id, other.id, "same", "还是我来定")
    operations.decide(director, head.id, other.id, "same", "派出所证明")
    assert duplicates.waiting(session, director) == []
    assert [each.answer for each in ties.of_pair(session, head.id, other.id)] == ["same", "unclear"]


def test_nobody_decides_of_their_kin_and_hears_nothing_of_them(township, session, pair):
    head, other = pair
    clerk = township.people["clerk"]
    session.add(
        StaffKin(
            account_id=clerk.id, staff_name=clerk.name, post="", relative_name=other.name,
            fingerprint=other.fingerprint, relation="sibling", registered_at=START,
        )
    )  # fmt: skip
    session.commit()
    assert duplicates.pairs(session, clerk, [head.household_id]) == []
    with pytest.raises(NotFound):
        operations.decide(clerk, head.id, other.id, "different", "我认识他们")
    with pytest.raises(NotFound):
        operations.carry(clerk, other.id, "低保")
    assert session.scalars(select(DuplicateDecision)).all() == []


@pytest.mark.parametrize(
    ("answer", "reason", "field"),
    [("", "好", "answer"), ("perhaps", "好", "answer"), ("same", "  ", "reason"), ("same", "好" * 501, "reason")],
)
def test_bad_input_is_told_at_its_field(township, pair, answer, reason, field):
    head, other = pair
    with pytest.raises(Invalid) as caught:
        operations.decide(township.people["clerk"], head.id, other.id, answer, reason)
    assert caught.value.data["problems"][0]["field"] == field


def test_the_same_number_is_one_person_and_strangers_are_not_tied(township, session, pair):
    head, other = pair
    clerk = township.people["clerk"]
    same = twin(session, head, number=head.id_number)
    with pytest.raises(Invalid, match="不能核定为不同的人"):
        operations.decide(clerk, head.id, same.id, "different", "好")
    other.name = "白有福"
    session.commit()
    with pytest.raises(Refused, match="没有相同的"):
        operations.decide(clerk, head.id, other.id, "same", "好")
    with pytest.raises(NotFound):
        operations.decide(clerk, head.id, head.id, "same", "好")


def test_who_is_one_with_one_is_one_with_all(township, session, pair):
    head, other = pair
    third = twin(session, head, number=head.id_number[:14] + "1111")
    clerk = township.people["clerk"]
    operations.decide(clerk, head.id, other.id, "same", "核对")
    operations.decide(clerk, other.id, third.id, "same", "核对")
    prints = {head.fingerprint, other.fingerprint, third.fingerprint}
    assert ties.also(session, {head.fingerprint}) == prints
    assert ties.also(session, {third.fingerprint}) == prints
