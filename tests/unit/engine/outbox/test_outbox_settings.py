"""What is written in the settings, right and wrong."""

from __future__ import annotations

import pytest

from engine.outbox import settings
from engine.outbox.settings import HOSTS, Smtp


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    monkeypatch.setattr(settings, "_current", settings.Settings())


@pytest.mark.parametrize(
    ("text", "smtp"),
    [
        ("smtp://mail.example.cn", Smtp("mail.example.cn", 25)),
        ("smtp://u:p%40s@mail.example.cn?starttls", Smtp("mail.example.cn", 587, "u", "p@s", "starttls")),
        ("smtp://u:p@mail.example.cn:2525?starttls", Smtp("mail.example.cn", 2525, "u", "p", "starttls")),
        ("smtps://u:p@mail.example.cn", Smtp("mail.example.cn", 465, "u", "p", "tls")),
        ("smtp://u:p@127.0.0.1:25", Smtp("127.0.0.1", 25, "u", "p")),
    ],
)
def test_a_mail_server_is_read(text, smtp):
    assert settings.read_smtp(text) == smtp


@pytest.mark.parametrize(
    "text",
    [
        "mail.example.cn",
        "http://mail.example.cn",
        "smtp://",
        "smtp://mail.example.cn:99999",
        "smtp://mail.example.cn/box",
        "smtp://mail.example.cn?starttls&verify=no",
        "smtp://u:geheim@mail.example.cn",
        "smtp://u:geheim@[::1",
    ],
)
def test_a_wrong_mail_server_closes_the_channel_and_shows_no_password(text):
    made = settings.use({"DOUDI_SMTP": text, "DOUDI_MAIL_FROM": "a@b.cn"})
    assert made.smtp is None
    assert len(made.problems) == 1
    assert made.problems[0].startswith("DOUDI_SMTP")
    assert "geheim" not in made.problems[0]


@pytest.mark.parametrize("sender", ["", "doudi", "a@b", "a@b.cn\nBcc: c@d.cn"])
def test_a_mail_server_needs_a_senders_address(sender):
    made = settings.use({"DOUDI_SMTP": "smtp://mail.example.cn", "DOUDI_MAIL_FROM": sender})
    assert (made.smtp, made.mail_from) == (None, "")
    assert "DOUDI_MAIL_FROM" in made.problems[0]


def test_nothing_set_is_nothing_wrong():
    made = settings.use({})
    assert (made.smtp, made.problems, made.hosts, made.link(3)) == (None, (), HOSTS, "")


def test_links_need_our_own_address():
    made = settings.use({"DOUDI_ADDRESS": "https://doudi.example.cn/"}, place=lambda case, _item: f"/cases/{case}")
    assert made.link(3) == "https://doudi.example.cn/cases/3"
    assert settings.use({"DOUDI_ADDRESS": "https://doudi.example.cn"}).link(4).endswith("/cases/4")
    wrong = settings.use({"DOUDI_ADDRESS": "javascript:alert(1)"})
    assert (wrong.link(3), len(wrong.problems)) == ("", 1)


def test_other_hosts_are_https_unless_written_out():
    made = settings.use({"WEBHOOK_HOSTS": "proxy.example.cn, http://127.0.0.1:8080/"})
    assert made.hosts == ("https://proxy.example.cn", "http://127.0.0.1:8080")
