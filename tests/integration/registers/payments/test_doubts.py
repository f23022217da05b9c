"""Doubts: each kind is found, a person settles it with a reason, and nothing settles itself."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import clock, secrets
from engine.errors import Conflict, Invalid, Refused
from engine.forms import mask
from engine.journal.models import JournalEntry
from engine.outbox.models import Message
from registers.accounts.models import Account
from registers.benefits.models import Benefit
from registers.filings.models import Filing, StaffKin
from registers.households.models import Household, Person, PersonAlias
from registers.payments import operations
from registers.payments.accounts import operations as accounts
from registers.payments.accounts.models import AccountChange, PayAccount, StaffCard
from registers.payments.marks import operations as marks
from registers.payments.marks.models import Mark
from registers.payments.words import HITS, NEVER_KEPT


def people(pay, benefit):
    return list(pay.session.scalars(select(Person).where(Person.household_id == benefit.household_id)))


def mark(pay, benefit, kind, until=None):
    (person, *_) = people(pay, benefit)
    pay.session.add(
        Mark(
            fingerprint=person.fingerprint, masked=person.masked, kind=kind, since=date(2026, 3, 1), until=until,
            source="部门名单", noted_by="王晓芳", noted_at=clock.now(),
        )
    )  # fmt: skip


def dead(pay, benefit):
    mark(pay, benefit, "died")


def prison(pay, benefit):
    mark(pay, benefit, "prison")


def treatment(pay, benefit):
    mark(pay, benefit, "treatment")


def moved(pay, benefit):
    mark(pay, benefit, "moved")


def left(pay, benefit):
    for person in people(pay, benefit):
        person.left_on = date(2026, 3, 1)


def size(pay, benefit):
    benefit.persons = 4
    pay.change(benefit, "increase", "2026-05", 78000)


def twice(pay, benefit):
    other = pay.home(scheme="tekun")
    (mine, theirs) = people(pay, benefit)[0], people(pay, other)[0]
    theirs.fingerprint = mine.fingerprint


def kin(pay, benefit):
    person = people(pay, benefit)[0]
    pay.session.add(
        StaffKin(
            account_id=pay.people["clerk"].id, staff_name="王晓芳", post="受理员", relative_name=person.name,
            fingerprint=person.fingerprint, relation="parent", registered_at=clock.now(),
        )
    )  # fmt: skip


def no_account(pay, benefit):
    pay.session.query(PayAccount).filter_by(household_id=benefit.household_id).delete()
    pay.session.get(Household, benefit.household_id).contact = {"bank_account": ""}


def other_account(pay, benefit):
    pay.session.get(Household, benefit.household_id).contact = {"bank_account": "9999991111111111111"}


def shared_account(pay, benefit):
    number = pay.session.scalars(select(PayAccount).where(PayAccount.household_id == benefit.household_id)).one()
    pay.account(pay.home(scheme="elderly_allowance"), number.account["number"])


def staff_account(pay, benefit):
    own = pay.session.scalars(select(PayAccount).where(PayAccount.household_id == benefit.household_id)).one()
    card(pay, own, "own")


def kept_card(pay, benefit):
    own = pay.session.scalars(select(PayAccount).where(PayAccount.household_id == benefit.household_id)).one()
    card(pay, own, "kept")


def card(pay, own, kind):
    pay.session.add(
        StaffCard(
            kind=kind, staff_name="田有福", account_hash=own.account_hash, masked=own.masked, agreement="协议1号",
            registered_by="沙国栋", registered_at=clock.now(),
        )
    )  # fmt: skip


def arrears(pay, benefit):
    benefit.from_month = "2026-01"


def tied(pay, benefit, other=None):
    """The number of another record of whom the household's first person was decided to be one with."""
    mine = people(pay, benefit)[0]
    theirs = people(pay, other or pay.home(scheme="elderly_allowance"))[0]
    pay.session.add_all(
        [
            PersonAlias(person_id=mine.id, fingerprint=theirs.fingerprint),
            PersonAlias(person_id=theirs.id, fingerprint=mine.fingerprint),
        ]
    )
    pay.session.flush()
    return theirs


def dead_elsewhere(pay, benefit):
    tied(pay, benefit).died_on = date(2026, 3, 1)


def marked_elsewhere(pay, benefit):
    mark(pay, pay.session.get(Benefit, _owner(pay, tied(pay, benefit))), "died")


def _owner(pay, person):
    return pay.session.scalars(select(Benefit.id).where(Benefit.household_id == person.household_id)).one()


def twice_by_tie(pay, benefit):
    tied(pay, benefit, pay.home(scheme="tekun"))


def kin_by_tie(pay, benefit):
    other = pay.home(scheme="elderly_allowance")
    tied(pay, benefit, other)
    kin(pay, other)


#: {how somebody is found under the number of their other record: the doubt}
TIED = {"dead": (dead_elsewhere, marked_elsewhere), "twice": (twice_by_tie,), "kin": (kin_by_tie,)}

KINDS = {
    function.__name__: function
    for function in (
        dead, prison, treatment, moved, left, size, twice, kin, no_account, other_account, shared_account,
        staff_account, kept_card, arrears,
    )
}  # fmt: skip


def paid_before(pay):
    """A household that was paid without a doubt in April; May comes."""
    benefit = pay.home(78000)
    pay.until(pay.run(), "")
    return benefit


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found(pay, kind):
    benefit = paid_before(pay)
    KINDS[kind](pay, benefit)
    pay.session.commit()
    run = pay.run(month="2026-05")
    found = {hit.kind for hit in pay.hits(run) if pay.rows(run, id=hit.row_id)[0].benefit_id == benefit.id}
    assert kind in found
    assert pay.rows(run, benefit_id=benefit.id)[0].state == "pending"
    assert pay.stands(run) == "settle_hits"


@pytest.mark.sqlite
@pytest.mark.parametrize(("kind", "given"), [(kind, each) for kind, some in TIED.items() for each in some])
def test_each_is_found_under_the_number_of_another_record(pay, kind, given):
    benefit = paid_before(pay)
    given(pay, benefit)
    pay.session.commit()
    run = pay.run(month="2026-05")
    found = {hit.kind for hit in pay.hits(run) if pay.rows(run, id=hit.row_id)[0].benefit_id == benefit.id}
    assert kind in found


def test_nothing_is_doubtful_about_a_household_as_it_was(pay):
    paid_before(pay)
    run = pay.run(month="2026-05")
    assert pay.hits(run) == []
    assert pay.stands(run) == "compile_roster"


def test_every_kind_has_a_name_and_is_tested():
    tested = {*KINDS, "undecided", "lowered", "new_account", "changed_account"}
    assert set(HITS) == tested
    assert set(NEVER_KEPT) <= tested


def test_nobody_is_paid_whom_no_case_confirmed(pay):
    pay.home(confirmed=False)
    run = pay.run()
    assert {hit.kind for hit in pay.hits(run)} == {"undecided", "new_account"}
    with pytest.raises(Refused, match="不能照发"):
        pay.settle(run, kind="undecided")


def test_an_account_from_an_application_is_looked_at_once(pay):
    pay.home()
    run = pay.run()
    assert [hit.kind for hit in pay.hits(run)] == ["new_account"]
    pay.until(run, "")
    assert pay.hits(pay.run(month="2026-05")) == []


def test_a_mark_that_ended_before_the_month_is_none(pay):
    benefit = paid_before(pay)
    mark(pay, benefit, "prison", until=date(2026, 4, 30))
    pay.session.commit()
    assert pay.hits(pay.run(month="2026-05")) == []


def test_kin_who_were_filed_are_no_doubt(pay):
    benefit = paid_before(pay)
    kin(pay, benefit)
    pay.session.add(
        Filing(
            instance_id=benefit.instance_id, source="register", account_id=pay.people["clerk"].id, staff_name="王晓芳",
            relation="parent", filed_at=clock.now(),
        )
    )  # fmt: skip
    pay.session.commit()
    assert pay.hits(pay.run(month="2026-05")) == []


def test_a_shared_account_of_kin_says_whose(pay):
    benefit, kins = paid_before(pay), pay.home(scheme="elderly_allowance")
    own = pay.session.scalars(select(PayAccount).where(PayAccount.household_id == benefit.household_id)).one()
    pay.account(kins, own.account["number"])
    kin(pay, kins)
    pay.session.commit()
    (hit,) = pay.hits(pay.run(month="2026-05"))
    assert hit.kind == "staff_account"
    assert "王晓芳的近亲属" in hit.detail
    assert own.account["number"] not in hit.detail


def test_settling_asks_for_a_reason_a_decision_and_doubts(pay):
    pay.home()
    run = pay.run()
    (hit,) = pay.hits(run)
    clerk, accountant = pay.people["clerk"], pay.people["accountant"]
    with pytest.raises(Invalid, match="依据"):
        operations.settle(accountant, run.id, [hit.id], decision="keep", reason=" ")
    with pytest.raises(Invalid, match="照发或本月不发"):
        operations.settle(accountant, run.id, [hit.id], decision="moot", reason="核实")
    with pytest.raises(Invalid, match="勾选"):
        operations.settle(accountant, run.id, [], decision="keep", reason="核实")
    with pytest.raises(Refused, match="角色不能"):
        operations.settle(clerk, run.id, [hit.id], decision="keep", reason="核实")
    with pytest.raises(Refused, match="疑点没有处理"):
        pay.do(run, "accountant")
    assert pay.hits(run)[0].decision is None
    assert pay.settle(run) == 1
    entry = pay.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.verb, entry.reason, entry.after["count"]) == ("accountant:hits:settled", "已核实", 1)


def test_nobody_settles_what_concerns_their_own_kin(pay):
    benefit = pay.home()
    person = people(pay, benefit)[0]
    pay.session.get(Account, pay.people["accountant"].id).person = person.fingerprint
    pay.session.commit()
    run = pay.run()
    with pytest.raises(Refused, match="回避"):
        pay.settle(run, kind="new_account")
    assert pay.settle(run, who="director") == 2


def test_an_exclusion_is_told_to_the_director_and_is_no_stop(pay):
    benefit = paid_before(pay)
    dead(pay, benefit)
    pay.session.commit()
    run = pay.run(month="2026-05")
    pay.settle(run, "exclude")
    told = pay.session.scalars(select(Message).where(Message.kind == "fund", Message.role == "director")).all()
    assert any("1户本月不发" in each.subject for each in told)
    assert all("停发要有书面决定" in each.body for each in told if "本月不发" in each.subject)
    pay.session.refresh(benefit)
    assert (benefit.status, benefit.to_month) == ("active", None)


def test_what_the_second_person_has_is_not_touched(pay):
    pay.home()
    run = pay.run()
    pay.until(run, "check_roster")
    with pytest.raises(Conflict, match="不在“处理疑点”环节"):
        operations.settle(pay.people["accountant"], run.id, [pay.hits(run)[0].id], decision="exclude", reason="改主意")
    with pytest.raises(Conflict):
        operations.compare_again(pay.people["accountant"], run.id)
    pay.do(run, "director", returned=True, counted=None)
    assert pay.stands(run) == "settle_hits"
    assert operations.settle(
        pay.people["accountant"], run.id, [pay.hits(run)[0].id], decision="exclude", reason="退回后重新核实"
    )


def test_who_died_after_the_freeze_is_found_before_money_leaves(pay):
    benefit = paid_before(pay)
    other = pay.home(50000)
    run = pay.run(month="2026-05")
    pay.until(run, "county_check_roster")
    dead(pay, benefit)
    pay.session.commit()
    pay.do(run, "review")
    assert pay.stands(run) == "settle_hits"
    pay.settle(run, "exclude", kind="dead")
    pay.until(run, "")
    assert {row.benefit_id: row.state for row in pay.rows(run)} == {benefit.id: "excluded", other.id: "paid"}


def test_what_was_stopped_after_the_freeze_is_not_paid_as_frozen(pay):
    benefit = paid_before(pay)
    run = pay.run(month="2026-05")
    pay.until(run, "county_check_roster")
    pay.change(benefit, "decrease", "2026-05", 30000)
    pay.do(run, "review")
    (hit,) = pay.hits(run)
    assert hit.kind == "lowered"
    with pytest.raises(Refused, match="不能照发"):
        pay.settle(run)
    pay.settle(run, "exclude")
    pay.until(run, "")
    assert [row.amount for row in pay.rows(pay.run(month="2026-06"))] == [60000]


def test_a_changed_account_goes_into_the_open_roster_and_is_doubted(pay):
    benefit = pay.home()
    run, number = pay.run(), "9999991234567890128"
    holder = people(pay, benefit)[0].name
    given = {"holder": holder, "number": number, "bank": "邮储银行", "reason": "银行卡遗失"}
    made = accounts.propose(pay.people["clerk"], household_id=benefit.household_id, **given)
    assert operations.compare_again(pay.people["accountant"], run.id) == 1  # Proposed only: nothing has changed.
    accounts.decide(pay.people["director"], made.id, confirm=True, reason="已看原件", number=number)
    assert operations.compare_again(pay.people["accountant"], run.id) == 1
    assert {hit.kind: hit.decision for hit in pay.hits(run)} == {"new_account": "moot", "changed_account": None}
    (row,) = pay.rows(run)
    assert (row.bank, row.account["number"]) == ("邮储银行", number)
    assert pay.session.get(AccountChange, made.id).state == "confirmed"


def test_a_list_of_another_office_is_taken_whole_or_not_at_all(pay):
    benefit = pay.home()
    number = people(pay, benefit)[0].id_number
    clerk = pay.people["clerk"]
    bad = f"身份证号,情况,日期\n{number},死亡,2026-03-01\n{number[:17]},死亡,2026-03-01\n{number},失踪,3月1日\n"
    with pytest.raises(Invalid) as error:
        marks.import_marks(clerk, bad.encode(), "殡葬信息", "pingluo/gaoren")
    said = [each["message"] for each in error.value.problems]
    assert said[0].startswith("第3行：身份证号应为 18 位")
    assert said[1].startswith("第4行：情况“失踪”")
    assert pay.session.scalars(select(Mark)).all() == []
    good = f"身份证号,情况,日期\n{number},死亡,2026-03-01\n\n".encode("gb18030")
    assert marks.import_marks(clerk, good, "殡葬信息", "pingluo/gaoren") == 1
    assert marks.import_marks(clerk, good, "殡葬信息", "pingluo/gaoren") == 0
    (kept,) = pay.session.scalars(select(Mark))
    assert (kept.fingerprint, kept.masked) == (secrets.fingerprint(number), mask.id_number(number))
    with pytest.raises(Refused):
        marks.import_marks(pay.people["finance"], good, "殡葬信息", "pingluo/gaoren")


@pytest.mark.sqlite
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00a", b"\x00\x01", "身份证号,情况\n".encode(), b'"a'])
def test_a_file_that_is_none_says_so(pay, data):
    with pytest.raises(Invalid):
        marks.import_marks(pay.people["clerk"], data, "殡葬信息", "pingluo/gaoren")


def test_a_mark_that_was_wrong_ends(pay):
    benefit = paid_before(pay)
    dead(pay, benefit)
    pay.session.commit()
    (found,) = pay.session.scalars(select(Mark))
    marks.end(pay.people["clerk"], found.id, until=date(2026, 3, 2), reason="同名，信息有误", area="pingluo/gaoren")
    assert pay.hits(pay.run(month="2026-05")) == []
    with pytest.raises(Conflict):
        marks.end(pay.people["clerk"], found.id, until=date(2026, 3, 2), reason="再来", area="pingluo/gaoren")
