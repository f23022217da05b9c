"""Moving the business clock of a demonstration. Registered only where DOUDI_DEMO is set."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue

from engine.errors import Invalid, NotFound
from registers.demonstration import operations
from timers.firing import fire_due
from web.security import me
from web.security.views import inside

blueprint = Blueprint("demo", __name__, url_prefix="/demo")
MOVES = {"day": operations.forward_a_day, "timer": operations.forward_to_next_timer}


def install(app: Flask) -> None:
    """Every process reads where the clock stands before it answers."""
    app.before_request(synced)
    app.register_blueprint(blueprint)


def synced() -> None:
    if request.endpoint != "static":
        operations.sync()


@blueprint.post("/clock")
def clock() -> ResponseReturnValue:
    """Forward, never back; then what has fallen due happens."""
    move = MOVES.get(request.form.get("do", ""))
    if move is None:
        raise NotFound("没有这种拨法，请用页面上方的按钮。")
    try:
        now = move(me())
    except Invalid as error:
        flash(error.problems[0]["message"], "warning")  # type: ignore[attr-defined]
    else:
        fired = fire_due()
        flash(f"演示时钟拨到 {now:%Y-%m-%d %H:%M}" + (f"，触发了 {fired} 个到期事项。" if fired else "。"), "success")
    return redirect(inside(request.form.get("back", "")))
