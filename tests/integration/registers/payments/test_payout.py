"""From the signed roster to the bank and back: three sums agree to the fen, or nothing goes on."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from sqlalchemy import select, text, update

from engine import clock
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.parameters import queries as parameters
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Incident, Instance
from registers.notices.models import Notice
from registers.payments import operations, queries
from registers.payments.accounts import operations as accounts
from registers.payments.bank import batches, returns
from registers.payments.facts import listed
from registers.payments.funds import book
from registers.payments.funds import operations as funds
from registers.payments.funds import queries as balances
from registers.payments.funds.models import FundEntry, FundProposal
from registers.payments.models import BankFile, PayListing, PayRow
from registers.scenarios.money import returned

HEAD = "流水号,账号,金额（分）,结果,原因"


def frozen(pay, *amounts):
    """A run of so many households."""
    for amount in amounts or (78000,):
        pay.home(amount)
    return pay.run()


def test_the_three_sums_agree_at_the_end(pay):
    run = frozen(pay, 78000, 50050)
    pay.until(run, "")
    found = queries.sums(pay.session, pay.again(run))
    assert (found.roster, found.files, found.ledger, found.paid) == (128050,) * 4
    assert found.agree
    assert balances.balance(pay.session, run.area, run.fund) == 0
    kinds = pay.session.execute(select(FundEntry.kind, FundEntry.amount).order_by(FundEntry.id)).all()
    assert [tuple(each) for each in kinds] == [("appropriation", 128050), ("payment", -128050)]
    assert pay.session.get(Instance, run.instance_id).outcome == "run_paid"


def test_a_case_on_which_money_went_out_is_not_taken_up_again(pay):
    home = pay.home()
    case = pay.session.get(Instance, home.instance_id)
    case.status = "completed"
    pay.session.commit()

    def may():
        pay.session.rollback()
        return veto.ask(
            pay.session, Question("reopen", pay.people["director"], instance=pay.session.get(Instance, case.id))
        )

    run = pay.run()
    assert may(), "the roster is frozen, nothing has left"
    pay.until(run, "")
    assert pay.rows(run)[0].state == "paid"
    assert not may()
    assert "已经发放" in may().reason


TAMPERED = {
    "金额": {"amount": 99999},
    "账户": {"account_hash": "0" * 64},
    "户数": {"state": "excluded"},
}


@pytest.mark.sqlite
@pytest.mark.parametrize("what", TAMPERED)
def test_whoever_changes_a_signed_row_is_found_out(pay, what):
    run = frozen(pay, 78000, 50000)
    pay.until(run, "release_funds")
    row = pay.rows(run)[0]
    pay.session.execute(update(PayRow).where(PayRow.id == row.id).values(**TAMPERED[what]))
    pay.session.commit()
    pay.do(run, "finance")
    assert pay.stands(run) == ""
    assert "与复核签字时不一致" in pay.incidents(run)[0]
    assert pay.session.scalars(select(FundEntry)).all() == []
    assert pay.session.scalars(select(BankFile)).all() == []


def test_a_row_that_was_changed_back_goes_on_after_a_retry(pay):
    run = frozen(pay)
    pay.until(run, "release_funds")
    (row,) = pay.rows(run)
    pay.session.execute(update(PayRow).where(PayRow.id == row.id).values(amount=1))
    pay.session.commit()
    pay.do(run, "finance")
    pay.session.execute(update(PayRow).where(PayRow.id == row.id).values(amount=78000))
    pay.session.commit()
    (incident,) = pay.session.scalars(select(Incident).where(Incident.resolved_at.is_(None)))
    runtime.retry(incident.id, pay.town.person("admin", "admin", "pingluo"))
    assert pay.stands(run) == "send_files"


def test_an_entry_that_somebody_slips_into_the_ledger_stops_the_archive(pay):
    run = frozen(pay)
    pay.until(run, "archive_run")
    key = select(FundEntry).where(FundEntry.kind == "payment")
    pay.session.execute(
        update(FundEntry).where(FundEntry.id == pay.session.scalars(key).one().id).values(amount=-70000)
    )
    pay.session.commit()
    pay.do(run, "accountant2")
    assert pay.incidents(run) == ["专账登记700元，银行实付780元，两数不一致。"]
    assert pay.again(run).state == "booked"


def test_the_second_person_is_another_one(pay):
    pay.town.person("both", "accountant", "pingluo/gaoren")
    both = pay.town.actors["both"]
    pay.people["both"] = type(both)(both.id, both.name, (*both.grants, *pay.people["director"].grants))
    run = frozen(pay)
    pay.settle(run)
    pay.do(run, "both")
    pay.do(run, "accountant")
    with pytest.raises(Refused, match="前面环节"):
        pay.do(run, "both")
    assert pay.stands(run) == "check_roster"
    with pytest.raises(Invalid) as error:
        pay.do(run, "director", counted=1)
    assert error.value.problems[0]["field"] == "counted"


def test_the_release_is_the_sum_of_the_roster(pay):
    run = frozen(pay)
    pay.until(run, "release_funds")
    with pytest.raises(Invalid):
        pay.do(run, "finance", released=77999)
    with pytest.raises(DoudiError, match="应等于名册合计780元"):
        book.released(pay.session, pay.again(run), released=1, carried=0, voucher="x", who="y", now=run.frozen_at)
    with pytest.raises(DoudiError, match="结余只有0元"):
        book.released(pay.session, pay.again(run), released=0, carried=78000, voucher="x", who="y", now=run.frozen_at)
    pay.session.rollback()


def test_what_was_carried_over_is_used_first(pay):
    made = funds.propose(
        pay.people["accountant"], area="pingluo/gaoren", fund="rural_dibao", kind="opening", amount=100000,
        voucher="结转1", note="2025年结转",
    )  # fmt: skip
    assert balances.balance(pay.session, "pingluo/gaoren", "rural_dibao") == 0
    with pytest.raises(Refused):
        funds.decide(pay.people["accountant"], made.id, confirm=True)
    funds.decide(pay.people["finance"], made.id, confirm=True)
    with pytest.raises(Conflict):
        funds.decide(pay.people["finance"], made.id, confirm=True)
    run = frozen(pay)
    pay.until(run, "release_funds")
    pay.do(run, "finance", released=0, from_carryover=78000)
    pay.until(run, "")
    (found,) = [each for each in balances.funds(pay.session, run.area, "2026-04", known(pay)) if each.key == run.fund]
    assert (found.balance, found.carried, found.paid, found.received) == (22000, 100000, 78000, 0)


def known(pay):
    return parameters.on(pay.session, clock.today())


@pytest.mark.parametrize(
    ("stands", "usual", "said"),
    [(-1, 0, "赤字"), (0, 100, ""), (300, 100, ""), (301, 100, "结转结余"), (999, 0, "")],
)
def test_a_fund_that_holds_too_much_says_so(stands, usual, said):
    found = balances.alert(stands, usual, 3)
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"fund": "nonsense"}, "fund"),
        ({"kind": "payment"}, "kind"),
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"voucher": " "}, "voucher"),
        ({"note": ""}, "note"),
    ],
)
def test_a_line_by_hand_is_checked(pay, given, field):
    usual = {"fund": "rural_dibao", "kind": "opening", "amount": 1, "voucher": "1", "note": "结转"}
    with pytest.raises(Invalid) as error:
        funds.propose(pay.people["accountant"], area="pingluo/gaoren", **{**usual, **given})
    assert error.value.problems[0]["field"] == field
    assert pay.session.scalars(select(FundProposal)).all() == []


def test_a_file_of_a_bank_is_in_fen_sealed_and_taken_with_a_trace(pay):
    run = frozen(pay, 78000, 50050)
    pay.until(run, "send_files")
    (file,) = batches.of_batch(pay.session, pay.again(run))
    with pytest.raises(Refused):
        operations.take_file(pay.people["accountant"], file.id)
    content, _ = operations.take_file(pay.people["finance"], file.id)
    head, *lines = list(csv.reader(StringIO(content)))
    assert head == ["流水号", "户名", "账号", "金额（分）", "摘要"]
    assert [line[3] for line in lines] == ["78000", "50050"]
    assert {line[4] for line in lines} == {"2026年4月农村低保"}
    number = lines[0][2]
    raw = pay.session.execute(text("SELECT content FROM bank_file")).scalar_one()
    assert number.encode() not in bytes(raw)
    entry = pay.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.verb, entry.after["sha256"]) == ("finance:bank_file:taken", file.sha256)
    assert number not in str(entry.after)


def lines(rows, **change):
    made = [[str(row.id), row.account["number"], str(row.amount), "成功", ""] for row in rows]
    for at, cells in change.items():
        made[int(at[1:])] = cells
    return "\n".join([HEAD, *(",".join(cells) for cells in made if cells)]).encode()


WRONG = {
    "金额": (lambda r: lines(r, _0=[str(r[0].id), r[0].account["number"], "1", "成功", ""]), "第2行：流水号"),
    "账号": (lambda r: lines(r, _1=[str(r[1].id), "123", str(r[1].amount), "成功", ""]), "第3行：流水号"),
    "结果": (lambda r: lines(r, _0=[str(r[0].id), r[0].account["number"], str(r[0].amount), "OK", ""]), "只能是"),
    "原因": (lambda r: lines(r, _0=[str(r[0].id), r[0].account["number"], str(r[0].amount), "失败", ""]), "没有写原因"),
    "别人": (lambda r: lines(r, _0=["999999", r[0].account["number"], str(r[0].amount), "成功", ""]), "不在这一批"),
    "两次": (lambda r: lines([*r, r[0]]), "出现了两次"),
    "缺少": (lambda r: lines(r[:1]), "缺少流水号"),
    "数字": (lambda r: lines(r, _0=["甲", "1", "1", "成功", ""]), "不是数字"),
    "表头": (lambda _: "姓名,金额\n甲,1".encode(), "表头缺少"),
    "空": (lambda _: b"  ", "空的"),
    "图片": (lambda _: b"\x89PNG\r\n\x1a\n\x00\x00", "不是文本"),
    "引号": (lambda _: HEAD.encode() + b'\n"1,2', "引号"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("what", WRONG)
def test_a_return_with_a_wrong_line_is_refused_whole(pay, what):
    run = frozen(pay, 78000, 50000)
    pay.until(run, "send_files")
    make, said = WRONG[what]
    (file,) = batches.of_batch(pay.session, pay.again(run))
    with pytest.raises(Invalid) as error:
        operations.import_return(pay.people["accountant"], file.id, make(pay.rows(run)))
    assert any(said in each["message"] for each in error.value.problems)
    assert {row.state for row in pay.rows(run)} == {"sent"}
    assert pay.session.get(BankFile, file.id, populate_existing=True).returned_at is None


def test_a_return_is_taken_once_in_either_encoding(pay):
    run = frozen(pay)
    pay.until(run, "import_return")
    (file,) = batches.of_batch(pay.session, pay.again(run))
    data = returned(pay.rows(run), [], "").encode("gb18030")
    with pytest.raises(Refused):
        operations.import_return(pay.people["finance"], file.id, data)
    with pytest.raises(Refused, match="回盘文件"):
        pay.do(run, "accountant")
    assert operations.import_return(pay.people["accountant"], file.id, data) == (1, 0)
    with pytest.raises(Conflict):
        operations.import_return(pay.people["accountant"], file.id, data)
    assert returns.text_of(data).startswith("流水号")


def test_a_failure_goes_out_again_to_the_confirmed_account(pay):
    run = frozen(pay, 78000, 50000)
    pay.until(run, "import_return")
    pay.back(run, fail=1)
    pay.do(run, "accountant")
    assert pay.stands(run) == "handle_failures"
    assert balances.of_run(pay.session, run.id) == 50000
    with pytest.raises(Refused, match="怎样处理"):
        pay.do(run, "accountant")
    (row,) = pay.rows(run, state="failed")
    number = "9999991234567890128"
    given = {"holder": row.name, "number": number, "bank": "邮储银行", "reason": "原账户已销户"}
    made = accounts.propose(pay.people["clerk"], household_id=row.household_id, **given)
    accounts.decide(pay.people["director"], made.id, confirm=True, reason="已看原件", number=number)
    with pytest.raises(Invalid):
        operations.remedy(pay.people["accountant"], run.id, [row.id], remedy="retry", reason=" ")
    operations.remedy(pay.people["accountant"], run.id, [row.id], remedy="retry", reason="已换新卡")
    pay.do(run, "accountant")
    (file,) = batches.of_batch(pay.session, pay.again(run))
    assert (file.batch, file.bank, file.total) == (2, "邮储银行", 78000)
    assert number in str(file.content)
    pay.until(run, "")
    assert queries.sums(pay.session, pay.again(run)).agree
    assert balances.of_run(pay.session, run.id) == 128000


def test_a_failure_that_is_left_comes_with_the_next_month(pay):
    run = frozen(pay, 78000, 50000)
    pay.until(run, "import_return")
    pay.back(run, fail=1)
    pay.do(run, "accountant")
    (row,) = pay.rows(run, state="failed")
    operations.remedy(pay.people["accountant"], run.id, [row.id], remedy="carry", reason="本人外出")
    pay.until(run, "")
    assert pay.rows(run, state="carried")[0].id == row.id
    assert balances.balance(pay.session, run.area, run.fund) == 78000
    assert [each.amount for each in pay.rows(pay.run(month="2026-05"))] == [156000, 50000]


def test_all_failed_is_no_fault(pay):
    run = frozen(pay)
    pay.until(run, "import_return")
    pay.back(run, fail=1)
    pay.do(run, "accountant")
    operations.remedy(pay.people["accountant"], run.id, [pay.rows(run)[0].id], remedy="carry", reason="银行系统故障")
    pay.until(run, "")
    assert queries.sums(pay.session, pay.again(run)).agree


def test_the_monthly_list_names_nobody_who_is_a_child(pay):
    pay.home(78000)
    pay.home(50000, born=date(2015, 5, 5))
    run = pay.run()
    pay.until(run, "post_monthly_list")
    found = [listed(row, {}) for row in pay.rows(run)]
    assert {key for each in found for key in each} == {"village", "applicant", "members", "scheme", "amount_yuan"}
    assert found[1]["applicant"] == "（未成年人，不公布姓名）"
    (sheet,) = pay.session.scalars(select(Notice).where(Notice.template == "monthly_list"))
    assert pay.rows(run)[0].name in sheet.html
    assert pay.rows(run)[1].name not in sheet.html
    (total,) = pay.session.scalars(select(PayListing))
    assert (total.households, total.persons, total.total) == (2, 2, 128000)


def test_a_name_that_a_spreadsheet_would_run_makes_no_file(pay):
    run = frozen(pay)
    pay.until(run, "release_funds")
    (row,) = pay.rows(run)
    row.account = {"holder": "=HYPERLINK(1)", "number": row.account["number"]}
    pay.session.commit()
    pay.do(run, "finance")
    assert "不能写入代发文件" in pay.incidents(run)[0]
    assert pay.session.scalars(select(BankFile)).all() == []


def test_an_export_stands_in_the_journal_and_is_for_some(pay):
    run = frozen(pay)
    with pytest.raises(Refused):
        operations.export(pay.people["clerk"], run.id, "CSV")
    operations.export(pay.people["director"], run.id, "CSV")
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.verb, entry.actor_name, entry.after["what"]) == ("actor:roster:exported", "测director", "CSV")
