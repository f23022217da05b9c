"""What was handed in, as documents read it: labels and the words of options, never codes; numbers of people masked
unless the document is one of the file itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.documents.sandbox import Safe
from engine.errors import DoudiError
from engine.forms.model import Field, Form
from engine.forms.reading import Part, Table, read_back
from engine.forms.words import shown
from engine.releases import queries as releases
from engine.runtime.models import Signature, Submission
from engine.runtime.services import ServiceCall
from registers.notices.words import day


class Fields:
    """The answers under some fields: `.name` is the answer in words, a list gives its rows, a group its own fields."""

    def __init__(self, fields: tuple[Field, ...], values: Mapping[str, Any], full: bool) -> None:
        self._fields = {one.key: one for one in _keyed(fields)}
        self._values, self._full = values, full

    def __getitem__(self, name: str) -> Any:
        field = self._fields[name]
        value = self._values.get(name)
        if field.type == "dynamiclist":
            return [Fields(field.children, row, self._full) for row in value or []]
        if field.type == "group":
            return Fields(field.children, value or {}, self._full)
        return shown(field, value, masked=not self._full)


def _keyed(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        if one.type == "group" and not one.key:
            yield from _keyed(one.children)
        elif one.key:
            yield one


class Paper(Fields):
    """One submission: its fields, and `all` (the whole form as tables), `signers`, `author`, `on`."""

    def __init__(self, session: Session, made: Submission, full: bool) -> None:
        form: Form = releases.load(made.release_id, session).forms[made.form]
        super().__init__(form.fields, made.values, full)
        self._session, self._made, self._form = session, made, form

    @property
    def all(self) -> Safe:
        return Safe("".join(map(_part, read_back(self._form, self._made.values, not self._full))))

    @property
    def signers(self) -> str:
        """Who signed it, with the day of each."""
        signed = self._session.scalars(
            select(Signature)
            .where(Signature.submission_id == self._made.id, Signature.valid.is_(True))
            .order_by(Signature.id)
        )
        found = [f"{each.actor_name}（{day(each.signed_at)}）" for each in signed]
        return "、".join(found) or f"{self._made.author_name}（{day(self._made.acted_at)}）"

    @property
    def author(self) -> str:
        return self._made.author_name

    @property
    def on(self) -> str:
        return day(self._made.acted_at)


class Nothing:
    """A task at which nothing was handed in: false, and reading a field of it stops the document."""

    def __init__(self, task: str) -> None:
        self._task = task

    def __bool__(self) -> bool:
        return False

    def __getitem__(self, name: str) -> Any:
        raise DoudiError(f"环节“{self._task}”还没有提交，文书不能引用它的“{name}”。")


class Papers:
    """`form.TASK`: the latest submission made at a user task of the case, or of the case that it belongs to."""

    def __init__(self, call: ServiceCall, full: bool) -> None:
        self._call, self._full = call, full

    def __getitem__(self, task: str) -> Paper | Nothing:
        made = self._call.submission(task)
        if made is None and self._call.instance.parent_id is not None:
            made = self._call.session.scalar(
                select(Submission)
                .where(Submission.instance_id == self._call.instance.parent_id, Submission.element_id == task)
                .order_by(Submission.id.desc())
                .limit(1)
            )
        return Nothing(task) if made is None else Paper(self._call.session, made, self._full)


def _part(part: Part) -> str:
    """A group of a form: its heading, its answers two a row, its lists."""
    head = f'<h2 class="doc-group">{escape(part.title)}</h2>' if part.title else ""
    return head + _answers(part.answers) + "".join(map(_table, part.tables))


def _answers(answers: list[tuple[str, str]]) -> str:
    if not answers:
        return ""
    rows, waiting = [], []
    for label, words in answers:
        cell = f"<th>{escape(label)}</th>"
        if len(words) > 14 or "\n" in words:
            rows += [_pair(waiting)] if waiting else []
            rows.append(f'<tr>{cell}<td colspan="3">{_lines(words)}</td></tr>')
            waiting = []
        else:
            waiting.append(f"{cell}<td>{escape(words)}</td>")
            if len(waiting) == 2:
                rows.append(_pair(waiting))
                waiting = []
    rows += [_pair(waiting)] if waiting else []
    return f'<table class="doc-pairs"><tbody>{"".join(rows)}</tbody></table>'


def _pair(cells: list[str]) -> str:
    if len(cells) == 1:
        return "<tr>" + cells[0].replace("<td>", '<td colspan="3">') + "</tr>"
    return f"<tr>{''.join(cells)}</tr>"


def _table(table: Table) -> str:
    heads = "".join(f"<th>{escape(each)}</th>" for each in table.heads)
    rows = "".join(f"<tr>{''.join(f'<td>{_lines(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    if not table.rows:
        rows = f'<tr><td colspan="{max(len(table.heads), 1)}">无</td></tr>'
    return (
        f'<table class="doc-rows"><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _lines(words: str) -> str:
    return escape(words).replace("\n", "<br>")
