"""With whom the ball is: what comes before what."""

from __future__ import annotations

import pytest

from engine.actors import ROLES, Actor, Grant
from registers.board.trends import quantile
from registers.cases.ball import ADVICE, CAUSES, Facts, Roster, judge

TOWN, VILLAGE, SHAZAO = "pingluo/gaoren", "pingluo/gaoren/hongliu", "pingluo/gaoren/shazao"


def roster(*grants):
    people = {key: Actor(key, f"人{key}", (Grant(role, area),)) for key, (role, area) in enumerate(grants, 1)}
    return Roster(people, {**{key: each.name for key, each in people.items()}, 99: "离岗人"})


STAFF = (("clerk", TOWN), ("investigator", TOWN), ("village", VILLAGE), ("county_check", "pingluo"))


CLERK, CHECK = {"role": "clerk", "area": TOWN}, {"role": "county_check", "area": "pingluo"}
LOOKS, LEADS = {"role": "investigator", "area": TOWN}, {"role": "director", "area": TOWN}


@pytest.mark.parametrize(
    ("given", "cause", "who", "key"),
    [
        ({**CLERK, "account_id": 1}, "clerk", "人1", "p1"),
        (CLERK, "unclaimed", "窗口受理员（无人认领）", f"r:clerk@{TOWN}"),
        ({**CLERK, "account_id": 99}, "vacancy", "离岗人（账号已停用）", "p99"),
        (LEADS, "vacancy", "民生服务中心主任（没有在岗人员）", f"r:director@{TOWN}"),
        ({"role": "village", "area": SHAZAO}, "vacancy", "村级协理员（没有在岗人员）", f"r:village@{SHAZAO}"),
        ({"role": "village", "area": VILLAGE}, "village", "村级协理员（无人认领）", f"r:village@{VILLAGE}"),
        ({**CHECK, "account_id": 4}, "county", "人4", "p4"),
        ({**LOOKS, "signed": True}, "second", "调查员（第二人未认领）", f"r:investigator@{TOWN}"),
        ({**LOOKS, "signed": True, "account_id": 2}, "second", "人2", "p2"),
        ({**CHECK, "signed": True}, "second", "县核对员（第二人未认领）", "r:county_check@pingluo"),
        ({**LEADS, "waits_for": "applicant"}, "applicant", "申请人（经办：民生服务中心主任）", "applicant"),
        ({**CLERK, "waits_for": "applicant", "account_id": 1}, "applicant", "申请人（经办：人1）", "applicant"),
    ],
)
def test_an_item(given, cause, who, key):
    found = judge(Facts("item", **given), roster(*STAFF))
    assert (found.cause, found.who, found.key) == (cause, who, key)


@pytest.mark.parametrize("state", ["paused", "incident", "publicity", "waiting"])
def test_a_case_without_an_item(state):
    assert judge(Facts(state), roster()).cause == state


def test_a_case_that_stands_on_nothing_is_for_the_administrator():
    assert judge(Facts("nothing"), roster()).cause == "incident"


def test_an_order_is_with_its_addressee():
    found = judge(Facts("order", account_id=1), roster(*STAFF))
    assert (found.cause, found.who, found.key) == ("order", "人1（督办待答复）", "p1")


def test_every_cause_is_named_and_advised():
    assert set(CAUSES) == set(ADVICE)
    made = {judge(Facts("item", role=role, area=TOWN), roster((role, TOWN))).cause for role in ROLES}
    assert made <= set(CAUSES)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([1], 0.9, 1), ([1, 2], 0.5, 1), ([1, 2, 3], 0.5, 2), (list(range(1, 11)), 0.9, 9), (list(range(1, 12)), 0.9, 10)],
)
def test_a_quantile_is_a_value_that_occurred(values, share, expected):
    assert quantile(values, share) == expected
