"""The leaders' board: with whom the ball is, whose cases are seen, numbers that can be counted by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from engine import clock
from engine.actors import SYSTEM, Actor, Grant
from engine.clocks.models import Clock, Extension
from engine.errors import Refused
from engine.rules.veto import Question, veto
from engine.runtime.models import Incident, WaitingTimer
from registers.accounts import operations as accounts
from registers.accounts.models import Account
from registers.board import lists, load, queries, trends
from registers.board.lists import Filter
from registers.board.scope import Scope
from registers.cases import ball
from registers.cases.words import light
from registers.filings import operations as filings
from registers.filings.models import Filing
from registers.supervision.models import Order

VILLAGE = "pingluo/gaoren/hongliu"
OTHER = "pingluo/gaoren/shazao"


def due(day):
    return clock.end_of(date.fromisoformat(day))


LATE, SOON, FAR = "2026-03-08", "2026-03-15", "2026-04-20"


def add(town, *rows):
    town.session.add_all(rows)
    town.session.commit()
    return rows[0]


def running(town, instance, day=LATE, **more):
    given = {"name": f"c{next(town.numbers)}", "title": "全程办理时限", "kind": "legal", "budget": "30wd", "basis": {}}
    given |= {"started_at": clock.now() - timedelta(days=20), "due_at": due(day) if day else None}
    return add(town, Clock(instance_id=instance.id, **{**given, **more}))


def timer(town, instance, process):
    given = {"task_id": "w", "process_id": process, "element_id": "wait", "name": "等待", "basis": {}}
    return add(town, WaitingTimer(instance_id=instance.id, due_at=clock.now() + timedelta(days=3), **given))


def incident(town, instance):
    given = {"task_id": "x", "process_id": "dibao", "element_id": "x", "name": "算", "kind": "service", "cause": "坏"}
    return add(town, Incident(instance_id=instance.id, opened_at=clock.now(), **given))


def board(town, actor):
    return queries.board(town.session, Scope(actor), clock.now(), ball.roster(town.session))


def page(town, actor, **wanted):
    scope, staff = Scope(actor), ball.roster(town.session)
    return lists.page(town.session, scope, clock.now(), staff, Filter(**wanted))


@pytest.fixture
def head(town):
    return town.person("head", "head")


@pytest.fixture
def staffed(town):
    """Somebody for every role that the tests' tasks need."""
    roles = ("clerk", "investigator", "director")
    people = {role: town.person(role, role) for role in roles}
    people["village"] = town.person("cadre", "village", VILLAGE)
    people["county_check"] = town.person("checker", "county_check", "pingluo")
    return people


def held(actor):
    return {"holder_id": actor.id, "holder_name": actor.name}


CAUSES = {
    "clerk": lambda t, s, i: t.item(i, "check_completeness", due_at=due(LATE), **held(s["clerk"])),
    "unclaimed": lambda t, _s, i: t.item(i, "check_completeness", due_at=due(LATE)),
    "applicant": lambda t, _s, i: t.item(i, "receive_corrections", due_at=due(LATE), waits_for="applicant"),
    "county": lambda t, _s, i: t.item(i, "data_check", due_at=due(LATE)),
    "village": lambda t, _s, i: t.item(i, "post_notice", due_at=due(LATE)),
    "vacancy": lambda t, _s, i: t.item(i, "county_decide", due_at=due(LATE)),
    "second": lambda t, s, i: t.sign(t.item(i, "home_visit", due_at=due(LATE)), s["investigator"]),
    "publicity": lambda t, _s, i: (timer(t, i, "publicity"), running(t, i)),
    "waiting": lambda t, _s, i: (timer(t, i, "appeal"), running(t, i)),
    "incident": lambda t, _s, i: (incident(t, i), t.item(i, "opinion"), running(t, i)),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_is_told_from_the_others(town, staffed, head, cause):
    instance = town.registered()
    CAUSES[cause](town, staffed, instance)
    assert [(each.key, each.red) for each in board(town, head).causes] == [(cause, 1)]
    (row,) = page(town, head).rows
    assert row.ball.cause == cause
    assert page(town, head, cause=cause).total == 1
    assert all(page(town, head, cause=other).total == 0 for other in ball.CAUSES if other != cause)


def test_a_paused_clock_and_an_order_have_balls_of_their_own(town, staffed, head):
    instance = town.registered()
    town.item(instance, "check_completeness", due_at=due(FAR), **held(staffed["clerk"]))
    running(town, instance, None, paused_at=clock.now())
    reply = running(town, instance, LATE, name="reply_1", kind="service")
    director = staffed["director"]
    given = {"number": "高仁民救督〔2026〕1号", "text": "请答复", "issued_at": clock.now(), "to_id": director.id}
    given |= {"issued_by_id": head.id, "issued_by": head.name, "to_name": director.name, "clock_id": reply.id}
    add(town, Order(instance_id=instance.id, **given))
    assert [each.ball.cause for each in page(town, head, state="paused").rows] == ["paused"]
    (row,) = page(town, head).rows
    assert (row.ball.cause, row.ball.account_id) == ("order", director.id)
    assert page(town, head, who=f"p{director.id}").total == 1
    found = board(town, head)
    assert (found.paused, found.orders, found.red) == (1, 1, 1)


def test_the_holder_whose_account_was_closed_leaves_a_vacancy(town, staffed, head):
    clerk = staffed["clerk"]
    town.item(town.registered(), "check_completeness", due_at=due(LATE), **held(clerk))
    # Before the timers give it back, the board says whose hands it left.
    town.session.get(Account, clerk.id).active = False
    town.session.commit()
    (row,) = page(town, head).rows
    assert (row.ball.cause, row.ball.who) == ("vacancy", f"{clerk.name}（账号已停用）")


def test_an_item_given_back_by_who_left_waits_for_the_role(town, staffed, head):
    clerk = staffed["clerk"]
    town.item(town.registered(), "check_completeness", due_at=due(LATE), **held(clerk))
    accounts.set_grants(SYSTEM, clerk.id, [], active=False)
    (row,) = page(town, head).rows
    assert (row.ball.cause, row.ball.who) == ("vacancy", "窗口受理员（没有在岗人员）")


def test_a_clock_follows_the_open_item_that_is_due_first(town, staffed, head):
    instance = town.registered()
    town.item(instance, "draft_notice")
    town.item(instance, "data_check", due_at=due(FAR))
    town.item(instance, "check_completeness", due_at=due(SOON), **held(staffed["clerk"]))
    town.item(instance, "opinion", due_at=due(LATE), state="completed")
    made = running(town, instance)
    (row,) = page(town, head).rows
    assert (row.clock_id, row.ball.who) == (made.id, staffed["clerk"].name)
    staff = ball.roster(town.session)
    assert ball.of_case(town.session, instance.id, staff) == row.ball
    assert ball.of_clocks(town.session, instance.id, staff) == {made.id: row.ball}


def test_the_numbers_are_those_of_the_rows(town, staffed, head):
    """Random items and clocks: every number of the board is the length of the list behind it, every row judged red by
    the words of the case page is red here, and no other."""
    random, expected = Random(5), Counter()  # noqa: S311 -- synthetic rows
    for seed in range(6):
        instance = town.instance(area=random.choice((VILLAGE, OTHER)), process=random.choice(("dibao", "objection")))
        for _ in range(random.randrange(1, 4)):
            day = f"{date(2026, 3, 10) + timedelta(days=random.randrange(-4, 12))}"
            element = random.choice(("check_completeness", "data_check", "home_visit", "post_notice"))
            item = town.item(instance, element, due_at=due(day), **(held(staffed["clerk"]) if seed % 2 else {}))
            expected["red"] += light(item.due_at, None, clock.now()) == "red"
            day = f"{date(2026, 3, 10) + timedelta(days=random.randrange(-4, 12))}"
            made = running(town, instance, day, kind=random.choice(("legal", "service", "advisory")))
            late = light(made.due_at, None, clock.now()) == "red"
            expected["alarms" if made.kind == "advisory" else "red"] += late
    running(town, instance, LATE, kind="advisory", name="alarm")
    expected["alarms"] += 1
    found = board(town, head)
    assert found.red == expected["red"] > 3
    assert found.alarms == expected["alarms"] == page(town, head, state="alarm").total > 0
    for state in ("red", "week"):
        total = page(town, head, state=state).total
        assert total == getattr(found, state) > 0
        for way, key in (("causes", "cause"), ("villages", "village"), ("schemes", "scheme"), ("people", "who"),
                         ("stages", "stage")):  # fmt: skip
            tallies = getattr(found, way)
            assert sum(getattr(each, state) for each in tallies) == total, way
            for each in tallies:
                assert page(town, head, state=state, **{key: each.key}).total == getattr(each, state), (way, each)
    assert page(town, head, kind="legal").total == found.legal_red
    assert page(town, head, state="week", kind="legal").total == found.legal_week
    rows = page(town, head).rows
    assert found.late_cases == len({row.instance_id for row in rows})
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)


def test_the_week_ends_with_the_seventh_day(town, head):
    instance = town.registered()
    town.item(instance, "check_completeness", due_at=due("2026-03-17"))
    town.item(instance, "draft_notice", due_at=due("2026-03-18"))
    town.item(instance, "opinion", due_at=clock.now())
    assert [row.what for row in page(town, head, state="week").rows] == ["核对申请材料"]
    assert [row.what for row in page(town, head).rows] == ["提出初审意见"]


def test_leaders_see_their_areas_only(town, head):
    town.item(town.registered(), "check_completeness", due_at=due(LATE))
    town.item(town.instance(area=OTHER), "check_completeness", due_at=due(LATE))
    assert board(town, head).red == 2
    assert board(town, town.person("far", "director", "pingluo/gao")).red == 0
    assert board(town, town.person("none", "clerk")).red == 0
    assert board(town, town.person("county", "county_decide", "pingluo")).red == 2
    secretary = town.person("secretary", "secretary", VILLAGE)
    assert [row.village for row in page(town, secretary).rows] == ["红柳村"]
    assert (
        lists.one(
            town.session,
            Scope(secretary),
            ball.roster(town.session),
            "item",
            page(town, head, village=OTHER).rows[0].id,
        )
        is None
    )


def test_objections_are_kept_from_the_village_on_the_board_as_by_the_rule(town, head):
    case = town.registered()
    objection = town.instance("objection", parent_id=case.id)
    item = town.item(objection, "check_completeness", due_at=due(LATE))
    running(town, objection)
    secretary = town.person("secretary", "secretary", VILLAGE)
    both = Actor(99, "兼职", (Grant("secretary", VILLAGE), Grant("clerk", "pingluo/gaoren")))
    elsewhere = Actor(98, "外村", (Grant("secretary", VILLAGE), Grant("clerk", "pingluo/yaofu")))
    for actor, sees in ((head, True), (secretary, False), (both, True), (elsewhere, False)):
        assert bool(veto.ask(town.session, Question("view", actor, instance=objection))) is sees
        found = board(town, actor)
        assert (found.red, found.cases) == ((2, 2) if sees else (0, 1))
        assert page(town, actor).total == (2 if sees else 0)
        one = lists.one(town.session, Scope(actor), ball.roster(town.session), "item", item.id)
        assert (one is not None) is sees


@pytest.mark.parametrize("how", ["register", "self", "declared", "confirmed", "denied", "stranger"])
def test_kin_is_counted_not_named_and_barred_as_by_the_veto(town, head, how):
    home = town.family()
    relative = home.others[0][0]
    leader = head
    if how == "self":
        leader = town.person("own", "director", id_number=home.head.id_number)
    instance = town.registered(home)
    if how == "register":
        filings.register_kin(
            SYSTEM, account_id=head.id, post="乡长", relative_name=relative.name, id_number=relative.id_number,
            relation="sibling",
        )  # fmt: skip
    if how in ("declared", "confirmed", "denied"):
        confirmed = {"declared": None, "confirmed": True, "denied": False}[how]
        add(town, Filing(instance_id=instance.id, source="declared", account_id=head.id, staff_name=head.name,
                         relation="sibling", filed_at=clock.now(), confirmed=confirmed))  # fmt: skip
    town.item(instance, "check_completeness", due_at=due(LATE))
    running(town, instance)
    child = town.instance("objection", parent_id=instance.id)
    town.item(child, "check_completeness", due_at=due(LATE))
    sees = how in ("denied", "stranger")
    assert bool(veto.ask(town.session, Question("view", leader, instance=instance))) is sees
    rows = page(town, leader).rows
    assert len(rows) == board(town, leader).red == 3
    assert {row.barred for row in rows} == {not sees}
    shown = {row.applicant for row in rows if row.instance_id == instance.id}
    assert shown == ({home.head.name} if sees else {""})


def test_the_board_costs_few_statements_whatever_it_holds(town, staffed, head, statements):
    instance = town.registered()
    for _ in range(5):
        town.item(instance, "check_completeness", due_at=due(LATE))
        running(town, instance)
    staff = ball.roster(town.session)
    with statements.counted() as count:
        queries.board(town.session, Scope(head), clock.now(), staff)
    assert len(count.sql) == 5, count  # Which complaints are kept from them is one of them.
    with statements.counted() as count:
        lists.page(town.session, Scope(head), clock.now(), staff, Filter())
    assert len(count.sql) == 3, count


def test_pages_of_a_list_hold_every_row_once(town, head):
    instance = town.registered()
    for _ in range(lists.PAGE + 3):
        town.item(instance, "check_completeness", due_at=due(LATE))
    first, second = page(town, head), page(town, head, page=2)
    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (53, 2, 50, 3)
    assert len({row.id for row in (*first.rows, *second.rows)}) == 53
    assert page(town, head, page=99).rows == second.rows


@pytest.mark.parametrize(
    "given", [{}, {"state": "x"}, {"page": "-1"}, {"page": "9" * 30}, {"page": "²"}, {"cause": "'; drop"}]
)
def test_a_wrong_address_reads_as_none(given):
    wanted = Filter.read(given)
    assert (wanted.state, wanted.page, wanted.cause) == ("red", 1, "")


def test_extended_clocks_and_open_requests_are_shown(town, head):
    instance = town.registered()
    made = running(town, instance, FAR, lap=1)
    asked = {"reason": "objection", "asked_by_id": 1, "asked_by": "测", "asked_at": clock.now()}
    add(town, Extension(clock_id=made.id, instance_id=instance.id, **asked))
    found = board(town, head)
    assert (found.extended, found.asked) == (1, 1)
    (row,) = page(town, head, state="extended").rows
    assert (row.clock_id, row.lap, row.asked) == (made.id, 1, True)


def test_weeks_tell_in_time_from_late(town, head, at):
    first = town.instance()
    first.status, first.ended_at = "completed", clock.now()
    second = town.instance(area=OTHER)
    second.status, second.ended_at = "completed", clock.now()
    third = town.instance()
    third.status, third.ended_at = "cancelled", clock.now()
    town.session.commit()
    running(town, second, LATE, ended_at=clock.now(), ending="satisfied")
    running(town, first, SOON, ended_at=clock.now(), ending="satisfied")
    running(town, first, LATE, kind="service", ended_at=clock.now(), ending="satisfied")
    now = at("2026-03-22 23:00")
    town.instance()
    found = trends.weeks(town.session, Scope(head), now)
    assert len(found) == 12
    assert [(each.monday, each.received, each.in_time, each.late) for each in found[-2:]] == [
        (date(2026, 3, 9), 3, 1, 1),
        (date(2026, 3, 16), 1, 0, 0),
    ]


def test_durations_are_measured_against_the_limit_they_had(town, head):
    instance, now = town.registered(), clock.now()
    for days in (1, 2, 3, 4, 10):
        created = now - timedelta(days=days)
        given = {"state": "completed", "created_at": created, "completed_at": now}
        town.item(instance, "check_completeness", due_at=created + timedelta(days=4), **given)
    old = now - timedelta(weeks=13)
    town.item(instance, "check_completeness", state="completed", created_at=old, completed_at=old)
    (found,) = trends.stages(town.session, Scope(head), now)
    assert (found.name, found.count, found.median, found.p90, found.limit, found.late) == (
        "核对申请材料", 5, 3.0, 10.0, 4.0, 2,
    )  # fmt: skip
    running(town, instance, LATE, started_at=now - timedelta(days=7), ended_at=now, ending="satisfied")
    (ended,) = trends.clocks(town.session, Scope(head), now)
    assert (ended.name, ended.median, ended.late) == ("全程办理时限", 7.0, 1)


def test_the_load_of_a_clerk(town, staffed, head):
    clerk, now = staffed["clerk"], clock.now()
    instance = town.registered()
    town.item(instance, "check_completeness", due_at=due(LATE), **held(clerk))
    town.item(instance, "draft_notice", due_at=due(SOON), warn_at=now, **held(clerk))
    town.item(instance, "submit_dossier", due_at=due(FAR), **held(clerk))
    for days in (1, 29, 31):
        town.item(instance, "opinion", state="completed", completed_at=now - timedelta(days=days), **held(clerk))
    (found,) = load.load(town.session, Scope(head), now, ball.roster(town.session))
    assert (found.name, found.roles, found.held, found.red, found.yellow, found.finished) == (
        clerk.name, "窗口受理员", 3, 1, 1, 2,
    )  # fmt: skip


def test_a_clerk_may_not_see_the_board(town):
    with pytest.raises(Refused):
        veto.require(town.session, Question("see_overdue", town.person("clerk", "clerk")))
