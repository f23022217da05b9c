"""Parameters over time, and finding a household."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request

from engine import clock
from engine.database import db
from engine.parameters import queries as parameters_
from engine.rules.veto import Question, veto
from registers.cases import queries
from web.security import me
from web.words import length, yuan

blueprint = Blueprint("registers", __name__)
TRUST = {
    "C": ("已核对原文", "green"),
    "C-sec": ("据新闻或转述", "yellow"),
    "S": ("据本乡方案", "green"),
    "M": ("待核实", "red"),
    "D": ("本系统建议值", "yellow"),
    "synthetic": ("虚构，须替换", "red"),
    "set": ("本单位设定", "green"),
}


@blueprint.get("/parameters")
def parameters() -> str:
    """Every dated value with its clause and its source; the one in force today marked."""
    session, today = db.session(), clock.today()
    veto.require(session, Question("see_parameters", me()))
    rows = parameters_.over_time(session)
    groups = []
    for name, values in groupby(rows, key=lambda each: each.name):
        found = [
            {
                "value": said(each.value, each.unit),
                "row": each,
                "now": each.valid_from <= today and (each.valid_to is None or each.valid_to >= today),
                "trust": TRUST.get(each.confidence, (each.confidence, "idle")),
            }
            for each in values
        ]
        groups.append({"name": name, "label": found[0]["row"].label, "values": found})
    text = request.args.get("q", "").strip()
    if text:
        groups = [g for g in groups if text in g["label"] or text in g["name"]]
    return render_template("registers/parameters.html", groups=groups, q=text)


@blueprint.route("/households", methods=["GET", "POST"])
def search() -> str:
    """By name, case number or a whole ID number. Sent by POST, so that no number stands in an address or a log."""
    session = db.session()
    veto.require(session, Question("search", me()))
    text = request.form.get("text", "").strip()
    found = queries.search(session, me(), text) if text else []
    masked = text if not text[:15].isdigit() or len(text) < 15 else f"{text[:6]}********{text[-4:]}"
    return render_template("registers/search.html", found=found, text=masked, asked=bool(text))


def said(value: Any, unit: str) -> str:
    """A parameter's value in words."""
    if unit in ("yuan", "yuan_per_month"):
        return yuan(round(float(value) * 100)) + ("/月" if unit == "yuan_per_month" else "")
    if unit == "boolean":
        return "是" if value else "否"
    if unit == "length":
        return length(str(value))
    return str(value)
