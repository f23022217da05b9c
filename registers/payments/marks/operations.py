"""Taking in lists of other offices: who died, who is in prison, who moved away. One wrong line and nothing is taken."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import secrets
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.forms.kinds import id_number as read_number
from engine.forms.mask import id_number as mask
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.transactions import act
from registers.payments.bank.returns import text_of
from registers.payments.marks.models import Mark
from registers.payments.words import MARKS

COLUMNS = ("身份证号", "情况", "日期")
CODES = {name: code for code, name in MARKS.items()}
TOLD = 50
MOST = 100_000


def import_marks(actor: Actor, data: bytes, source: str, area: str) -> int:
    """Takes in a CSV with the columns 身份证号, 情况 (死亡, 服刑, 强制隔离戒毒, 迁出), 日期; how many lines were new.
    Raises Invalid with every wrong line. A line that is there already is no fault: lists come again every month."""
    source = written("source", source, longest=120, empty="请写明信息来源，例如：殡葬信息2026年3月。")
    wanted = read(data)
    with act(Verb.MARKS_IMPORTED, actor) as deed:
        veto.require(deed.session, Question("import_marks", actor, facts={"area": area}))
        known = {
            (fingerprint, kind, since)
            for fingerprint, kind, since in deed.session.execute(select(Mark.fingerprint, Mark.kind, Mark.since))
        }
        new = [each for each in wanted if (secrets.fingerprint(each[0]), each[1], each[2]) not in known]
        for number, kind, since in new:
            _add(deed.session, number, kind, since, source, actor.name, deed.now)
        deed.record(deed.subject("marks"), after={"count": len(new), "source": source}, clause="plan:2.1.2")
    return len(new)


def end(actor: Actor, mark_id: int, *, until: date, reason: str, area: str) -> Mark:
    """Somebody was released or came back, or the list was wrong; the mark stays with its last day."""
    reason = written("reason", reason, longest=300, empty="请写明依据。")
    with act(Verb.MARK_ENDED, actor) as deed:
        veto.require(deed.session, Question("import_marks", actor, facts={"area": area}))
        mark = deed.session.get(Mark, mark_id, with_for_update=True, populate_existing=True)
        if mark is None:
            raise NotFound("没有找到这条比对信息，请刷新后再试。")
        if mark.until is not None:
            raise Conflict("这条比对信息已经结束。")
        mark.until = until
        deed.record(deed.subject("marks"), after={"kind": MARKS[mark.kind]}, reason=reason, clause="plan:2.1.2")
    return mark


def note(session: Session, *, id_number: str, kind: str, since: date, source: str, who: str, now: object) -> None:
    """A mark from within another operation (a death that was reported in a case); once for the same day."""
    number, fault, _ = read_number(id_number)
    known = select(Mark.id).where(
        Mark.fingerprint == secrets.fingerprint(number), Mark.kind == kind, Mark.since == since
    )
    if not fault and session.scalar(known) is None:
        _add(session, number, kind, since, source, who, now)


def read(data: bytes) -> list[tuple[str, str, date]]:
    """(ID number, kind, since) of every line, each once; Invalid with every wrong line."""
    try:
        sheet = list(csv.reader(StringIO(text_of(data)), strict=True))
    except csv.Error:
        raise Invalid.at("file", "文件不是有效的 CSV：引号没有成对，或一格太长。") from None
    if [cell.strip() for cell in (sheet[0] if sheet else [])][:3] != list(COLUMNS):
        raise Invalid.at("file", f"第1行：表头应为：{','.join(COLUMNS)}。")
    if len(sheet) > MOST:
        raise Invalid.at("file", f"一次最多导入{MOST}行，请分开导入。")
    problems, found = [], {}
    for number, cells in enumerate(sheet[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        line = _line([cell.strip().lstrip("'") for cell in [*cells, "", "", ""]])
        if isinstance(line, str):
            problems.append(f"第{number}行：{line}")
        else:
            found[line] = line
    if not problems and not found:
        problems.append("文件里没有数据。")
    if problems:
        told = problems[:TOLD] + ([f"还有{len(problems) - TOLD}行有误没有列出。"] if len(problems) > TOLD else [])
        raise Invalid(
            f"文件有{len(problems)}处问题，没有导入。", problems=[{"field": "file", "message": each} for each in told]
        )
    return list(found)


def _line(cells: list[str]) -> tuple[str, str, date] | str:
    number, fault, _ = read_number(cells[0])
    if fault:
        return f"身份证号{fault}。"
    if cells[1] not in CODES:
        return f"情况“{cells[1][:20]}”只能是{'、'.join(CODES)}。"
    try:
        since = date.fromisoformat(cells[2])
    except ValueError:
        return f"日期“{cells[2][:20]}”应写成2026-03-01的形式。"
    return number, CODES[cells[1]], since


def _add(session: Session, number: str, kind: str, since: date, source: str, who: str, now: object) -> None:
    session.add(
        Mark(
            fingerprint=secrets.fingerprint(number),
            masked=mask(number),
            kind=kind,
            since=since,
            source=source,
            noted_by=who,
            noted_at=now,
        )
    )
