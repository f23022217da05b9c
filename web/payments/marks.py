"""Taking in the lists of other offices: deaths, prison, moves."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.errors import Invalid
from registers.payments.bank.returns import LARGEST
from registers.payments.marks import operations
from registers.payments.marks.models import Mark
from registers.payments.words import MARKS
from web.payments.views import allowed, blueprint, township
from web.security import me


@blueprint.route("/marks", methods=["GET", "POST"])
def marks() -> ResponseReturnValue:
    """A list as a file; a wrong line and nothing is taken, each wrong line named."""
    session = allowed("import_marks")
    wrong: list[str] = []
    if request.method == "POST":
        sent = request.files.get("file")
        data = sent.read(LARGEST + 1) if sent else b""
        area = township() or me().grants[0].area
        try:
            count = operations.import_marks(me(), data, request.form.get("source", ""), area)
        except Invalid as error:
            wrong = [each["message"] for each in error.data["problems"]]  # type: ignore[index,union-attr]
        else:
            flash(f"已导入{count}条新信息。正在处理疑点的名册可以“重新比对”。", "success")
            return redirect(url_for("payments.marks"))
    recent = session.scalars(select(Mark).order_by(Mark.id.desc()).limit(100)).all()
    page = render_template(
        "payments/marks.html", recent=recent, kinds=MARKS, wrong=wrong, source=request.form.get("source", "")
    )
    return page, 422 if wrong else 200
