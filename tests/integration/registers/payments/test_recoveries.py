"""What was paid too much comes back by a case, asked for once, booked to the fund it came from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine import clock
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused
from engine.runtime.models import Instance, Submission
from engine.runtime.services import services
from engine.transactions import scratch
from registers.benefits.models import Decision
from registers.cases.models import Case
from registers.payments.funds.models import FundEntry
from registers.payments.recovery import asking, operations, queries
from registers.payments.recovery.models import Recovery, Repayment


def paid(pay, amount=78000):
    """A benefit that was paid for April."""
    benefit = pay.home(amount)
    pay.until(pay.run(), "")
    return benefit


def found(pay):
    return list(pay.session.scalars(select(Recovery).order_by(Recovery.id).execution_options(populate_existing=True)))


def test_a_decision_that_reaches_back_is_found_at_the_next_freeze_and_once(pay):
    benefit = paid(pay)
    pay.change(benefit, "decrease", "2026-04", 50000)
    run = pay.run(month="2026-05")
    (recovery,) = found(pay)
    assert (recovery.found, recovery.ground, recovery.fund) == (28000, "change", "rural_dibao")
    assert recovery.months == [{"month": "2026-04", "paid": 78000, "due": 50000, "over": 28000}]
    assert [row.amount for row in pay.rows(run)] == [50000]  # Nothing is taken off behind the family's back.
    case = pay.session.get(Case, recovery.instance_id)
    assert (case.household_id, case.scheme) == (benefit.household_id, "recovery")
    assert pay.session.get(Instance, recovery.instance_id).parent_id == benefit.instance_id
    pay.until(run, "")
    pay.run(month="2026-06")
    assert len(found(pay)) == 1
    pay.change(benefit, "decrease", "2026-04", 40000)
    pay.run(month="2026-07")
    assert [each.found for each in found(pay)] == [28000, 10000 + 10000 + 10000]


def test_asking_is_held_against_what_was_paid(pay):
    benefit = paid(pay)
    given = {"benefit_id": benefit.id, "ground": "error", "note": "抽查发现"}
    director = pay.people["director"]
    for months in ({}, {"2026-04": 0}, {"2026-04": 78001}, {"2026-03": 1}):
        with pytest.raises(Invalid):
            operations.ask(director, months=months, **given)
    with pytest.raises(Invalid):
        operations.ask(director, months={"2026-04": 100}, **{**given, "ground": "whim"})
    with pytest.raises(Invalid):
        operations.ask(director, months={"2026-04": 100}, **{**given, "note": ""})
    with pytest.raises(NotFound):
        operations.ask(director, months={"2026-04": 100}, **{**given, "benefit_id": 999})
    with pytest.raises(Refused):
        operations.ask(pay.people["clerk"], months={"2026-04": 100}, **given)
    operations.ask(director, months={"2026-04": 30000}, **given)
    with pytest.raises(Conflict):
        operations.ask(director, months={"2026-04": 30000}, **given)
    operations.ask(director, months={"2026-04": 40000}, **given)
    assert [each.found for each in found(pay)] == [30000, 10000]


def test_everything_of_a_case_that_rested_on_a_lie_is_asked_back(pay):
    benefit = paid(pay)
    given = {"instance_id": benefit.instance_id, "ground": "fraud", "note": "查实", "who": "陈建国", "now": clock.now()}
    with scratch() as session:
        (made,) = asking.ask_all_paid(session, **given)
        assert asking.ask_all_paid(session, **given) == []
    assert made.months == [{"month": "2026-04", "paid": 78000, "due": 0, "over": 78000}]
    assert pay.session.get(Recovery, made.id, populate_existing=True).instance_id is not None


def handed(pay, recovery, task, **values):
    made = Submission(
        instance_id=recovery.instance_id, work_item_id=0, element_id=task, form=task, release_id=pay.town.release.id,
        values=values, author_id=None, author_name="罗玉花", acted_at=clock.now(), entered_at=clock.now(),
    )  # fmt: skip
    pay.session.add(made)
    pay.session.commit()


def call(pay, service, recovery, inputs=None):
    instance = pay.session.get(Instance, recovery.instance_id)
    kept = services.get(service).function
    made = {}

    def with_inputs(given):
        given.inputs = inputs or {}
        made.update(kept(given) or {})
        return made

    services._by_name[service] = replace(services.get(service), function=with_inputs)
    try:
        pay.town.call(service, instance)
    finally:
        services._by_name[service] = replace(services.get(service), function=kept)
    return made


def opened(pay, ground="error"):
    benefit = paid(pay)
    operations.ask(
        pay.people["director"], benefit_id=benefit.id, months={"2026-04": 30000}, ground=ground, note="抽查发现"
    )
    return found(pay)[0]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("ground", "given", "said"),
    [
        ("error", {"amount": 30001}, "不超过多发的300元"),
        ("error", {"amount": 0}, "大于0"),
        ("error", {"amount": 30000, "fine": 30000}, "只有骗取救助才能罚款"),
        ("fraud", {"amount": 30000, "fine": 29999}, "1倍至3倍"),
        ("fraud", {"amount": 30000, "fine": 90001}, "1倍至3倍"),
    ],
)
def test_a_decision_keeps_within_the_law_whatever_the_form_says(pay, ground, given, said):
    recovery = opened(pay, ground)
    handed(pay, recovery, "decide_recovery", recovery_decision="recover", **given)
    with pytest.raises(DoudiError, match=said):
        call(pay, "recovery.decide", recovery)
    assert found(pay)[0].amount is None


def test_money_that_comes_back_is_booked_once_and_never_more_than_is_owed(pay):
    recovery = opened(pay)
    with pytest.raises(DoudiError, match="还没有追缴决定"):
        call(pay, "recovery.book", recovery)
    handed(pay, recovery, "decide_recovery", recovery_decision="recover", amount=30000, reasons="多发属实")
    assert call(pay, "recovery.decide", recovery) == {"outstanding": 30000}
    decision = pay.session.get(Decision, recovery.instance_id)
    assert [each["text"] for each in decision.reasons][1] == "2026年4月已发780元，应发480元，多发300元。"
    given = {"step": "payment", "paid_on": "2026-03-20", "voucher": "非税1"}
    handed(pay, recovery, "record_repayment", repaid=10000, **given)
    assert call(pay, "recovery.book", recovery) == {"outstanding": 20000}
    assert call(pay, "recovery.book", recovery) == {"outstanding": 20000}
    with pytest.raises(DoudiError, match="没有全部追回"):
        call(pay, "recovery.end", recovery, {"state": "repaid"})
    handed(pay, recovery, "record_repayment", repaid=20001, **given)
    with pytest.raises(DoudiError, match="尚欠"):
        call(pay, "recovery.book", recovery)
    handed(pay, recovery, "record_repayment", repaid=20000, **given)
    assert call(pay, "recovery.book", recovery) == {"outstanding": 0}
    call(pay, "recovery.end", recovery, {"state": "repaid"})
    with pytest.raises(DoudiError):
        call(pay, "recovery.end", recovery, {"state": "forgotten"})
    lines = pay.session.scalars(select(FundEntry).where(FundEntry.kind == "recovered")).all()
    assert [(line.fund, line.amount, line.voucher) for line in lines] == [
        ("rural_dibao", 10000, "非税1"), ("rural_dibao", 20000, "非税1"),
    ]  # fmt: skip
    assert len(pay.session.scalars(select(Repayment)).all()) == 2
    said = dict(queries.facts(pay.session, found(pay)[0]))
    assert said["多发合计"] == "300元"
    (line,) = queries.recoveries(pay.session, pay.people["director"], ("director",))
    assert (line.repaid, line.owed) == (30000, 0)
