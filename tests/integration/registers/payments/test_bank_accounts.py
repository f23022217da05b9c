"""Where money goes changes only when two people say so, each with the card before them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from registers.accounts.models import Account
from registers.households.models import Household, Person
from registers.payments.accounts import operations as accounts
from registers.payments.accounts import queries
from registers.payments.accounts.models import AccountChange, PayAccount, StaffCard

NUMBER = "9999991234567890128"
GIVEN = {"holder": "马甲", "number": NUMBER, "bank": "邮储银行", "reason": "银行卡遗失"}


def propose(pay, benefit, who="clerk", **changed):
    return accounts.propose(pay.people[who], household_id=benefit.household_id, **{**GIVEN, **changed})


def test_a_change_needs_another_person_with_the_same_number(pay):
    benefit = pay.home()
    before = queries.of(pay.session, benefit.household_id, None)
    made = propose(pay, benefit, who="accountant")
    assert queries.of(pay.session, benefit.household_id, None).id == before.id
    with pytest.raises(Refused, match="另一人"):
        accounts.decide(pay.people["accountant"], made.id, confirm=True, reason="核实", number=NUMBER)
    with pytest.raises(Invalid) as error:
        accounts.decide(pay.people["director"], made.id, confirm=True, reason="核实", number=NUMBER[:-1] + "0")
    assert error.value.problems[0]["field"] == "number"
    with pytest.raises(Invalid):
        accounts.decide(pay.people["director"], made.id, confirm=True, reason=" ", number=NUMBER)
    accounts.decide(pay.people["accountant2"], made.id, confirm=True, reason="已看原件", number=NUMBER)
    now = queries.of(pay.session, benefit.household_id, None)
    assert (now.bank, now.change_id) == ("邮储银行", made.id)
    assert pay.session.get(PayAccount, before.id, populate_existing=True).ended_at is not None
    with pytest.raises(Conflict):
        accounts.decide(pay.people["director"], made.id, confirm=False, reason="再来")
    told = pay.session.scalars(select(JournalEntry).where(JournalEntry.verb.like("actor:pay_account%"))).all()
    assert [entry.verb for entry in told] == ["actor:pay_account:proposed", "actor:pay_account:confirmed"]
    assert NUMBER not in str([entry.after for entry in told])


def test_a_change_that_is_refused_changes_nothing(pay):
    benefit = pay.home()
    made = propose(pay, benefit)
    accounts.decide(pay.people["director"], made.id, confirm=False, reason="卡不是本人的")
    assert queries.of(pay.session, benefit.household_id, None).change_id is None
    assert pay.session.get(AccountChange, made.id).state == "refused"
    assert propose(pay, benefit).state == "proposed"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"holder": "=1+1"}, "holder"),
        ({"number": "123"}, "number"),
        ({"bank": "别的银行"}, "bank"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_proposal_is_checked(pay, changed, field):
    benefit = pay.home()
    with pytest.raises(Invalid) as error:
        propose(pay, benefit, **changed)
    assert [each["field"] for each in error.value.problems] == [field]
    assert pay.session.scalars(select(AccountChange)).all() == []


def test_every_fault_of_a_proposal_is_told_at_once(pay):
    with pytest.raises(Invalid) as error:
        propose(pay, pay.home(), holder="", number="", bank="", reason="")
    assert {each["field"] for each in error.value.problems} == {"holder", "number", "bank", "reason"}


def test_a_second_proposal_waits_and_the_same_account_is_no_change(pay):
    benefit = pay.home()
    made = propose(pay, benefit)
    with pytest.raises(Conflict, match="等待确认"):
        propose(pay, benefit)
    accounts.decide(pay.people["director"], made.id, confirm=True, reason="已看原件", number=NUMBER)
    with pytest.raises(Conflict, match="现在使用"):
        propose(pay, benefit)
    with pytest.raises(NotFound):
        accounts.propose(pay.people["clerk"], household_id=999, **GIVEN)


def test_kin_and_strangers_keep_out(pay):
    benefit = pay.home()
    (person,) = pay.session.scalars(select(Person).where(Person.household_id == benefit.household_id))
    pay.session.get(Account, pay.people["clerk"].id).person = person.fingerprint
    pay.session.commit()
    with pytest.raises(Refused, match="回避"):
        propose(pay, benefit)
    with pytest.raises(Refused, match="角色不能"):
        propose(pay, benefit, who="finance")
    pay.town.person("far", "clerk", "pingluo/chonggang")
    with pytest.raises(Refused):
        accounts.propose(pay.town.actors["far"], household_id=benefit.household_id, **GIVEN)


def test_an_application_alone_moves_no_money(pay):
    benefit = pay.home()
    pay.until(pay.run(), "")
    pay.session.get(Household, benefit.household_id).contact = {"bank_account": NUMBER}
    pay.session.commit()
    run = pay.run(month="2026-05")
    (row,) = pay.rows(run)
    assert row.account["number"] != NUMBER
    assert [hit.kind for hit in pay.hits(run)] == ["other_account"]


def test_cards_of_the_staff_are_registered_with_their_papers(pay):
    given = {"area": "pingluo/gaoren", "number": NUMBER, "staff_name": "田有福"}
    with pytest.raises(Invalid) as error:
        accounts.register_card(pay.people["director"], kind="kept", **given)
    assert error.value.problems[0]["field"] == "agreement"
    with pytest.raises(Invalid):
        accounts.register_card(pay.people["director"], kind="own", **{**given, "number": "1", "staff_name": ""})
    with pytest.raises(Invalid, match="不能晚于今天"):
        accounts.register_card(
            pay.people["director"], kind="kept", agreement="协议1", filed_on=clock.today() + timedelta(days=1), **given
        )
    with pytest.raises(Refused):
        accounts.register_card(pay.people["clerk"], kind="own", **given)
    accounts.register_card(pay.people["director"], kind="kept", agreement="协议1", filed_on=date(2026, 3, 1), **given)
    (card,) = pay.session.scalars(select(StaffCard))
    assert queries.kept_words(card) == "银行卡由田有福代管，协议1，2026年3月1日备案。"
    assert NUMBER not in card.masked
