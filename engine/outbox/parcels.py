"""What is about to leave the house: plain values, made inside the transaction and sent outside of any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from engine.outbox import settings
from engine.outbox.models import Message, Robot
from engine.outbox.words import label, outward, plain, pressing

#: A post names at most so many messages: WeCom takes 4096 bytes.
LONGEST_POST = 12
#: Subjects in a post are cut: twelve of them, their links and the head stay under that limit.
LONGEST_SUBJECT = 40


@dataclass(frozen=True)
class Letter:
    """One mail to one account, with the copies that it carries."""

    copies: tuple[int, ...]
    to: str
    subject: str
    text: str
    id: str


@dataclass(frozen=True)
class Post:
    """One post of one robot, with the copies that it carries."""

    copies: tuple[int, ...]
    kind: str
    url: str
    secret: str
    title: str
    text: str


def letter(copies: Sequence[int], messages: Sequence[Message], to: str, standing: Sequence[str]) -> Letter:
    """All that waits for one person as one mail: subjects and links only, grouped, the most pressing first."""
    given = settings.current()
    subject = outward(messages[0].subject) if len(messages) == 1 else f"您有 {len(messages)} 条消息"
    lines = ["您好：", "", f"您在社会救助办理系统中有 {len(messages)} 条消息。"]
    if standing:
        lines += ["", "【您手中的事项】", *(f"· {outward(each)}" for each in standing)]
    for kind, several in groupby(_ordered(messages), key=lambda each: each.kind):
        lines += ["", f"【{label(kind)}】"]
        for each in several:
            lines.append(f"· {'（紧急）' if each.urgent else ''}{outward(each.subject)}")
            link = given.link(each.instance_id, each.work_item_id)
            lines += [f"  {link}"] if link else []
    end = given.link()
    lines += ["", f"详情请登录系统查看：{end}" if end else "详情请登录系统，在“消息”中查看。"]
    lines += ["这封邮件由系统自动发出，不写当事人信息，请勿直接回复。", ""]
    return Letter(tuple(copies), to, f"[兜底] {subject}", "\n".join(lines), identity(copies))


def post(copies: Sequence[int], messages: Sequence[Message], robot: Robot) -> Post:
    """All that waits for one robot as one post."""
    title = f"{plain(label(messages[0].kind))}提醒" if len(messages) == 1 else f"{len(messages)} 条消息"
    ordered = _ordered(messages)
    lines = [f"**兜底 · {title}**", ""]
    for each in ordered[:LONGEST_POST]:
        subject = plain(each.subject)
        subject = subject if len(subject) <= LONGEST_SUBJECT else f"{subject[:LONGEST_SUBJECT]}…"
        link = settings.current().link(each.instance_id, each.work_item_id)
        said = f"[{subject}]({link})" if link else subject
        lines.append(f"- {'紧急 ' if each.urgent else ''}{label(each.kind)}：{said}")
    if len(ordered) > LONGEST_POST:
        lines.append(f"- 另有 {len(ordered) - LONGEST_POST} 条，请登录系统查看")
    return Post(tuple(copies), robot.kind, robot.url, robot.secret or "", f"兜底：{title}", "\n".join(lines))


def identity(copies: Sequence[int]) -> str:
    """The same for the same copies, so that a second sending after a crash is known for what it is."""
    return sha256(",".join(map(str, sorted(copies))).encode()).hexdigest()[:32]


def _ordered(messages: Sequence[Message]) -> list[Message]:
    return sorted(messages, key=lambda each: (pressing(each.kind), not each.urgent, each.id))
