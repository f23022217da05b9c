"""What a roster pays: what was decided, once, for each month; never more, never twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from engine import clock
from engine.errors import Conflict, DoudiError
from engine.runtime.models import Instance
from engine.runtime.openings import operations as openings
from registers.benefits import queries as benefits
from registers.benefits.models import Benefit
from registers.payments import direct, operations, queries
from registers.payments.models import PayPart, PayRow, PayRun
from registers.payments.roster.due import changes_of, decided, owed_months


def amounts(pay, run):
    return {row.benefit_id: row.amount for row in pay.rows(run)}


def test_a_roster_holds_what_is_due_in_its_month_and_fund(pay):
    ours, other, later = pay.home(78000), pay.home(50000, scheme="tekun"), pay.home(first="2026-05")
    urban, ended, elsewhere = pay.home(rural=False), pay.home(last="2026-03"), pay.home(area="pingluo/chonggang/x")
    run = pay.run()
    assert amounts(pay, run) == {ours.id: 78000}
    assert amounts(pay, pay.run(fund="rural_tekun")) == {other.id: 50000}
    assert amounts(pay, pay.run(fund="urban_dibao")) == {urban.id: 78000}
    assert {later.id, ended.id, elsewhere.id}.isdisjoint(amounts(pay, run))


@pytest.mark.parametrize(
    ("kind", "month", "amount", "wanted"),
    [
        ("increase", "2026-04", 90000, 90000),
        ("decrease", "2026-04", 30000, 30000),
        ("decrease", "2026-05", 30000, 78000),
        ("taper", "2026-04", 40000, 40000),
    ],
)
def test_changes_hold_from_their_month_on(pay, kind, month, amount, wanted):
    benefit = pay.home(78000)
    pay.change(benefit, kind, month, amount)
    assert amounts(pay, pay.run()) == {benefit.id: wanted}
    assert decided(benefit, changes_of(pay.session, [benefit.id])[benefit.id], "2026-04")[0] == benefits.amount_in(
        pay.session, benefit, "2026-04"
    )


def test_a_stop_from_this_month_pays_nothing(pay):
    benefit = pay.home(78000, last="2026-03", first="2026-02")
    pay.change(benefit, "stop", "2026-04", 0)
    run = pay.run()
    (row,) = pay.rows(run)
    months = pay.session.scalars(select(PayPart.month).where(PayPart.row_id == row.id).order_by(PayPart.month)).all()
    assert months == ["2026-02", "2026-03"]  # These were never paid and stay owed.
    assert row.amount == 156000


def test_months_that_were_not_paid_are_made_up_and_explained(pay):
    benefit = pay.home(78000, first="2026-03")
    pay.change(benefit, "increase", "2026-04", 80000)
    (row,) = pay.rows(pay.run())
    assert row.amount == 158000
    said = queries.why(pay.session, row)
    assert said[0].startswith("2026年3月应发780元，本次发780元：2026年3月起开始发放，何少华2026年03月20日决定")
    assert said[1].startswith("2026年4月应发800元，本次发800元：2026年4月起增发")


def test_nothing_before_the_first_month_of_the_register_is_paid(pay):
    benefit = pay.home(78000, first="2025-06")
    (row,) = pay.rows(pay.run())
    months = pay.session.scalars(select(PayPart.month).where(PayPart.row_id == row.id)).all()
    assert min(months) == "2026-01"
    assert len(months) == 4
    assert benefit.amount * 4 == row.amount


def test_a_month_is_paid_once(pay):
    pay.home(78000)
    pay.until(pay.run(), "")
    (row,) = pay.rows(pay.run(month="2026-05"))
    assert row.amount == 78000


def test_an_excluded_month_stays_owed(pay):
    benefit = pay.home(78000, persons=3)
    run = pay.run()
    pay.settle(run, "exclude")
    pay.until(run, "")
    assert pay.session.get(Instance, run.instance_id).outcome == "all_held"
    assert amounts(pay, pay.run(month="2026-05")) == {benefit.id: 156000}


def test_a_second_run_of_a_month_is_refused(pay):
    pay.home()
    run = pay.run()
    openings.request(key="again", process_id="payment_run", area=run.area, flow={"fund": run.fund, "month": run.month})
    openings.carry_out_due()
    assert pay.parked() == ["2026年4月农村低保发放已经在办或办结，不能重复发放。"]
    assert len(pay.session.scalars(select(PayRow)).all()) == 1
    with pytest.raises(Conflict, match="已经在办"):
        operations.start(pay.people["accountant"], area=run.area, fund=run.fund, month=run.month)


def test_a_run_that_was_broken_off_gives_its_months_back(pay):
    pay.home(78000)
    run = pay.run()
    pay.session.execute(update(Instance).where(Instance.id == run.instance_id).values(status="cancelled"))
    pay.session.commit()
    (row,) = pay.rows(pay.run(key="second"))
    assert row.amount == 78000
    assert pay.again(run).void


def test_a_run_whose_money_left_cannot_be_run_again(pay):
    pay.home(78000)
    run = pay.run()
    pay.until(run, "send_files")
    pay.session.execute(update(Instance).where(Instance.id == run.instance_id).values(status="cancelled"))
    pay.session.commit()
    with pytest.raises(Conflict, match="已经在办"):
        operations.start(pay.people["accountant"], area=run.area, fund=run.fund, month=run.month)
    assert not pay.again(run).void
    assert pay.rows(pay.run(month="2026-05"))[0].amount == 78000  # April counts as sent.


def test_a_one_off_grant_is_paid_once_and_whole(pay):
    benefit = pay.home(74000, scheme="temporary_relief", first="2026-04", one_off=True)
    run = pay.run(fund="temporary_relief")
    assert amounts(pay, run) == {benefit.id: 74000}
    pay.until(run, "")
    assert amounts(pay, pay.run(month="2026-05", fund="temporary_relief")) == {}


def test_what_was_handed_out_at_once_is_not_paid_again(pay):
    benefit = pay.home(74000, scheme="temporary_relief", one_off=True)
    given = {
        "benefit": benefit, "fund": "temporary_relief", "paid_on": clock.today(), "way": "transfer",
        "instance_id": benefit.instance_id, "who": "王晓芳", "now": clock.now(),
    }  # fmt: skip
    direct.record(pay.session, amount=70000, voucher="备用金1", **given)
    direct.record(pay.session, amount=70000, voucher="备用金1", **given)
    with pytest.raises(DoudiError, match="不能再发"):
        direct.record(pay.session, amount=5000, voucher="备用金2", **given)
    pay.session.commit()
    assert direct.of_case(pay.session, benefit.instance_id) == 70000
    assert amounts(pay, pay.run(fund="temporary_relief")) == {benefit.id: 4000}


def test_a_recognition_without_cash_has_no_roster(pay):
    pay.home(0, scheme="marginal")
    assert operations.start_due() == 0


def test_the_system_begins_on_the_freeze_day_and_once(pay, at):
    pay.home(78000)
    at("2026-03-19 23:00")
    assert operations.start_due() == 0
    at("2026-03-20 00:05")
    assert operations.start_due() == 1
    assert operations.start_due() == 0
    assert [run.month for run in pay.session.scalars(select(PayRun))] == ["2026-04"]


def test_owed_months_of_a_one_off_and_of_one_that_ended():
    given = {"household_id": 1, "scheme": "dibao", "area": "x", "amount": 1, "instance_id": 1}
    once = Benefit(**given, one_off=True, from_month="2026-02", to_month=None)
    assert owed_months(once, "2026-01", "2026-05") == ["2026-02"]
    assert owed_months(once, "2026-03", "2026-05") == []
    ended = Benefit(**given, one_off=False, from_month="2025-12", to_month="2026-02")
    assert owed_months(ended, "2026-01", "2026-05") == ["2026-01", "2026-02"]
