"""What everybody may read: how much was paid in each village, by month and fund; no names (649号令 art. 62)."""

from __future__ import annotations

import re

from flask import render_template, request

from engine.database import db
from registers.areas import queries as areas
from registers.payments import queries
from registers.payments.words import fund_name, month_name
from web.payments.views import blueprint
from web.security import public


@blueprint.get("/open")
@public
def opened() -> str:
    session = db.session()
    months = queries.months_published(session)
    asked = request.args.get("month", "")
    month = asked if re.fullmatch(r"\d{4}-\d{2}", asked) else (months[0] if months else "")
    found = queries.published(session, month)
    names = areas.names(session)
    return render_template(
        "payments/opened.html",
        months=months,
        month=month,
        rows=[(names.get(each.area, each.area), fund_name(each.fund), each) for each in found],
        month_name=month_name,
    )
