"""The files of a case: looked at, downloaded, added on the case's own page, taken back."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import DoudiError, Invalid, Refused
from registers.files import operations, pictures, queries, store
from registers.files.models import Attachment
from registers.files.words import SHOWS_NUMBERS
from web.desk import uploads
from web.desk.views import blueprint
from web.security import me
from web.security import uploads as taking

taking.takes("desk.add_files")
CLOSED = "这份附件上有完整的号码，请在办件的“材料与文书”里按“查看”打开，查看会记入办理经过。"


@blueprint.get("/files/<int:file_id>")
def file(file_id: int) -> ResponseReturnValue:
    """A picture for the screen, upright and without what it says of itself; `small` for lists."""
    row, _ = queries.seen(db.session(), me(), file_id)
    if row.kind in SHOWS_NUMBERS:
        raise Refused(CLOSED)
    if not row.is_image:
        return redirect(url_for("desk.file_download", file_id=file_id))
    if request.args.get("small") and row.thumb:
        return sent(store.read(row.thumb), "image/jpeg", row.name, inline=True)
    return screen(row)


@blueprint.get("/files/<int:file_id>/download")
def file_download(file_id: int) -> ResponseReturnValue:
    """A file to keep: a picture freed of place, time and phone, a scan as it came."""
    row, _ = queries.seen(db.session(), me(), file_id)
    if row.kind in SHOWS_NUMBERS:
        raise Refused(CLOSED)
    return whole(row)


@blueprint.post("/cases/<int:instance_id>/files/<int:file_id>/open")
def file_unmasked(instance_id: int, file_id: int) -> Response:
    """A paper on which whole numbers can be read: looking at it stands in the journal."""
    row = operations.unmask(instance_id, me(), file_id)
    return screen(row) if row.is_image else whole(row)


@blueprint.post("/cases/<int:instance_id>/files")
def add_files(instance_id: int) -> ResponseReturnValue:
    """Files added on the page of a case, each by itself: what is refused keeps nothing else from being taken."""
    from web.desk import cases

    sent_ = [each for each in request.files.getlist("file") if each.filename]
    kind, taken, wrong = request.form.get("kind", "other"), 0, []
    if not sent_:
        wrong = ["请先选择文件，再按“上传”。"]
    for each in sent_:
        try:
            operations.attach(instance_id, me(), name=each.filename or "", stream=each.stream, kind=kind)
            taken += 1
        except Invalid as error:
            wrong.append(f"{each.filename}：{uploads.told(error)}")
    if taken:
        flash(f"已上传 {taken} 份附件。", "success")
    if wrong:
        return cases.page(instance_id, "papers", wrong={"file": wrong, "kind": kind}), 422
    return redirect(url_for("desk.case", instance_id=instance_id, tab="papers", _anchor="files"), 303)


@blueprint.post("/cases/<int:instance_id>/files/<int:file_id>/withdraw")
def withdraw_file(instance_id: int, file_id: int) -> ResponseReturnValue:
    """Takes a file back; the scar stays."""
    from web.desk import cases

    reason = request.form.get("reason", "")
    try:
        operations.withdraw(instance_id, me(), file_id, reason)
    except Invalid as error:
        return cases.page(
            instance_id, "papers", wrong={"withdraw": file_id, "why": uploads.told(error), "reason": reason}
        ), 422
    flash("附件已撤回。谁撤回的、为什么，留在办理经过里。", "success")
    return redirect(url_for("desk.case", instance_id=instance_id, tab="papers", _anchor="files"), 303)


def screen(row: Attachment) -> Response:
    data, type_ = _clean(row, pictures.SCREEN)
    return sent(data, type_, row.name, inline=True)


def whole(row: Attachment) -> Response:
    data, type_ = _clean(row, None) if row.is_image else (store.read(row.stored), row.type)
    return sent(data, type_, row.name, inline=False)


def _clean(row: Attachment, longest: int | None) -> tuple[bytes, str]:
    stored = row.stored
    db.session.rollback()  # Nothing is read any more: no transaction waits while the picture is made.
    try:
        return pictures.clean(store.read(stored), longest=longest)
    except DoudiError:
        raise
    except Exception as error:
        raise DoudiError(store.LOST) from error


def sent(data: bytes, type_: str, name: str, *, inline: bool) -> Response:
    """Bytes as a browser may take them: of the type that they are, under a Chinese name."""
    answer = make_response(data)
    answer.headers["Content-Type"] = type_
    ending = name[name.rfind(".") :] if "." in name else ""
    if type_ == "image/jpeg" and ending not in (".jpg", ""):
        name = name.removesuffix(ending) + ".jpg"
    how = "inline" if inline else "attachment"
    plain = "file.pdf" if type_ == "application/pdf" else "file" + (".png" if type_ == "image/png" else ".jpg")
    answer.headers["Content-Disposition"] = f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return answer
