"""What no test may do unless it says so: open a connection to another machine, send mail."""

from __future__ import annotations

import ipaddress
import smtplib
import socket
from typing import Any

import pytest


class Forbidden(Exception):
    """A test reached out of this machine without the mark `network` (or `mail`)."""


def no_network(patch: pytest.MonkeyPatch) -> None:
    """Lets Python's sockets connect to the loopback only."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _require_loopback(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _require_loopback(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *rest: Any, **named: Any) -> Any:
        if host and not _is_loopback(host):
            raise Forbidden(f"a test looked up {host}")
        return look_up(host, *rest, **named)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)


def no_mail(patch: pytest.MonkeyPatch) -> None:
    """Refuses every SMTP connection."""

    def refused(self: smtplib.SMTP, *given: Any, **named: Any) -> None:
        raise Forbidden("a test sent mail")

    patch.setattr(smtplib.SMTP, "connect", refused)


def _require_loopback(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        raise Forbidden(f"a test connected to {address}")


def _is_loopback(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text in ("localhost", "0.0.0.0", "::"):  # noqa: S104 -- asked about, not bound
        return True
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
