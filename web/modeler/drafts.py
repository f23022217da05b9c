"""Drafts: the list, one draft with what it changes and what is wrong with it, and everything done to it as a whole."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine import clock
from engine.database import db
from engine.deployments import operations as deployments
from engine.deployments import queries as proposals
from engine.deployments.doubts import TICKS, doubts
from engine.drafts import checking, operations, queries, rebasing
from engine.drafts.models import ModelDraft
from engine.errors import Conflict, DoudiError, Invalid, NotFound, ReleaseRefused
from engine.releases import archive, diff
from engine.releases import operations as releases
from engine.releases import queries as release_queries
from engine.releases.diff import texts
from engine.releases.lint.report import FileReport
from engine.rules.veto import Question, veto
from web.modeler.views import blueprint
from web.security import me, uploads

uploads.takes("modeler.import_zip")
#: So many changed files are looked at while the page is drawn; of more the whole check says what is wrong.
QUICK = 12


@blueprint.get("/models/drafts")
def drafts() -> str:
    """What is being worked on, what waits, and what became of the others."""
    return _drafts({})


@blueprint.post("/models/drafts")
def begin_draft() -> ResponseReturnValue:
    """A new draft on the current release, or on the one that the form names."""
    try:
        made = operations.begin(me(), request.form.get("title", ""), request.form.get("base") or None)
    except Invalid as error:
        return _drafts(error.by_field), 422
    flash(f"已开始草稿“{made.title}”。修改自动保存，发布之前不影响任何办件。", "success")
    return redirect(url_for("modeler.draft", draft_id=made.id), 303)


@blueprint.get("/models/drafts/<int:draft_id>")
def draft(draft_id: int) -> str:
    """One draft: what it changes in words, what is wrong with these files, and how it is proposed."""
    return page(_seen(draft_id))


@blueprint.post("/models/drafts/<int:draft_id>/<any(discard, restore, rename):verb>")
def end_draft(draft_id: int, verb: str) -> ResponseReturnValue:
    """Gives a draft up, takes that back, or calls it otherwise."""
    if verb == "rename":
        try:
            operations.rename(draft_id, me(), title=request.form.get("title", ""), note=request.form.get("note", ""))
        except Invalid as error:
            return page(_seen(draft_id), problems=error.by_field), 422
        flash("已保存。", "success")
        return redirect(url_for("modeler.draft", draft_id=draft_id), 303)
    change = operations.discard if verb == "discard" else operations.restore_draft
    made = change(draft_id, me())
    words = "已放弃，内容还在，需要时可以恢复" if verb == "discard" else "已恢复，可以继续编辑"
    flash(f"草稿“{made.title}”{words}。", "success")
    return redirect(url_for("modeler.draft", draft_id=draft_id), 303)


@blueprint.post("/models/drafts/<int:draft_id>/file")
def put_back(draft_id: int) -> ResponseReturnValue:
    """Puts one file back to what the base has, or takes it out of the draft."""
    change = operations.remove if request.form.get("do") == "remove" else operations.restore
    try:
        change(draft_id, me(), request.form.get("path", ""), version=_number("version"))
        flash("已改回基础版本的内容。" if change is operations.restore else "已从草稿中删除这个文件。", "success")
    except (Conflict, Invalid, NotFound) as error:
        flash(said(error), "error")
    return redirect(url_for("modeler.draft", draft_id=draft_id), 303)


@blueprint.get("/models/drafts/<int:draft_id>/copies/<int:copy_id>")
def side_copy(draft_id: int, copy_id: int) -> str:
    """A text that came second beside the one that is there, in words and line by line."""
    found = _seen(draft_id)
    session = db.session()
    aside, mine = queries.side_copy(session, draft_id, copy_id)
    try:
        theirs = queries.content(session, found, aside.path)
        data, version = theirs.data, theirs.version
    except NotFound as gone:
        data, version = b"", int(gone.data.get("version", 0))  # type: ignore[attr-defined]
    return render_template(
        "modeler/side_copy.html",
        draft=found,
        aside=aside,
        row=queries.row(session, draft_id, aside.path),
        version=version,
        changes=diff.compare_file(aside.path, data, mine),
        lines=texts.compare(data.decode(), mine.decode()),
        mine=mine.decode(),
        own=aside.made_by_id == me().id and found.state == "open",
    )


@blueprint.post("/models/drafts/<int:draft_id>/copies/<int:copy_id>")
def settle_copy(draft_id: int, copy_id: int) -> ResponseReturnValue:
    """Which of the two texts stays."""
    answer = request.form.get("answer", "")
    try:
        operations.settle(draft_id, me(), copy_id, answer, version=_number("version"))
    except Conflict as error:
        flash(said(error), "error")
        return redirect(url_for("modeler.side_copy", draft_id=draft_id, copy_id=copy_id), 303)
    flash("已换成您的内容。" if answer == "mine" else "已保留对方的内容，您的副本已删除。", "success")
    return redirect(url_for("modeler.draft", draft_id=draft_id), 303)


@blueprint.route("/models/drafts/<int:draft_id>/rebase", methods=["GET", "POST"])
def rebase(draft_id: int) -> ResponseReturnValue:
    """Takes in what was released meanwhile, file by file."""
    found, session = _seen(draft_id), db.session()
    onto = request.values.get("onto") or release_queries.current(session).id
    problems: dict[str, str] = {}
    if request.method == "POST":
        answers = {
            key.removeprefix("answers."): text for key, text in request.form.items() if key.startswith("answers.")
        }
        try:
            operations.rebase(draft_id, me(), onto, answers)
        except Invalid as error:
            problems = error.by_field
        else:
            flash(f"草稿已并到版本 {onto[:12]}。请再检查一遍。", "success")
            return redirect(url_for("modeler.draft", draft_id=draft_id), 303)
    new = release_queries.contents(onto, session)
    between = rebasing.between(session, found, onto)
    mine = queries.files(session, found)
    base = release_queries.contents(found.base_id, session)
    both = [
        (
            diff.compare_file(path, base.get(path), mine.get(path)),
            diff.compare_file(path, base.get(path), new.get(path)),
        )
        for path in between.both
    ]
    titles = {
        path: diff.title_of(path, mine.get(path) or new.get(path) or b"")
        for part in (between.mine, between.theirs)
        for path in part
    }
    return render_template(
        "modeler/rebase.html", draft=found, onto=onto, between=between, both=both, titles=titles, problems=problems
    ), 422 if problems else 200


@blueprint.post("/models/drafts/<int:draft_id>/zip")
def import_zip(draft_id: int) -> ResponseReturnValue:
    """Takes the files of a zip into the draft."""
    found = _seen(draft_id)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid.at("file", "请选择要导入的 zip 文件。")
        files = archive.unpack(sent.read())
        count = operations.take_in(draft_id, me(), files, instead=request.form.get("instead") == "yes")
    except Invalid as error:
        return page(found, problems=error.by_field), 422
    flash(
        f"已导入，{count} 个文件与草稿不同，已经换上。" if count else "压缩包里的内容和草稿一样，没有变化。", "success"
    )
    return redirect(url_for("modeler.draft", draft_id=draft_id), 303)


@blueprint.post("/models/drafts/<int:draft_id>/propose")
def propose(draft_id: int) -> ResponseReturnValue:
    """Checks everything and proposes the draft; or, with `do=check`, only checks."""
    found = _seen(draft_id)
    form = request.form
    if form.get("do") == "check":
        reports = releases.judge(queries.files(db.session(), found))
        return page(found, reports=reports, given=form)
    try:
        made = deployments.propose(
            me(),
            draft_id,
            note=form.get("note", ""),
            key=form.get("key") or secrets.token_hex(16),
            valid_from=instant(form.get("day", ""), form.get("time", "")),
            accepted=form.getlist("accepted"),
        )
    except ReleaseRefused as refused:
        return page(
            found, reports=refused.data["reports"], given=form, message="检查没有通过，没有提请。请按清单修改。"
        ), 422  # type: ignore[attr-defined]
    except Invalid as error:
        return page(_seen(draft_id), given=form, problems=error.by_field), 422
    except Conflict as error:
        onto = str(error.data.get("onto") or "")  # type: ignore[attr-defined]
        return page(_seen(draft_id), given=form, message=error.message, onto=onto), 409
    flash("已提请发布，等待另一人确认。确认之前一切照旧，草稿暂不能改。", "success")
    return redirect(url_for("modeler.proposal", proposal_id=made.id), 303)


def page(
    found: ModelDraft,
    *,
    given: Mapping[str, Any] | None = None,
    reports: Sequence[FileReport] | None = None,
    problems: Mapping[str, str] | None = None,
    message: str = "",
    onto: str = "",
) -> str:
    """The page of a draft. `given` is what was typed; `reports` what the whole lint said, when it was asked; `onto` the
    release on which it would have to stand."""
    session = db.session()
    base, files = release_queries.contents(found.base_id, session), queries.files(session, found)
    changes = diff.compare(base, files)
    current = release_queries.current(session).id
    may = bool(veto.ask(session, Question("deploy", me())))
    changed = [each.path for each in changes.files if each.path in files and each.kind != "layout"]
    quick = None
    if reports is None and found.state == "open":
        quick = checking.said(releases.judge_one(files, path) for path in changed[:QUICK])
    asked = may and found.state == "open" and not changes.empty
    return render_template(
        "modeler/draft.html",
        draft=found,
        state=queries.STATES[found.state],
        changes=changes,
        rows={row.path: row for row in queries.rows(session, found.id)},
        kinds={**diff.KINDS, "layout": "排版"},
        copies=queries.side_copies(session, found.id),
        may=may,
        mine=me().id,
        current=current,
        onto=onto or (current if found.base_id != current and found.state == "open" else ""),
        doubts=doubts(session, files, "", clock.now()) if asked else [],
        ticks=TICKS,
        accepted=request.form.getlist("accepted"),
        proposals=proposals.proposals(session, draft_id=found.id),
        proposal_states=proposals.STATES,
        quick=quick,
        reports=None if reports is None else [each for each in reports if not each.ok],
        given=given if given is not None else {"note": found.note, "key": secrets.token_hex(16)},
        problems=problems or {},
        message=message,
    )


def _drafts(problems: Mapping[str, str]) -> str:
    session = db.session()
    veto.require(session, Question("see_models", me()))
    open_, over = queries.drafts(session, "open", "proposed"), queries.drafts(session, "deployed", "discarded")
    return render_template(
        "modeler/drafts.html",
        open=open_,
        over=over,
        counts=queries.changed(session, [each.id for each in (*open_, *over)]),
        states=queries.STATES,
        current=release_queries.current(session).id,
        may=bool(veto.ask(session, Question("deploy", me()))),
        title=request.form.get("title", ""),
        problems=problems,
    )


def _seen(draft_id: int) -> ModelDraft:
    session: Session = db.session()
    veto.require(session, Question("see_models", me()))
    return queries.one(session, draft_id)


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def instant(day: str, time: str) -> datetime | None:
    """A day and a time of it (0:00 when it is left out) in Shanghai; None for no day."""
    if not day.strip():
        return None
    try:
        found = datetime.fromisoformat(f"{day.strip()}T{time.strip() or '00:00'}")
    except ValueError:
        raise Invalid.at("valid_from", "请写日期（2027-01-01）和时间（08:00）。") from None
    return found.replace(tzinfo=clock.ZONE)


def said(error: DoudiError) -> str:
    """The first thing that is wrong."""
    return next(iter(error.by_field.values())) if isinstance(error, Invalid) else error.message
