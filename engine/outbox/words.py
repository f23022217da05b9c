"""What kinds of messages there are, and what may leave the house of their words."""

from __future__ import annotations

import re

#: Every kind with its name, the most pressing first: a digest follows this order.
KINDS = {
    "incident": "流程异常",
    "order": "督办",
    "urge": "催办",
    "rung": "期限提醒",
    "extension": "延期",
    "reply": "回复",
    "assign": "转办",
    "return": "退回",
    "move": "办件变动",
    "talk": "沟通",
    "standin": "替班",
    "fund": "资金",
    "calendar": "日历",
    "parameter": "政策参数",
    "release": "流程版本",
}
_NUMBER = re.compile(r"[0-9]{10,}[0-9Xx]?")
#: What would be markup, a link or a call to everybody in a group chat.
_MARKUP = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "_": "＿", "`": "＇", "#": "＃"})


def label(kind: str) -> str:
    """The name of a kind."""
    return KINDS.get(kind, "消息")


def pressing(kind: str) -> int:
    """Its place: smaller is more pressing."""
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS)


def outward(text: str) -> str:
    """A subject as it may leave the house: one line, and no number as long as a phone's, an ID's or an account's,
    whoever wrote it."""
    return _NUMBER.sub("……", " ".join(text.split()))


def plain(text: str) -> str:
    """The same without markup, for a group chat."""
    return outward(text).translate(_MARKUP)
