"""Failures as pages that say what happened and what to do next; for htmx as one line to show."""

from __future__ import annotations

import secrets

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from engine import clock
from engine.database import db
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused, Unmade
from web import clauses

KINDS: tuple[tuple[type[DoudiError], int, str], ...] = (
    (Refused, 403, "不能办理"),
    (NotFound, 404, "没有找到"),
    (Conflict, 409, "有了变化"),
    (Invalid, 422, "填写有误"),
    (Unmade, 503, "暂时不能生成"),
)
PAGES = {
    400: ("请求有误", "浏览器发来的内容不完整，请返回上一页重试。"),
    403: ("不能访问", "您没有权限访问这个页面。"),
    404: ("没有这个页面", "地址可能写错了，或者这条记录已被撤回。"),
    405: ("不能这样访问", "这个地址只接受表单提交，请从页面上的按钮进入。"),
    413: (
        "内容太大",
        "提交的内容超过了上限，没有保存。请返回上一页，删减文字，或者把附件分开、压缩后再上传；视频不能上传。",
    ),
    415: ("格式不对", "浏览器发来的格式无法识别，请换用 Chrome、Edge 等浏览器。"),
    429: ("操作太频繁", "请稍等一分钟再试。"),
}


def install(app: Flask) -> None:
    app.register_error_handler(DoudiError, known)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unknown)


def known(error: DoudiError) -> ResponseReturnValue:
    """An exception of the house: its message is written for the person."""
    for kind, status, title in KINDS:
        if isinstance(error, kind):
            problems = [each["message"] for each in error.data.get("problems", [])]  # type: ignore[attr-defined]
            return page(status, title, error.message, clause=error.data.get("clause"), problems=problems)
    return unknown(error)


def http(error: HTTPException) -> ResponseReturnValue:
    """404, 405, 413 … in Chinese; a redirect stays one."""
    code = error.code or 500
    if code < 400:
        return error
    title, message = PAGES.get(code, ("出了问题", "请返回上一页重试；仍不行请联系管理员。"))
    return page(code, title, message)


def unknown(error: Exception) -> ResponseReturnValue:
    """What nobody foresaw: a number that the person can read out and the administrator can find in the log."""
    number = secrets.token_hex(4).upper()
    db.session.rollback()
    current_app.logger.error("error %s on %s %s", number, request.method, request.path, exc_info=error)
    at = clock.wall().astimezone(clock.ZONE)
    message = error.message if type(error) is not DoudiError and isinstance(error, DoudiError) else ""
    text = message or "系统出了没有预料到的问题，这一步没有保存。请稍后再试；仍不行请把下面的编号告诉管理员。"
    reference = f"{number}（{at:%Y-%m-%d %H:%M}）"
    try:
        return page(500, "系统出错", text, reference=reference)
    except Exception:
        # The page's frame itself is broken: say so without it.
        current_app.logger.exception("error %s could not be shown", number)
        bare = "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>系统出错</title>"
        return f"{bare}<p>{escape(text)}</p><p>{reference}</p>", 500


def page(status: int, title: str, message: str, clause: object = None, **more: object) -> ResponseReturnValue:
    """A whole page, or for htmx the line alone."""
    if request.headers.get("HX-Request"):
        return render_template("error_line.html", message=message, **more), status
    cited = clauses.read(str(clause)) if clause else []
    return render_template("error.html", title=title, message=message, status=status, clauses=cited, **more), status
