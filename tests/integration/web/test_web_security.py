"""Sign-in, sessions, tokens, headers, failures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock
from engine.actors import SYSTEM
from registers.accounts import operations as accounts
from registers.demonstration.cast import PASSWORD
from web.security import headers, sessions

pytestmark = pytest.mark.sqlite
TOWNSHIP = [{"role": "clerk", "area": "pingluo/gaoren"}]


@pytest.fixture
def clerk(app):
    return accounts.create(SYSTEM, username="clerk", name="王晓芳", password=PASSWORD, grants=TOWNSHIP)


@pytest.fixture
def later(monkeypatch):
    """Moves the wall clock."""
    moved = [timedelta()]
    real = clock.wall

    def move(span):
        moved[0] += span

    monkeypatch.setattr(clock, "wall", lambda: real() + moved[0])
    return move


def text(answer):
    return answer.get_data(as_text=True)


CLOSED = ("/", "/desk/", "/desk/items/1", "/cases/1", "/leaders/overdue", "/households", "/admin/accounts", "/models")


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_but_the_public_pages_opens_without_sign_in(visit, path):
    answer = visit().get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/board", "/sign-in", "/healthz", "/nothing"])
def test_every_answer_carries_the_headers(visit, path):
    answer = visit().get(path)
    for name, value in headers.FIXED.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_signing_in_opens_what_was_asked_for(visit, clerk):
    visitor = visit()
    visitor.get("/sign-in?next=/desk/")
    answer = visitor.post("/sign-in", {"username": "clerk", "password": PASSWORD, "next": "/desk/?a=1"})
    assert answer.location == "/desk/?a=1"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(visit, clerk, to):
    visitor = visit()
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in", {"username": "clerk", "password": PASSWORD, "next": to})
    assert answer.location == "/"


def test_the_cookie_is_secure_over_https(visit, clerk):
    visitor = visit(base_url="https://localhost")
    visitor.get("/sign-in")
    referer = {"Referer": "https://localhost/sign-in"}
    answer = visitor.post("/sign-in", {"username": "clerk", "password": PASSWORD}, headers=referer)
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


def test_a_session_planted_before_sign_in_does_not_survive_it(visit, clerk):
    visitor = visit()
    with visitor.client.session_transaction() as planted:
        planted["mark"] = "planted"
    visitor.sign_in("clerk")
    with visitor.client.session_transaction() as kept:
        assert "mark" not in kept


def test_too_many_failures_lock_the_account_and_say_until_when(visit, clerk, later):
    visitor = visit()
    for _ in range(accounts.settings.failures):
        answer = visitor.sign_in("clerk", "wrong")
        assert answer.status_code == 401
        assert "账号或密码不对" in text(answer)
    answer = visitor.sign_in("clerk")
    until = (clock.wall() + accounts.settings.lock).astimezone(clock.ZONE)
    assert f"{until:%H:%M}" in text(answer)
    later(accounts.settings.lock + timedelta(seconds=1))
    assert visitor.sign_in("clerk").status_code == 302


def test_the_business_clock_unlocks_nobody(visit, clerk):
    visitor = visit()
    for _ in range(accounts.settings.failures):
        visitor.sign_in("clerk", "wrong")
    with clock.at(clock.now() + timedelta(days=1)):
        assert visitor.sign_in("clerk").status_code == 401


def test_an_idle_session_ends(visit, clerk, later):
    visitor = visit("clerk")
    later(timedelta(seconds=sessions.DEFAULTS["SESSION_IDLE"] - 60))
    assert visitor.get("/desk/").status_code == 200
    later(timedelta(seconds=sessions.DEFAULTS["SESSION_IDLE"] + 1))
    assert visitor.get("/desk/").status_code == 302


def test_no_session_outlives_the_absolute_limit(visit, clerk, later):
    visitor = visit("clerk")
    for _ in range(sessions.DEFAULTS["SESSION_ABSOLUTE"] // 1200):
        assert visitor.get("/desk/").status_code == 200
        later(timedelta(minutes=20))
    later(timedelta(minutes=1))
    assert visitor.get("/desk/").status_code == 302


def test_a_changed_password_ends_every_other_session(visit, clerk):
    here, there = visit("clerk"), visit("clerk")
    here.get("/account/password")
    answer = here.post("/account/password", {"old": PASSWORD, "new": "another-one-9", "again": "another-one-9"})
    assert answer.status_code == 302
    assert there.get("/desk/").status_code == 302
    assert visit().sign_in("clerk", "another-one-9").status_code == 302


def test_a_closed_account_is_out_at_once(visit, clerk, session):
    visitor = visit("clerk")
    clerk.active = False
    session.add(clerk)
    session.commit()
    assert visitor.get("/desk/").status_code == 302


def test_a_form_without_its_token_changes_nothing(visit, clerk):
    visitor = visit("clerk")
    answer = visitor.post("/account/password", {"old": PASSWORD, "new": "x" * 12, "again": "x" * 12}, token="")
    assert answer.status_code == 400
    assert "页面已过期" in text(answer)
    assert visit().sign_in("clerk").status_code == 302


def test_signing_out_needs_the_token_and_works(visit, clerk):
    visitor = visit("clerk")
    assert visitor.post("/sign-out", token="").status_code == 400
    visitor.get("/desk/")
    assert visitor.post("/sign-out").status_code == 302
    assert visitor.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("get", "/nothing", 404, "没有这个页面"),
        ("post", "/board", 405, "不能这样访问"),
        ("get", "/cases/999", 404, "没有找到"),
    ],
)
def test_failures_are_pages_in_chinese(visit, clerk, method, path, status, words):
    visitor = visit("clerk")
    answer = getattr(visitor, method)(path)
    assert answer.status_code == status
    assert words in text(answer)


def test_too_much_is_refused_before_it_is_read(visit, clerk):
    answer = visit("clerk").post("/account/password", {"old": "x" * (2 * 1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "内容太大" in text(answer)
    assert "没有保存" in text(answer)


def test_a_refusal_says_why(visit, clerk):
    answer = visit("clerk").get("/admin/accounts")
    assert answer.status_code == 403
    assert "您的角色不能管理账号" in text(answer)


def test_what_nobody_foresaw_has_a_number_in_the_log(visit, clerk, app, monkeypatch, caplog):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = visit("clerk")

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("registers.cases.inbox.inbox", broken)
    answer = visitor.get("/desk/")
    assert answer.status_code == 500
    number = text(answer).split("错误编号 <strong>")[1][:8]
    assert number in caplog.text


def test_health_says_what_is_missing(visit, app):
    answer = visit().get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"ok": False, "database": True, "release": False, "timers": False}


@pytest.mark.parametrize("path", ["/why/item/{}", "/why/publicity/{}", "/cases/{}", "/desk/items/{}", "/orders/{}"])
def test_a_number_that_no_row_can_have_is_an_address_that_is_not(visit, clerk, path):
    for number in (2**31, 2**63, 10**26):
        assert visit("clerk").get(path.format(number)).status_code == 404, number


def test_a_nul_is_no_text(visit, clerk):
    assert visit("clerk").get("/desk/messages?kind=a%00b").status_code == 400


def test_outside_a_demonstration_no_account_is_offered_and_no_clock_moves(visit, clerk):
    assert "演示" not in text(visit().get("/sign-in"))
    assert visit("clerk").post("/demo/clock", {"do": "day"}).status_code == 404


def test_a_password_that_an_administrator_set_is_changed_first(visit, app):
    accounts.create(
        SYSTEM, username="newcomer", name="新来", password=PASSWORD, grants=TOWNSHIP, must_change_password=True
    )
    visitor = visit("newcomer")
    assert visitor.get("/desk/").location == "/account/password"
    assert "管理员设的" in text(visitor.get("/account/password"))
    visitor.post("/account/password", {"old": PASSWORD, "new": "my-own-word-7", "again": "my-own-word-7"})
    own = visit()
    own.sign_in("newcomer", "my-own-word-7")
    assert own.get("/desk/").status_code == 200
