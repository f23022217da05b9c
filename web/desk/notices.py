"""The documents of a case: look at one, print one, record that a letter was served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.releases.loaded import LoadedRelease
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.cases.page import CasePage
from registers.notices import operations, paper, queries, records
from registers.notices.models import DocumentPrint, Notice
from registers.notices.words import METHODS
from web.desk.views import blueprint
from web.security import csrf, me

#: For so long after a print its file may be fetched again (a browser does); later it is a copy, and says so.
FETCHED = timedelta(minutes=15)


@dataclass(frozen=True)
class Letter:
    """A document that was issued, as the case page lists it."""

    id: int
    title: str
    sub: str
    light: str = ""
    words: str = ""
    serves: bool = False


@dataclass(frozen=True)
class Documents:
    """What the file of a case holds. `unserved`: letters that must be served and were not.
    `taken_in`: it began at the window, so there is a receipt of that."""

    letters: list[Letter] = field(default_factory=list)
    sheets: list[queries.Sheet] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    unserved: int = 0
    taken_in: bool = False


def documents(session: Session, release: LoadedRelease, page: CasePage) -> Documents:
    """The list of documents on a case's page; the caller asked whether the person may see the case."""
    instance, issued = page.instance, page.notices
    receipts = {each.notice_id: each for each in page.deliveries}
    may = bool(veto.ask(session, Question("serve", me(), instance=instance)))
    letters = [_letter(each, receipts.get(each.id), may) for each in reversed(issued)]
    sheets = queries.sheets(session, instance.id, release)
    files = [(key, records.title(release, key)) for key in (records.INDEX,) if key in release.notices]
    if records.EXTENSION in release.notices and any(each.lap for each in page.clocks):
        files.append((records.EXTENSION, records.title(release, records.EXTENSION)))
    missing = sum(each.service == "receipt" and each.id not in receipts for each in issued)
    taken_in = release.processes[instance.process_id].group == "relief" and page.case is not None
    return Documents(letters, sheets, files if issued or sheets else [], missing, taken_in)


def _letter(notice: Notice, receipt: queries.Delivery | None, may: bool) -> Letter:
    sub = " · ".join(filter(None, (notice.number, f"{notice.issued_at:%Y-%m-%d}")))
    if notice.service == "hand":
        return Letter(notice.id, notice.title, sub, "idle", "当面交付")
    if notice.service != "receipt":
        return Letter(notice.id, notice.title, sub)
    if receipt is None:
        return Letter(notice.id, notice.title, sub, "yellow", "未送达", serves=may)
    said = f"{receipt.delivered_on} {METHODS.get(receipt.method, receipt.method)}"
    said += f"，{receipt.receiver}签收" if receipt.receiver else ""
    return Letter(notice.id, notice.title, f"{sub}；{said}", "done", "已送达")


@blueprint.get("/cases/<int:instance_id>/notices/<int:notice_id>")
def notice(instance_id: int, notice_id: int) -> str:
    """A document as it was issued."""
    session, instance = db.session(), seen(instance_id)
    found = of(session, instance, notice_id)
    receipt = next((e for e in queries.deliveries(session, instance_id) if e.notice_id == notice_id), None)
    return page(
        instance,
        found.title,
        found.html,
        number=found.number or "",
        what=f"notice:{notice_id}",
        print_url=url_for("desk.print_notice", instance_id=instance_id, notice_id=notice_id),
        notice=found,
        receipt=receipt,
        methods=METHODS,
        may_serve=receipt is None and bool(veto.ask(session, Question("serve", me(), instance=instance))),
    )


@blueprint.post("/cases/<int:instance_id>/notices/<int:notice_id>/print")
def print_notice(instance_id: int, notice_id: int) -> ResponseReturnValue:
    return fetched(operations.print_notice(me(), instance_id, notice_id))


@blueprint.get("/cases/<int:instance_id>/notices/<int:notice_id>/receipt")
def receipt(instance_id: int, notice_id: int) -> str:
    """The receipt of a letter: to take along and have signed, or as it was recorded."""
    session, instance = db.session(), seen(instance_id)
    found = of(session, instance, notice_id)
    head, html = records.receipt(session, instance, found, me(), clock.now())
    return page(
        instance,
        head.title,
        html,
        number=operations.named(found),
        what=f"receipt:{notice_id}",
        print_url=url_for("desk.print_receipt", instance_id=instance_id, notice_id=notice_id),
    )


@blueprint.post("/cases/<int:instance_id>/notices/<int:notice_id>/receipt/print")
def print_receipt(instance_id: int, notice_id: int) -> ResponseReturnValue:
    return fetched(operations.print_notice(me(), instance_id, notice_id, receipt=True))


@blueprint.route("/cases/<int:instance_id>/notices/<int:notice_id>/delivery", methods=["GET", "POST"])
def delivery(instance_id: int, notice_id: int) -> ResponseReturnValue:
    """Records that a letter was served, where no task of the flow does."""
    if request.method == "GET":
        return delivery_page(instance_id, notice_id)
    try:
        operations.deliver(me(), instance_id, notice_id, request.form)
    except Invalid as error:
        return delivery_page(instance_id, notice_id, error=error), 422
    flash("已登记送达。", "success")
    return redirect(url_for("desk.notice", instance_id=instance_id, notice_id=notice_id))


@csrf.redraws("desk.delivery")
def delivery_again(message: str, instance_id: int, notice_id: int) -> str:
    return delivery_page(instance_id, notice_id, error=Invalid(message))


def delivery_page(instance_id: int, notice_id: int, error: Invalid | None = None) -> str:
    session, instance = db.session(), seen(instance_id)
    veto.require(session, Question("serve", me(), instance=instance))
    found = of(session, instance, notice_id)
    if found.id not in {each.id for each in queries.unserved(session, instance_id)}:
        raise NotFound("这份文书不需要登记送达，或者已经登记，请返回办件查看。")
    typed: Mapping[str, str] = request.form if request.method == "POST" else {"delivered_on": clock.today().isoformat()}
    problems = {each["field"]: each["message"] for each in (error.data.get("problems") or [])} if error else {}
    return render_template(
        "cases/delivery.html",
        notice=found,
        instance_id=instance_id,
        methods=METHODS,
        typed=typed,
        problems=problems,
        message=error.message if error else "",
    )


@blueprint.get("/cases/<int:instance_id>/records/<template>")
@blueprint.get("/cases/<int:instance_id>/records/<template>/<int:submission_id>")
def record(instance_id: int, template: str, submission_id: int | None = None) -> str:
    """A record of the file, numbers of people masked; on paper it has them in full where its template says so."""
    session, instance = db.session(), seen(instance_id)
    head, html = made(session, instance, template, submission_id, full=False)
    return page(
        instance,
        head.title,
        html,
        what=operations.print_key(instance_id, template, submission_id),
        print_url=url_for("desk.print_record", instance_id=instance_id, template=template, submission_id=submission_id),
        full=head.full and bool(veto.ask(session, Question("unmask", me(), instance=instance))),
    )


@blueprint.post("/cases/<int:instance_id>/records/<template>/print")
@blueprint.post("/cases/<int:instance_id>/records/<template>/<int:submission_id>/print")
def print_record(instance_id: int, template: str, submission_id: int | None = None) -> ResponseReturnValue:
    session, instance = db.session(), seen(instance_id)
    head, _ = made(session, instance, template, submission_id, full=False)
    full = head.full and bool(veto.ask(session, Question("unmask", me(), instance=instance)))
    title = f"{head.title}{'（号码完整）' if full else ''}"
    return fetched(operations.print_record(me(), instance_id, template, submission_id, title))


@blueprint.get("/cases/<int:instance_id>/prints/<int:print_id>.pdf")
def printed(instance_id: int, print_id: int) -> Response:
    """The file of one print, for whoever made it and while it is fresh; it is set outside any transaction."""
    session, instance = db.session(), seen(instance_id)
    row = session.get(DocumentPrint, print_id)
    if row is None or row.instance_id != instance_id or row.printed_by_id != me().id:
        raise NotFound("没有找到这份打印件，请从办件页重新打印。")
    if clock.wall() - row.printed_at > FETCHED:
        raise NotFound("这份打印件已经过了取件时间，请重新打印；重新打印的会标明“副本”。")
    title, number, html = text_of(session, instance, row.what)
    mark = operations.copy_words(row.copy) if row.copy else ""
    session.rollback()  # Nothing is read any more: the transaction must not wait for the type-setting.
    made_of = make_response(paper.pdf(html, title, mark=mark))
    made_of.headers["Content-Type"] = "application/pdf"
    how = "attachment" if request.args.get("how") == "download" else "inline"
    name = paper.filename(title, number, mark)
    made_of.headers["Content-Disposition"] = f"{how}; filename=\"document.pdf\"; filename*=UTF-8''{quote(name)}"
    return made_of


def text_of(session: Session, instance: Instance, what: str) -> tuple[str, str, str]:
    """Title, number and text of what a print stands for."""
    kind, first, *rest = what.split(":")
    if kind == "notice":
        found = of(session, instance, int(first))
        return found.title, found.number or "", found.html
    if kind == "receipt":
        letter = of(session, instance, int(first))
        head, html = records.receipt(session, instance, letter, me(), clock.now())
        return head.title, letter.number or "", html
    full = bool(veto.ask(session, Question("unmask", me(), instance=instance)))
    head, html = made(session, instance, rest[0], int(first) if kind == "record" else None, full=full)
    return head.title, "", html


def made(
    session: Session, instance: Instance, template: str, submission_id: int | None, *, full: bool
) -> tuple[records.Head, str]:
    """A record or a sheet of the file."""
    if submission_id is None:
        return records.sheet(session, instance, template, me(), clock.now())
    return records.record(session, instance, template, submission_id, me(), clock.now(), full=full)


def fetched(row: DocumentPrint) -> ResponseReturnValue:
    """On to the file of a print."""
    how = "download" if request.form.get("how") == "download" else None
    return redirect(url_for("desk.printed", instance_id=row.instance_id, print_id=row.id, how=how), 303)


def seen(instance_id: int) -> Instance:
    """A case that this person may see."""
    session = db.session()
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    veto.require(session, Question("view", me(), instance=instance))
    return instance


def of(session: Session, instance: Instance, notice_id: int) -> Notice:
    found = session.get(Notice, notice_id)
    if found is None or found.instance_id != instance.id:
        raise NotFound("没有找到这份文书，请从办件页重新打开。")
    return found


def page(instance: Instance, title: str, html: str, *, what: str, print_url: str, **more: object) -> str:
    """A document on the screen."""
    session = db.session()
    return render_template(
        "cases/notice.html",
        instance_id=instance.id,
        title=title,
        html=html,
        print_url=print_url,
        printed=queries.prints(session, instance.id).get(what, 0),
        may_print=bool(veto.ask(session, Question("print", me(), instance=instance))),
        **{"number": "", "full": False, "notice": None, "receipt": None, "may_serve": False, **more},
    )
