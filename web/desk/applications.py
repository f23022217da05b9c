"""What one may start at the window: applications first, then what else the roles allow."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import Invalid, Refused
from engine.releases.starts import GROUPS
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from registers.cases import starts
from web.desk import drawing, starting
from web.desk.views import blueprint
from web.security import carry, csrf, me

carry.keeps_draft("desk.application", runtime.start_key)
#: What a tile says below its name: of the process itself, else of its kind.
TOLD = {
    "relief": "填写申请表，系统自动登记办件并开始计时",
    "change": "登记家庭变化、退出等事项，系统自动建立办件",
    "complaint": "逐件登记、逐件办理、逐件答复",
    "filing": "登记备案或检查，系统自动建立办件",
    "money": "登记资金事项，系统自动建立办件",
    "dibao": "人均收入低于低保标准、财产符合规定的家庭，按月补差",
    "tekun": "无劳动能力、无生活来源、无人赡养抚养的老年人、残疾人、未成年人",
    "temporary_relief": "火灾、事故、急病等突发困难，急难的先救助后补手续",
    "marginal": "收入略高于低保标准的困难家庭，认定后可享受专项救助",
    "hardship": "医疗、教育等刚性支出过大的家庭，认定后可享受专项救助",
    "elderly_allowance": "高龄老人按年龄段领取津贴，每年认证一次",
    "petition": "投诉、举报、建议、咨询：逐件登记、逐件办理、逐件答复",
    "outreach": "走访发现可能漏保的家庭，帮助申请",
}


@blueprint.get("/desk/apply")
def apply() -> ResponseReturnValue:
    """What this person may start, by headings."""
    found = starts.offered(db.session(), me())
    may_search = bool(veto.ask(db.session(), Question("search", me())))
    return render_template("desk/apply.html", groups=found, titles=GROUPS, told=TOLD, may_search=may_search)


@blueprint.route("/desk/apply/<process_id>", methods=["GET", "POST"])
def application(process_id: str) -> ResponseReturnValue:
    """The first form of a case; posting starts it."""
    start = starting.at_the_window(process_id)
    if request.method == "GET" or drawing.wants_edit():
        return starting.page("desk/application.html", start, edited=request.method == "POST")
    given = drawing.posted()
    if request.form.get("_paste"):  # What stands in the form waits as a draft while its table is read.
        runtime.save_draft(start.key, me(), given)
        return redirect(url_for("desk.table", process_id=process_id, name=request.form["_paste"][:60]), 303)
    if request.form.get("_do") == "save":
        runtime.save_draft(start.key, me(), given)
        flash("草稿已保存，只有您自己能看到。", "success")
        return redirect(start.url())
    try:
        instance_id, before = starting.begin(start, given)
    except Invalid as error:
        problems = starting.everything(start, given, error)
        return starting.page("desk/application.html", start, given=given, problems=problems), 422
    except Refused as refused:
        return starting.page("desk/application.html", start, given=given, message=refused.message), 403
    if before:
        flash("这份申请刚才已经登记，没有重复登记。", "info")
    elif start.process.group == "relief":
        flash("已登记。请把回执打印出来交给申请人。", "success")
    else:
        flash("已登记。请按下面的提示继续办理。", "success")
    lands = "desk.intake_receipt" if start.process.group == "relief" else "desk.case"
    return redirect(url_for(lands, instance_id=instance_id))


@blueprint.post("/desk/apply/<process_id>/draft")
def application_draft(process_id: str) -> ResponseReturnValue:
    return drawing.keep_draft(runtime.start_key(process_id))


@blueprint.post("/desk/apply/<process_id>/preview")
def application_preview(process_id: str) -> ResponseReturnValue:
    start = starting.at_the_window(process_id)
    given, focus = drawing.pressed(start.form) or (drawing.posted(), "")
    return str(start.draw(given=given, focus=focus))


@csrf.redraws("desk.application")
def again(message: str, process_id: str) -> str:
    start = starting.at_the_window(process_id)
    return starting.page("desk/application.html", start, given=drawing.posted(), message=message)
