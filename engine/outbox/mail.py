"""Letters over SMTP, with the standard library."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime

from engine import clock
from engine.outbox.parcels import Letter
from engine.outbox.settings import Settings, Smtp

#: Seconds that a server may take for any one answer.
TIMEOUT = 10


def send(letters: Sequence[Letter], settings: Settings) -> Iterator[tuple[Letter, str | None]]:
    """Sends letters over one connection, one by one; says of each what went wrong, None when nothing did. A server that
    cannot be reached is asked once, not once a letter."""
    if settings.smtp is None:
        yield from ((each, "没有配置邮件服务器。") for each in letters)
        return
    server, trouble = None, None
    try:
        for each in letters:
            if server is None and trouble is None:
                try:
                    server = _connected(settings.smtp)
                except (OSError, smtplib.SMTPException) as error:
                    trouble = _words(error)
            if server is None:
                yield each, trouble
                continue
            try:
                server.send_message(_message(each, settings.mail_from))
            except (OSError, smtplib.SMTPException) as error:
                yield each, _words(error)
                server = _usable(server)
            else:
                yield each, None
    finally:
        if server is not None:
            _leave(server)


def _connected(smtp: Smtp) -> smtplib.SMTP:
    if smtp.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            smtp.host, smtp.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT)
    try:
        if smtp.tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if smtp.user:
            server.login(smtp.user, smtp.password)
    except BaseException:
        server.close()
        raise
    return server


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(clock.wall())
    message["Message-ID"] = f"<doudi.{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, charset="utf-8")
    return message


def _usable(server: smtplib.SMTP) -> smtplib.SMTP | None:
    """The connection again after a refusal, or None when it is gone and the next letter needs a new one."""
    try:
        server.rset()
    except (OSError, smtplib.SMTPException):
        server.close()
        return None
    return server


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _words(error: Exception) -> str:
    """What an administrator reads: what happened, and what the server said."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "邮件服务器不接受账号或密码，请检查 DOUDI_SMTP。"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"邮件服务器不收这个收件地址：{_said(code, said)}。"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"邮件服务器不收这个发件地址：{_said(error.smtp_code, error.smtp_error)}。请检查 DOUDI_MAIL_FROM。"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"邮件服务器没有收下：{_said(error.smtp_code, error.smtp_error)}。"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "邮件服务器不支持所要求的加密或登录方式，请检查 DOUDI_SMTP。"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "邮件服务器中断了连接。"
    if isinstance(error, ssl.SSLError):
        return "与邮件服务器不能建立加密连接（证书或协议不符）。"
    if isinstance(error, TimeoutError):
        return f"邮件服务器 {TIMEOUT} 秒没有回答。"
    return f"连不上邮件服务器：{str(error)[:150]}。"


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())[:150]}"
