"""Every date opens to why it is that date; figures for a monitor show counts only."""

from __future__ import annotations

import pytest

from registers.publicity.models import Publicity
from tests.integration.web.conftest import Visitor
from tests.support.leading import Led, at
from timers import firing


@pytest.fixture
def led(session) -> Led:
    return Led(session)


@pytest.fixture
def signed_in(app, led):
    """A browser of somebody of the township."""

    def enter(username: str):
        visitor = Visitor(app)
        visitor.sign_in(username)
        return visitor

    return enter


def page(answer) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_step_says_its_days_its_clause_and_its_ladder(led, signed_in):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-05 09:00"):
        firing.fire_due()
        text = page(signed_in("director").get(f"/why/item/{item.id}"))
    assert "安排家庭经济状况调查：为什么是这一天" in text
    assert "起算日2026-03-02（周一）不计入" in text
    assert "第15条" in text
    assert text.count("已提醒") == 2
    assert "提醒乡长" in text


def test_a_clock_says_that_it_may_be_extended(led, signed_in):
    with at("2026-03-05 09:00"):
        text = page(signed_in("director").get(f"/why/clock/{led.clock('total').id}"))
    assert "可延长至45个工作日" in text
    assert "2026-04-14（周二）" in text


def test_a_script_gets_the_inside_alone(led, signed_in):
    visitor = signed_in("director")
    with at("2026-03-05 09:00"):
        text = page(visitor.get(f"/why/clock/{led.clock('total').id}", headers={"HX-Request": "true"}))
    assert "<html" not in text


def test_who_may_not_see_the_case_does_not_see_its_dates(led, signed_in):
    led.make_kin("director2")
    clock_id = led.clock("total").id
    with at("2026-03-05 09:00"):
        assert signed_in("director2").get(f"/why/clock/{clock_id}").status_code == 403
        assert signed_in("owner").get(f"/why/clock/{clock_id}").status_code == 403


@pytest.mark.parametrize("path", ["/why/item/99999", "/why/clock/99999", "/why/timer/99999", "/why/case/1"])
def test_what_is_not_there_is_said(led, signed_in, path):
    assert signed_in("director").get(path).status_code == 404


def test_the_public_sees_why_a_publicity_hangs_until_its_day_and_no_more(led, app, session):
    plan = led.plan
    with at("2026-03-03 09:00"):
        led.sign(led.case, "arrange_survey", "director", plan=plan)
        led.sign(led.case, "data_check", "check", plan=plan)
        led.sign(led.case, "home_visit", "investigator", "investigator2", plan=plan)
        led.sign(led.case, "neighbour_visit", "investigator2", "investigator3", plan=plan)
        led.sign(led.case, "opinion", "director", plan=plan)
        timer = led.post(led.case, plan)
    posted = session.query(Publicity).one()
    with at("2026-03-04 09:00"):
        anybody = app.test_client()
        text = page(anybody.get(f"/why/publicity/{posted.id}"))
        assert "按自然日计算7日" in text
        assert plan.family.head.name not in text
        assert f"/why/publicity/{posted.id}" in page(anybody.get("/board"))
        assert anybody.get(f"/why/timer/{timer.id}").status_code in (302, 401)
    posted.closed_at = posted.posted_at
    session.commit()
    assert app.test_client().get(f"/why/publicity/{posted.id}").status_code == 404


def test_figures_are_for_the_machine_itself_or_for_who_brings_the_token(led, app):
    client = app.test_client()
    client.get("/healthz")
    text = page(client.get("/metrics"))
    assert 'doudi_http_requests_total{endpoint="api.healthz",status="200"} 1.0' in text
    assert "doudi_items_open 1.0" in text
    assert 'doudi_clocks_overdue{kind="legal"}' in text
    assert led.plan.family.head.name not in text
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404
    app.config["METRICS_TOKEN"] = "a-token"
    assert client.get("/metrics").status_code == 404
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    given = client.get("/metrics", environ_base=elsewhere, headers={"Authorization": "Bearer a-token"})
    assert given.status_code == 200
