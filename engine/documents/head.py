"""The head of a template: what the document is called, how it is numbered, who gets it, whether it needs reasons.

It is the first Jinja comment of the file, one `key: value` a line, so that a process owner edits it beside the text:

    {#
    title: 不予确认告知书
    kind: letter
    mark: 不
    adverse: yes
    served_by: deliver_refusal
    #}
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("letter", "record", "list")
#: Which way of redress a letter names: none, against a decision, against silence, of a petition, of its review.
APPEALS = ("none", "decision", "inaction", "petition", "petition_review")
#: A letter is served with a receipt, or handed over at the window, or goes to nobody in particular.
SERVICES = ("receipt", "hand", "none")
#: In whose name it is issued: the office at the window, or whoever has the power to decide.
ISSUERS = ("office", "decider")
PAPERS = ("upright", "wide")

_COMMENT = re.compile(r"\A\s*\{#(.*?)#\}", re.DOTALL)
_TASK = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MARK = re.compile(r"[\u4e00-\u9fff]{1,3}")
_CLAUSE = re.compile(r"[a-z0-9-]+(:[0-9]+(\.[0-9]+)*)?")
#: Nobody needs more on one line of a head.
LONGEST = 200


@dataclass(frozen=True)
class Head:
    """What a template declares of itself; a default where it says nothing."""

    title: str = ""
    kind: str = "letter"
    #: What its numbers carry: each mark is a series of its own. Records have none.
    mark: str = ""
    #: Who receives it, in words.
    to: str = "申请人"
    #: Refuses, reduces, stops or takes back: reasons and the way of redress are appended whatever the template says.
    adverse: bool = False
    appeal: tuple[str, ...] = ()
    service: str = "none"
    #: The user tasks whose submission is its receipt.
    served_by: tuple[str, ...] = ()
    issuer: str = "office"
    #: The user tasks whose submission a record prints.
    of: tuple[str, ...] = ()
    #: Only submissions in which a field has one of these values: ("exit_decision", ("stop", "reduce")).
    only: tuple[str, tuple[str, ...]] | None = None
    #: Identity numbers, phones and accounts stand in it in full.
    full: bool = False
    #: Hangs where everybody reads it: only whitelisted names can be read.
    public: bool = False
    paper: str = "upright"
    #: Who gets a copy, in words (抄送).
    cc: str = ""
    clause: tuple[str, ...] = ()

    def prints(self, task: str, values: Mapping[str, Any]) -> bool:
        """Whether a record prints a submission made at a task."""
        if task not in self.of:
            return False
        return self.only is None or str(values.get(self.only[0])).lower() in self.only[1]

    @property
    def numbered(self) -> bool:
        return bool(self.mark)


@dataclass
class _Reading:
    given: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def one_of(self, key: str, known: tuple[str, ...], default: str) -> str:
        value = self.given.get(key, default)
        if value not in known:
            self.faults.append(f"{key} 只能写{'、'.join(known)}之一，这里写的是“{value}”")
            return default
        return value

    def yes(self, key: str) -> bool:
        return self.one_of(key, ("yes", "no"), "no") == "yes"

    def many(self, key: str, fits: re.Pattern[str], example: str) -> tuple[str, ...]:
        found = tuple(each.strip() for each in self.given.get(key, "").split(",") if each.strip())
        for each in found:
            if not fits.fullmatch(each):
                self.faults.append(f"{key} 里的“{each}”写法有误，应当像 {example}，几个之间用英文逗号")
        return tuple(dict.fromkeys(each for each in found if fits.fullmatch(each)))


KEYS = (
    "title", "kind", "mark", "to", "adverse", "appeal", "service", "served_by", "issuer", "of", "only", "numbers",
    "public", "paper", "cc", "clause",
)  # fmt: skip


def read(text: str) -> tuple[Head, list[str]]:
    """The head of a template and every fault of it, in words. A fault leaves the default in its place."""
    found = _COMMENT.match(text)
    if found is None:
        return Head(), ["文书模板开头要有 {# … #} 注释，写明 title、kind 等，一行一项"]
    reading = _lines(found[1])
    kind = reading.one_of("kind", KINDS, "letter")
    adverse = reading.yes("adverse")
    title = reading.given.get("title", "")
    if not title:
        reading.faults.append("请用 title 写明文书名称")
    numbers = reading.one_of("numbers", ("masked", "full"), "masked")
    head = Head(
        title=title,
        kind=kind,
        mark=_mark(reading, kind),
        to=reading.given.get("to", "申请人"),
        adverse=adverse,
        appeal=_appeal(reading, adverse),
        service=reading.one_of("service", SERVICES, "receipt" if kind == "letter" else "none"),
        served_by=reading.many("served_by", _TASK, "deliver_refusal"),
        issuer=reading.one_of("issuer", ISSUERS, "decider" if adverse else "office"),
        of=reading.many("of", _TASK, "home_visit"),
        only=_only(reading),
        full=numbers == "full",
        public=reading.yes("public"),
        paper=reading.one_of("paper", PAPERS, "upright"),
        cc=reading.given.get("cc", ""),
        clause=reading.many("clause", _CLAUSE, "mca-2021-57:21"),
    )
    return head, [*reading.faults, *_together(head)]


def _lines(text: str) -> _Reading:
    reading = _Reading()
    for line in text.splitlines():
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon or key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1) if colon and len(key) < LONGEST else []
            hint = f"，是不是“{near[0]}”？" if near else f"，能写的有{'、'.join(KEYS)}"
            reading.faults.append(f"不认识“{line.strip()[:40]}”这一行{hint}")
        elif key in reading.given:
            reading.faults.append(f"{key} 写了两次")
        elif len(value) > LONGEST:
            reading.faults.append(f"{key} 太长，最多{LONGEST}个字")
        else:
            reading.given[key] = value
    return reading


def _mark(reading: _Reading, kind: str) -> str:
    mark = reading.given.get("mark", "")
    if mark and not _MARK.fullmatch(mark):
        reading.faults.append(f"mark 是文号里的字，一至三个汉字，不能写“{mark}”")
        return ""
    if kind == "letter" and not mark:
        reading.faults.append("编号的文书（letter）请用 mark 写明文号里的字，例如 不")
    if kind == "record" and mark:
        reading.faults.append("表单（record）不编文号，请删除 mark")
        return ""
    return mark


def _appeal(reading: _Reading, adverse: bool) -> tuple[str, ...]:
    """The ways of redress. An adverse letter always names the one against a decision."""
    given = tuple(each.strip() for each in reading.given.get("appeal", "none").split(",") if each.strip())
    for each in given:
        if each not in APPEALS:
            reading.faults.append(f"appeal 只能写{'、'.join(APPEALS)}，这里写的是“{each}”")
    known = [each for each in given if each in APPEALS and each != "none"]
    if adverse and not known:
        known = ["decision"]
    return tuple(dict.fromkeys(known))


def _only(reading: _Reading) -> tuple[str, tuple[str, ...]] | None:
    text = reading.given.get("only", "")
    name, _, values = text.partition("=")
    wanted = tuple(each.strip() for each in values.split("|") if each.strip())
    if text and not (_TASK.fullmatch(name.strip()) and wanted):
        reading.faults.append(f"only 应当像 exit_decision=stop|reduce，不能写“{text[:40]}”")
    return (name.strip(), wanted) if text and wanted else None


def _together(head: Head) -> list[str]:
    """What does not go together."""
    faults = []
    if head.kind != "letter":
        for name, wrong in (("adverse", head.adverse), ("appeal", head.appeal), ("served_by", head.served_by)):
            if wrong:
                faults.append(f"只有 letter 可以写 {name}")
        if head.service != "none":
            faults.append("只有 letter 可以写 service")
    if head.kind != "record" and (head.of or head.only):
        faults.append("只有 record 可以写 of 和 only")
    if head.served_by and head.service != "receipt":
        faults.append("写了 served_by 的文书要有送达回证，service 应为 receipt")
    if head.adverse and head.service != "receipt":
        faults.append("对当事人不利的文书必须送达，service 应为 receipt")
    if head.public and (head.full or head.kind != "list"):
        faults.append("公开张贴的（public）只能是 list，号码不能写全")
    if head.kind == "letter" and head.full:
        faults.append("发给当事人的文书不印完整号码，numbers 应为 masked")
    return faults
