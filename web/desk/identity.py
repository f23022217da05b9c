"""What an ID number says of its holder, answered while it is typed: the same rule that judges the form afterwards."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from engine.forms import identity as numbers
from engine.forms import kinds
from web.desk.views import blueprint


@blueprint.post("/desk/identity")
def identity() -> ResponseReturnValue:
    """{"words", "birth", "sex", "home"} of a right number, {"fault"} of a wrong one. Sent by POST, so that no number
    stands in an address or a log; it only does sums and looks nobody up, so there is nothing to allow."""
    text = request.form.get("number", "")[:100]
    number, fault, _ = kinds.id_number(text)
    if fault:
        return jsonify({"fault": f"身份证号{fault}"})
    found = kinds.identity(number)
    if found is None:
        return jsonify({"fault": ""})
    told = {what: numbers.told(found, what) for what in numbers.TELLS}
    return jsonify({"number": number, "words": numbers.words(found), **told})
