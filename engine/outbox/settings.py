"""How messages leave the house: the mail server, the robots' addresses that may be called, our own public address.

Set once when the application is put together. What is written wrongly does not stop the system: the channel stays
closed and `problems` says why, in words.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

#: The only addresses that a robot may have.
HOSTS = ("https://oapi.dingtalk.com", "https://qyapi.weixin.qq.com")
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NAMES = ("DOUDI_SMTP", "DOUDI_MAIL_FROM", "DOUDI_ADDRESS", "WEBHOOK_HOSTS")


@dataclass(frozen=True)
class Smtp:
    """A mail server. `tls` is `tls` from the first byte, `starttls`, or empty."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = ""


@dataclass(frozen=True)
class Settings:
    """What is set, and what is wrong with it."""

    smtp: Smtp | None = None
    mail_from: str = ""
    #: `https://…` without a slash at its end; empty: messages carry no link.
    address: str = ""
    hosts: tuple[str, ...] = HOSTS
    problems: tuple[str, ...] = ()
    #: (instance, work item) → the path of its page.
    place: Callable[[int | None, int | None], str] = lambda _instance, _item: "/"

    def link(self, instance_id: int | None = None, item_id: int | None = None) -> str:
        """The address of a page in the system; empty when our own is not known."""
        return f"{self.address}{self.place(instance_id, item_id)}" if self.address else ""


_current = Settings()


def current() -> Settings:
    """The settings of this process."""
    return _current


def use(given: Mapping[str, str], place: Callable[[int | None, int | None], str] | None = None) -> Settings:
    """Reads the settings (`DOUDI_SMTP`, `DOUDI_MAIL_FROM`, `DOUDI_ADDRESS`, `WEBHOOK_HOSTS`) and uses them; `place`
    stays as it was when it is not given."""
    global _current
    problems: list[str] = []
    smtp, sender = None, given.get("DOUDI_MAIL_FROM", "").strip()
    try:
        if given.get("DOUDI_SMTP", "").strip():
            smtp = read_smtp(given["DOUDI_SMTP"].strip())
            if not ADDRESS.fullmatch(sender):
                raise ValueError("DOUDI_MAIL_FROM 没有写发件邮箱，例如 doudi@example.gov.cn。")
    except ValueError as error:
        smtp = None
        problems.append(str(error))
    address = given.get("DOUDI_ADDRESS", "").strip().rstrip("/")
    if address and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?", address):
        problems.append("DOUDI_ADDRESS 应写成系统的网址，例如 https://doudi.example.gov.cn。")
        address = ""
    hosts = tuple(_origin(each) for each in re.split(r"[,\s]+", given.get("WEBHOOK_HOSTS", "")) if each)
    place = place or _current.place
    _current = Settings(smtp, sender if smtp else "", address, hosts or HOSTS, tuple(problems), place)
    return _current


def read_smtp(text: str) -> Smtp:
    """`smtp://user:password@host:587?starttls` or `smtps://host`; ValueError says in words what is wrong, without
    showing the password."""
    example = "DOUDI_SMTP 应写成 smtp://账号:密码@主机:587?starttls 或 smtps://账号:密码@主机。"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(example) from None
    options = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.scheme not in ("smtp", "smtps") or not host or options - {"starttls"} or parts.path.strip("/"):
        raise ValueError(example)
    tls = "tls" if parts.scheme == "smtps" else "starttls" if "starttls" in options else ""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and not tls and not _is_here(host):
        raise ValueError("DOUDI_SMTP 会把密码不加密地发出去，请用 smtps:// 或在末尾加 ?starttls。")
    return Smtp(host, port or {"tls": 465, "starttls": 587}.get(tls, 25), user, password, tls)


def _origin(text: str) -> str:
    """`host` or `host:port` means HTTPS; another scheme must be written out."""
    return text.rstrip("/").lower() if "://" in text else f"https://{text.lower()}"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
