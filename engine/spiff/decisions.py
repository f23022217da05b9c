"""Whether SpiffWorkflow's own reader takes a DMN file. Our FEEL decides it; but whoever opens a release with another
SpiffWorkflow engine must find tables there, not an error."""

from __future__ import annotations

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

from engine.releases import xml


def refusal(data: bytes) -> tuple[str, str] | None:
    """(the element's id or empty, what it says) when SpiffWorkflow cannot read the decisions of a file. Raises
    Unparsable when it is no XML."""
    root = xml.parse(data)
    parser = BpmnDmnParser()
    try:
        parser.add_dmn_xml(root)
        for each in parser.dmn_parsers.values():
            each.parse()
    except ValidationException as error:
        return str(getattr(error, "id", None) or ""), str(error).splitlines()[0]
    except Exception as error:  # It was not written for strangers' files.
        return "", f"{type(error).__name__}：{error}"
    return None
