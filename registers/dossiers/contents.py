"""What belongs in a dossier, in the order of its index. Everything is read here; nothing is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import DoudiError
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Instance, Submission, WorkItem
from engine.runtime.services import ServiceCall  # noqa: F401 -- records speak of it
from registers.cases.page import history
from registers.files import queries as files
from registers.files.models import Attachment
from registers.files.words import KINDS, doubt, size, taken, when
from registers.notices import queries as notices
from registers.notices import records
from registers.notices.papers import Paper

FORMS, LETTERS, FILES, STORY = "表单和记录", "文书", "附件材料", "办理经过"


@dataclass(frozen=True)
class Entry:
    """One part: its line in the index, and either its text or the file that is appended."""

    group: str
    title: str
    on: date
    number: str = ""
    html: str = ""
    file: Attachment | None = None


def entries(session: Session, instance: Instance, actor: Actor, now: datetime, *, full: bool) -> list[Entry]:
    """Everything of a case that goes into its dossier. `full`: numbers of people in full, where the forms show them."""
    release = releases.load(instance.release_id, session)
    return [
        *_forms(session, instance, release, actor, now, full),
        *_letters(session, instance, actor, now),
        *_files(session, instance),
        Entry(STORY, "办理经过", now.date(), html=_story(session, instance)),
    ]


def _forms(
    session: Session, instance: Instance, release: LoadedRelease, actor: Actor, now: datetime, full: bool
) -> list[Entry]:
    """Each submission that counts, on the official sheets where there are any, else as the form itself reads."""
    sheets: dict[int, list[notices.Sheet]] = {}
    for each in notices.sheets(session, instance.id, release):
        sheets.setdefault(each.submission_id, []).append(each)
    found = []
    for made in _handed_in(session, instance.id):
        own = []
        for sheet in sheets.get(made.id, ()):
            try:
                head, html = records.record(session, instance, sheet.template, made.id, actor, now, full=full)
            except DoudiError:
                continue  # A sheet with a hole is no sheet; the form itself follows.
            own.append(Entry(FORMS, _titled(head.title, made), made.acted_at.date(), html=html))
        found += own or [_plain(session, release, made, full)]
    return found


def _plain(session: Session, release: LoadedRelease, made: Submission, full: bool) -> Entry:
    element = release.elements.get(made.element_id)
    title, paper = _titled(element.name if element else made.element_id, made), Paper(session, made, full)
    signed = f"<p>签字：{escape(paper.signers)}</p>"
    return Entry(FORMS, title, made.acted_at.date(), html=sheet_of(title, f"{paper.all}{signed}"))


def _titled(title: str, made: Submission) -> str:
    """What a form is called; both that which was corrected and what came in its place are in the dossier."""
    return f"{title}（补正后）" if made.supersedes_id is not None else title


def _handed_in(session: Session, instance_id: int) -> list[Submission]:
    """The last submission of each finished item, oldest first."""
    rows = session.scalars(
        select(Submission)
        .outerjoin(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(
            Submission.instance_id == instance_id,
            (WorkItem.state == "completed") | Submission.work_item_id.is_(None),
        )
        .order_by(Submission.id)
    )
    return sorted({each.work_item_id or -each.id: each for each in rows}.values(), key=lambda each: each.id)


def _letters(session: Session, instance: Instance, actor: Actor, now: datetime) -> list[Entry]:
    """The documents as they were issued, each with its receipt."""
    issued = notices.of_case(session, instance.id)
    served = {each.notice_id for each in notices.deliveries(session, instance.id, issued)}
    found = []
    for each in issued:
        found.append(Entry(LETTERS, each.title, each.issued_at.date(), each.number or "", html=each.html))
        if each.id in served:
            head, html = records.receipt(session, instance, each, actor, now)
            found.append(Entry(LETTERS, f"{head.title}（{each.title}）", each.issued_at.date(), html=html))
    return found


def _files(session: Session, instance: Instance) -> list[Entry]:
    return [
        Entry(FILES, f"{KINDS.get(each.kind, each.kind)}（附件{each.id}）", each.added_at.date(), file=each)
        for each in files.of_case(session, instance.id)
        if each.withdrawn_at is None
    ]


def _story(session: Session, instance: Instance) -> str:
    rows = "".join(
        f"<tr><td>{escape(when(each.at))}</td><td>{escape(each.who)}</td>"
        f"<td>{escape(each.text)}{f'<br>说明：{escape(each.reason)}' if each.reason else ''}</td></tr>"
        for each in history(session, instance.id)
    )
    table = f"<table><thead><tr><th>时间</th><th>办理人</th><th>经过</th></tr></thead><tbody>{rows}</tbody></table>"
    return sheet_of("办理经过", table)


def caption(given: Attachment) -> list[str]:
    """What stands above a picture, or on the sheet before a scan."""
    first = f"附件{given.id}　{KINDS.get(given.kind, given.kind)}　{given.name}　{size(given.size)}"
    second = f"{given.added_by} {when(given.added_at)} 上传"
    return [each for each in (first, second, taken(given), doubt(given), f"SHA-256 {given.sha256}") if each]


def sheet_of(title: str, body: str) -> str:
    """A page in the layout of a record."""
    head = f'<h1 class="doc-title">{escape(title)}</h1>'
    return f'<div class="doc doc-record">{head}<div class="doc-body">{body}</div></div>'
