"""Last of all SpiffWorkflow's own parser: whatever it refuses is a problem too, in our words where we know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.releases.lint.report import Problem

RULES = {"engine": "流程引擎读不了这个模型"}

Parse = Callable[[Mapping[str, bytes]], object]


def ask(files: Mapping[str, bytes], parse: Parse) -> tuple[str, Problem] | None:
    """(file, problem) when the engine cannot parse the release."""
    first = next((file for file in files if file.endswith(".bpmn")), "")
    if not first:
        return None
    try:
        parse(files)
    except RecursionError:
        return first, Problem(first, first, "engine", "流程太长，引擎读不了，请拆成几个流程，用调用活动连接")
    except Exception as error:
        file = next((each for each in files if each == getattr(error, "file_name", None)), first)
        element = str((getattr(error, "tag", None) and getattr(error, "id", None)) or file)
        message = f"流程引擎读不了：{type(error).__name__}：{error}。请联系管理员"
        return file, Problem(element, str(getattr(error, "name", None) or element), "engine", message)
    return None
