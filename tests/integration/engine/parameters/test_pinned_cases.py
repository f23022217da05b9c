"""What a running case reads while parameters change around it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.actors import SYSTEM, Actor, Grant
from engine.errors import NotFound
from engine.parameters import operations, queries
from engine.parameters.models import ParameterSnapshot
from engine.runtime.services import services
from tests.support.proposing import NAME, wish

BEGUN = datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)
OWNER = Actor(801, "测owner", (Grant("owner", "pingluo"),))
HEAD = Actor(802, "测head", (Grant("head", "pingluo"),))
FLOW = """
    start s; user a; service read_1 do=read; user b; service decide do=settle; user c; service read_2 do=read; user d
    service read_3 do=read; end e
    s > a > read_1 > b > decide > c > read_2 > d > read_3 > e
"""


@pytest.fixture
def read(world):
    """What the case's services read, one by one; `settle` is the step that decides it."""
    found: list[int] = []

    @services.service("read", "读取标准", outputs={})
    def read_(call):
        found.append(call.parameters[NAME])

    @services.service("settle", "作出决定", outputs={})
    def settle(call):
        call.settle()

    with clock.at(BEGUN - timedelta(days=30)):
        operations.load(SYSTEM)
    world.deploy(main=FLOW)
    return found


def change(key, **given):
    """Two people change the standard."""
    made = operations.propose(OWNER, wish(**given), key=key)
    return operations.confirm(made.id, HEAD)


def test_a_change_for_next_month_does_not_touch_todays_case(world, read):
    with clock.at(BEGUN):
        case = world.start()
        change("k1", value="600", valid_from="2026-04-01")
    with clock.at(BEGUN + timedelta(days=60)):
        assert queries.on(world.session, clock.today())[NAME] == 60000
        for task in ("b", "c", "d"):
            world.complete(case, task)
    assert read == [56000, 56000, 56000]


def test_a_case_begun_on_the_first_day_reads_the_new_value(world, read):
    with clock.at(BEGUN):
        change("k1", value="600", valid_from="2026-04-01")
    with clock.at(datetime(2026, 3, 31, 23, 59, tzinfo=clock.ZONE)):
        world.start()
    with clock.at(datetime(2026, 4, 1, 0, 0, tzinfo=clock.ZONE)):
        world.start()
    assert read == [56000, 60000]


def test_a_correction_reaches_a_case_that_is_not_decided(world, read):
    with clock.at(BEGUN):
        case = world.start()
    with clock.at(BEGUN + timedelta(days=1)):
        change("k1", value="570", valid_from="2026-01-01", accepted=("correction",))
        world.complete(case, "b")
        world.complete(case, "c")
    assert read == [56000, 57000]


def test_a_correction_never_reaches_a_case_that_is_decided(world, read):
    with clock.at(BEGUN):
        case = world.start()
        world.complete(case, "b")
    with clock.at(BEGUN + timedelta(days=1)):
        change("k1", value="570", valid_from="2026-01-01", accepted=("correction",))
        world.complete(case, "c")
    with clock.at(BEGUN + timedelta(days=2)):
        change("k2", value="580", valid_from="2026-02-01", accepted=("correction",))
        world.complete(case, "d")
    assert read == [56000, 56000, 56000]
    decided = world.session.get(type(case), case.id, populate_existing=True)
    assert decided.parameters_kept is not None
    assert queries.of(world.session, decided)[NAME] == 56000
    assert queries.on(world.session, decided.parameters_on)[NAME] == 58000


def test_acts_of_one_instant_keep_their_order(world, read):
    with clock.at(BEGUN):
        sooner, later = world.start(), world.start()
        world.complete(sooner, "b")
        change("k1", value="570", valid_from="2026-01-01", accepted=("correction",))
        world.complete(later, "b")
        for case in (sooner, later):
            world.complete(case, "c")
    assert read == [56000, 56000, 56000, 57000]


def test_cases_decided_on_the_same_values_share_them(world, read):
    with clock.at(BEGUN):
        for _ in range(2):
            world.complete(world.start(), "b")
    assert world.session.scalar(select(func.count()).select_from(ParameterSnapshot)) == 1


def test_what_a_case_was_decided_on_cannot_be_rewritten_unseen(world, read):
    with clock.at(BEGUN):
        case = world.start()
        world.complete(case, "b")
    row = world.session.scalars(select(ParameterSnapshot)).one()
    row.content = {**row.content, NAME: 1}
    world.session.commit()
    with pytest.raises(NotFound, match="被改动过"):
        queries.of(world.session, world.session.get(type(case), case.id, populate_existing=True))
