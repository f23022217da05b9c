"""The files of a draft as the editors load and save them, one at a time (docs/modeler.md)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from engine import clock
from engine.database import db
from engine.drafts import checking, operations, paths, queries
from engine.drafts.models import DraftFile
from engine.errors import Conflict, DoudiError, Invalid, NotFound, Refused
from engine.rules.veto import Question, veto
from web.modeler.views import blueprint
from web.security import me, uploads

for _endpoint in ("modeler.save_draft_file", "modeler.check_draft"):
    uploads.takes(_endpoint)  # What is too large is answered here, as the editor reads it.
#: A text of the largest size, written as JSON, with some air.
LARGEST_QUESTION = 3 * paths.LARGEST


@blueprint.get("/models/drafts/<int:draft_id>/files/<path:path>")
def draft_file(draft_id: int, path: str) -> ResponseReturnValue:
    """The bytes of a file; its ETag is the version that a save must name."""
    try:
        session = db.session()
        veto.require(session, Question("see_models", me()))
        found = queries.content(session, queries.one(session, draft_id), path)
    except DoudiError as error:
        return _failed(error)
    # Whatever somebody wrote is text, and never a page or a script of ours.
    answer = Response(found.data, content_type="text/plain; charset=utf-8")
    answer.headers["ETag"] = f'"{found.version}"'
    return answer


@blueprint.put("/models/drafts/<int:draft_id>/files/<path:path>")
def save_draft_file(draft_id: int, path: str) -> ResponseReturnValue:
    """Saves the body on the version that `If-Match` names."""
    try:
        return _saved(operations.save(draft_id, me(), path, _body(paths.LARGEST), version=_version()))
    except DoudiError as error:
        return _failed(error)


@blueprint.delete("/models/drafts/<int:draft_id>/files/<path:path>")
def delete_draft_file(draft_id: int, path: str) -> ResponseReturnValue:
    """Takes the file out of the draft; with `?to=base` puts it back to what the base has."""
    change = operations.restore if request.args.get("to") == "base" else operations.remove
    try:
        return _saved(change(draft_id, me(), path, version=_version()))
    except DoudiError as error:
        return _failed(error)


@blueprint.post("/models/drafts/<int:draft_id>/check")
def check_draft(draft_id: int) -> ResponseReturnValue:
    """What the deploy's lint says of the draft with one text in the place of a file; `?whole=1` asks it about all
    files, else about this one."""
    begun = clock.monotonic()
    try:
        session = db.session()
        veto.require(session, Question("see_models", me()))
        draft = queries.one(session, draft_id)
        path, data = _asked()
        found = checking.check(session, draft, path, data, whole=request.args.get("whole") == "1")
    except DoudiError as error:
        return _failed(error)
    took = round((clock.monotonic() - begun) * 1000, 1)
    return jsonify(
        problems=[_problem(*each) for each in found.problems],
        hints=[_problem(*each) for each in found.hints],
        took_ms=took,
    )


def _asked() -> tuple[str, bytes]:
    _body(LARGEST_QUESTION)
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("path"), str) or not isinstance(given.get("text"), str):
        raise Invalid('请求应当是 {"path": …, "text": …}。')
    try:
        return paths.check(given["path"]), paths.text(given["text"].encode())
    except UnicodeEncodeError:
        raise Invalid.at("file", "文件里有不成对的字符，不是有效的文本。") from None


def _body(most: int) -> bytes:
    """What was sent; Invalid for more than a file may have, which is then not read."""
    try:
        request.max_content_length = most
        if (request.content_length or 0) > most:
            raise RequestEntityTooLarge
        return request.get_data()
    except RequestEntityTooLarge:
        raise Invalid(f"文件超过{paths.LARGEST // 1024 // 1024}MB，没有保存。请拆成几个文件。") from None


def _version() -> int:
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not given.isdecimal() or len(given) > 9:
        raise Invalid("没有说明是在哪一版上修改的（If-Match），没有保存。请刷新页面。")
    return int(given)


def _saved(row: DraftFile) -> ResponseReturnValue:
    answer = jsonify(version=row.version, saved_at=row.saved_at.isoformat())
    answer.headers["ETag"] = f'"{row.version}"'
    return answer


def _problem(file: str, level: str, problem: Any) -> dict[str, str]:
    return {
        "file": file,
        "element": problem.element,
        "name": problem.name,
        "rule": problem.rule,
        "message": problem.message,
        "level": level,
    }


def _failed(error: DoudiError) -> ResponseReturnValue:
    """A refusal as the editor reads it."""
    if isinstance(error, Conflict) and "version" in error.data:
        data = error.data
        return jsonify(message=error.message, by=data["by"], at=data["at"].isoformat(), version=data["version"]), 412
    for kind, status in ((Conflict, 409), (Refused, 403), (NotFound, 404), (Invalid, 422)):
        if isinstance(error, kind):
            said = [each["message"] for each in error.data.get("problems", [])]  # type: ignore[attr-defined]
            return jsonify(message=said[0] if said else error.message), status
    raise error
