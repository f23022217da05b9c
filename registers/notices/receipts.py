"""What a receipt must say (policy.md §11; the model is 民事诉讼法 art. 87–95)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.errors import Invalid
from registers.notices.words import METHODS, day

#: What is kept sealed: names of people and what they said.
SEALED = ("receiver", "receiver_relation", "witness", "witness_2", "evidence")
LONGEST = {"receiver": 30, "receiver_relation": 30, "witness": 30, "witness_2": 30, "evidence": 300}
#: Who signs a receipt; nobody does when a letter is left or published.
SIGNED = ("direct", "mail", "electronic")
NEEDS_EVIDENCE = {
    "left": "留置送达请写明拒收的事由，以及照片或者录像存放在哪里",
    "mail": "邮寄送达请写邮件号",
    "electronic": "电子送达请写发送到的号码或者地址的后四位，以及回执",
    "public": "公告送达请写公告的地点和起止日期",
}


def checked(given: Mapping[str, Any], issued_on: date, today: date) -> dict[str, str]:
    """What was filled in, tidied; Invalid with every problem and its field. Keys: those of a delivering task's form."""
    told = {key: str(given.get(key) or "").strip() for key in ("method", "delivered_on", "consent", *SEALED)}
    problems: dict[str, str] = {}
    for key, longest in LONGEST.items():
        if len(told[key]) > longest:
            problems[key] = f"最多{longest}个字"
        elif any(ord(letter) < 32 and letter not in "\n\t" for letter in told[key]):
            problems[key] = "里有看不见的字符，请删除后重新输入"
    method = told["method"]
    if method not in METHODS:
        problems["method"] = "请选择送达方式"
    _date(told["delivered_on"], issued_on, today, problems)
    if method in SIGNED:
        for key, words in (
            ("receiver", "请写签收人的姓名"),
            ("receiver_relation", "请写与受送达人的关系，本人签收的写“本人”"),
        ):
            if not told[key]:
                problems.setdefault(key, words)
    if method == "left":
        _witnesses(told, problems)
    if method == "electronic" and told["consent"] not in ("true", "on", "yes", "True"):
        problems["consent"] = "电子送达要受送达人同意，没有同意的请用其他方式"
    if method in NEEDS_EVIDENCE and not told["evidence"]:
        problems.setdefault("evidence", NEEDS_EVIDENCE[method])
    if problems:
        raise Invalid(problems=[{"field": key, "message": f"{words}。"} for key, words in problems.items()])
    return told


def _date(text: str, issued_on: date, today: date, problems: dict[str, str]) -> None:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        problems["delivered_on"] = "请填送达日期，例如 2026-03-09"
        return
    if on > today:
        problems["delivered_on"] = "送达日期不能晚于今天"
    elif on < issued_on:
        problems["delivered_on"] = f"送达日期不能早于文书的日期（{day(issued_on)}）"


def _witnesses(told: Mapping[str, str], problems: dict[str, str]) -> None:
    """Two people who are not the one who would not sign."""
    first, second = told["witness"], told["witness_2"]
    for key, name in (("witness", first), ("witness_2", second)):
        if not name:
            problems.setdefault(key, "留置送达要有两名见证人，请写姓名")
    if first and first == second:
        problems.setdefault("witness_2", "两名见证人不能是同一个人")
    if told["receiver"] and told["receiver"] in (first, second):
        problems.setdefault("witness", "拒收的人不能作见证人")
