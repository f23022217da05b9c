"""Copies: who is shown a case, who is not even offered, what is counted, what a copy does not do."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import Conflict, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from registers.copies import operations as copies
from registers.copies import queries
from registers.copies.models import CaseCopy
from registers.demonstration.acts import Plan
from registers.filings.models import Filing
from tests.support.township import START, Township, family_of_three


@pytest.fixture
def town(session, at):
    at(f"{START:%Y-%m-%d %H:%M}")
    made = Township(session)
    made.case = made.apply(Plan(family_of_three(), Random(1)))  # noqa: S311 -- synthetic people
    return made


def filed(town, session, name):
    """A kinship of somebody that was confirmed."""
    session.rollback()
    session.add(
        Filing(
            instance_id=town.case.id, source="declared", account_id=town.people[name].id, staff_name="某人",
            relation="sibling", filed_at=clock.now(), confirmed=True,
        )
    )  # fmt: skip
    session.commit()


def offered(town, session, name="clerk"):
    session.rollback()
    return {each.id for each in queries.readers(session, town.people[name], town.again(town.case))}


def test_a_copy_is_sent_counted_read_and_journaled_once(town, session):
    clerk, deputy = town.people["clerk"], town.people["deputy"]
    (made,) = copies.send(town.case.id, clerk, [deputy.id], " 请了解 ")
    session.rollback()
    assert queries.unread(session, deputy) == 1
    assert queries.unread(session, clerk) == 0
    (row,) = queries.mine(session, deputy, [], 50, 0)
    assert (row.sender, row.note, row.read_at) == (clerk.name, "请了解", None)
    entries = session.scalars(select(JournalEntry).where(JournalEntry.verb == Verb.COPY_SENT.value)).all()
    assert [(each.after["to"], each.reason) for each in entries] == [(deputy.name, "请了解")]
    with pytest.raises(Conflict, match="没有重复抄送"):
        copies.send(town.case.id, clerk, [deputy.id], "请了解")
    copies.read(made.id, town.people["head"].id)
    session.rollback()
    assert queries.unread(session, deputy) == 1, "nobody reads for another"
    copies.read(made.id, deputy.id)
    session.rollback()
    first = session.get(CaseCopy, made.id, populate_existing=True).read_at
    copies.read(made.id, deputy.id)
    session.rollback()
    assert queries.unread(session, deputy) == 0
    assert session.get(CaseCopy, made.id, populate_existing=True).read_at == first, "the first time is kept"


def test_kin_are_not_offered_nor_told_apart_from_strangers(town, session):
    deputy = town.people["deputy"]
    assert deputy.id in offered(town, session)
    filed(town, session, "deputy")
    assert deputy.id not in offered(town, session)
    said = []
    for to in (deputy.id, 999_999):
        with pytest.raises(Invalid) as refused:
            copies.send(town.case.id, town.people["clerk"], [to])
        said.append(refused.value.message)
    assert said == ["请从列出的人员中选择。"] * 2


def test_who_became_kin_later_no_longer_finds_the_copy(town, session):
    deputy = town.people["deputy"]
    copies.send(town.case.id, town.people["clerk"], [deputy.id])
    filed(town, session, "deputy")
    assert queries.unread(session, deputy) == 0
    assert queries.mine(session, deputy, [], 50, 0) == []


def test_kin_send_no_copies(town, session):
    filed(town, session, "clerk2")
    with pytest.raises(Refused, match="回避"):
        copies.send(town.case.id, town.people["clerk2"], [town.people["head"].id])


def test_who_has_no_duty_there_is_not_offered(town, session):
    found = offered(town, session)
    assert town.people["hongliu"].id in found
    assert town.people["shazao"].id not in found, "another village"
    assert town.people["accountant"].id not in found, "sees money only"
    assert town.people["admin"].id not in found
    assert town.people["clerk"].id not in found, "oneself"


def test_nobody_named_and_a_long_note_are_said_at_their_field(town, session):
    clerk, head = town.people["clerk"], town.people["head"]
    with pytest.raises(Invalid) as nobody:
        copies.send(town.case.id, clerk, [])
    assert nobody.value.data["problems"][0]["field"] == "to"
    with pytest.raises(Invalid) as long:
        copies.send(town.case.id, clerk, [head.id], "长" * 501)
    assert long.value.data["problems"][0]["field"] == "note"
    session.rollback()
    assert session.scalars(select(CaseCopy)).all() == []


def test_a_confidential_case_is_copied_only_among_those_who_may_know_of_it(town, session):
    case = town.again(town.case)
    case.seen_by = ",clerk,head,"
    session.commit()
    assert offered(town, session) == {town.people[name].id for name in ("clerk2", "head")}
    copies.send(town.case.id, town.people["clerk"], [town.people["head"].id])
    session.rollback()
    assert queries.unread(session, town.people["head"]) == 1
    town.again(town.case).seen_by = ",clerk,"
    session.commit()
    assert queries.unread(session, town.people["head"]) == 0
    assert queries.mine(session, town.people["head"], [], 50, 0) == []
