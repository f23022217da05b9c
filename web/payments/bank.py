"""Files of the banks: taking one, handing in what came back, what is done about failures."""

from __future__ import annotations

from urllib.parse import quote

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from registers.payments import operations
from registers.payments.bank.returns import LARGEST
from registers.payments.models import BankFile
from registers.payments.words import REMEDIES, fund_name, month_name
from web.payments.views import blueprint, of
from web.security import me


@blueprint.post("/files/<int:file_id>/take")
def take(file_id: int) -> ResponseReturnValue:
    """The file as the bank gets it; whoever takes it stands in the journal."""
    text, file = operations.take_file(me(), file_id)
    run, _ = of(file.run_id)
    answer = make_response(("﻿" + text).encode())
    name = f"{run.month}-{fund_name(run.fund)}-{file.bank}-{file.batch}.csv"
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/files/<int:file_id>/return", methods=["GET", "POST"])
def returned(file_id: int) -> ResponseReturnValue:
    """Hands in what a bank sent back; a file with a wrong line is refused as a whole, each line named."""
    file = db.session().get(BankFile, file_id)
    if file is None:
        raise NotFound("没有找到这份代发文件，请从发放页重新打开。")
    run, _ = of(file.run_id, "import_return")
    wrong: list[str] = []
    if request.method == "POST":
        sent = request.files.get("file")
        data = sent.read(LARGEST + 1) if sent else b""
        try:
            paid, failed = operations.import_return(me(), file_id, data)
        except Invalid as error:
            wrong = [each["message"] for each in error.data["problems"]]  # type: ignore[index,union-attr]
        except Conflict as error:
            wrong = [error.message]
        else:
            flash(f"已导入{file.bank}回盘：成功{paid}笔，失败{failed}笔。", "success")
            return redirect(url_for("payments.run", run_id=run.id))
    title = f"{month_name(run.month)}{fund_name(run.fund)}"
    return render_template("payments/returned.html", file=file, run=run, title=title, wrong=wrong), (
        422 if wrong else 200
    )


@blueprint.post("/<int:run_id>/failures")
def failures(run_id: int) -> ResponseReturnValue:
    """What is done about the ticked failures."""
    of(run_id)
    given = request.form
    ids = [int(each) for each in given.getlist("row") if each.isdecimal() and len(each) < 12]
    try:
        count = operations.remedy(me(), run_id, ids, remedy=given.get("remedy", ""), reason=given.get("reason", ""))
    except (Invalid, Conflict, Refused) as error:
        flash(error.message, "error")
    else:
        flash(f"已登记{count}笔：{REMEDIES[given['remedy']]}。", "success")
    return redirect(url_for("payments.run", run_id=run_id) + "#failures")
