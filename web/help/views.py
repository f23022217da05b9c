"""The manual inside the program: the page of docs/, its pictures, to read and to print."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from web.help.how import how_told
from web.help.markdown import Text, read

blueprint = Blueprint("manual", __name__)
blueprint.app_template_global("how_told")(how_told)
DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "pictures" / "manual"
_NAME = re.compile(r"[a-z-]+\.png")


@blueprint.get("/help")
def manual() -> ResponseReturnValue:
    """The whole manual on one page, so that it can be searched and printed."""
    path = DOCS / "manual.zh-CN.md"
    if not path.is_file():
        abort(404)
    address = url_for("manual.picture", name="NAME").replace("NAME", "{}")
    return render_template("help/manual.html", text=_read(str(path), path.stat().st_mtime_ns, address))


@blueprint.get("/help/pictures/<name>")
def picture(name: str) -> ResponseReturnValue:
    path = PICTURES / name
    if not _NAME.fullmatch(name) or not path.is_file():
        abort(404)
    return current_app.response_class(path.read_bytes(), mimetype="image/png")


@lru_cache(maxsize=2)
def _read(path: str, _: int, address: str) -> Text:
    return read(Path(path).read_text(encoding="utf-8"), address)
