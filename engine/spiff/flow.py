"""The flow's script engine: FEEL for conditions, and answers that were worked out before a task runs.

SpiffWorkflow calls this object where it would evaluate Python. Nothing here can execute anything: a condition is
FEEL in the sandbox and must be a boolean; a service or a decision has already been called by the engine loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.task import Task

from engine import feel
from engine.errors import DoudiError, ExpressionError

#: A length as it stands in a model; everything else is an expression.
LITERAL = re.compile(r"[0-9]+(wd|d|m)")


class Flow:
    """One step's script engine. `parameters` is asked only when an expression reads one."""

    def __init__(
        self,
        now: datetime,
        parameters: Callable[[], Mapping[str, Any]],
        due: Callable[[str, datetime], dict[str, Any]],
    ) -> None:
        self.now = now
        self.environment = self
        self._parameters = parameters
        self._due = due
        self._prepared: dict[str, dict[str, Any]] = {}
        self._firing: set[str] = set()

    # What SpiffWorkflow asks

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:
        """A sequence flow's condition: True or False, else ExpressionError."""
        data = task.data if isinstance(task, Task) else task
        return feel.condition(expression, self.context(expression, data))

    def execute(self, task: Any, script: str, external_context: Any = None) -> None:
        """Never: there is no script in a model."""
        raise DoudiError("模型中不允许脚本，请改用服务操作或表达式。")

    def call_service(self, task: Any, **_: Any) -> None:
        """Never: services are called by the engine loop."""
        raise DoudiError("服务操作只能由流程引擎调用。")

    def validate(self, expression: str) -> None:
        """The lint has looked at every expression before the release was stored."""

    # What our task classes ask

    def prepared(self, task: Task) -> dict[str, Any]:
        """The outputs that the loop worked out for this task."""
        return self._prepared.pop(str(task.id))

    def arm(self, task: Task, wait: str) -> dict[str, Any]:
        """{"due": instant, …basis} of a timer, or {"error": cause}; never raises (see CalendarTimer)."""
        try:
            return self._due(self.text(wait, task.data), self.now)
        except DoudiError as error:
            return {"error": error.message}

    def is_firing(self, task: Task) -> bool:
        """Whether this very timer is being fired now."""
        return str(task.id) in self._firing

    # What the engine loop says

    def prepare(self, task: Task, outputs: dict[str, Any]) -> None:
        """Keeps the outputs until the task runs."""
        self._prepared[str(task.id)] = outputs

    def let_fire(self, task: Task) -> None:
        """Lets this timer fire, if its instant has come."""
        self._firing.add(str(task.id))

    # Expressions

    def context(self, expression: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The names an expression reads: the flow's scalars, `parameters`, `today`. A missing one is left out, so
        that the sandbox says which."""
        context: dict[str, Any] = {}
        for name in feel.names(expression):
            if name in data:
                context[name] = data[name]
            elif name == "parameters":
                context[name] = dict(self._parameters())
            elif name == "today":
                context[name] = self.now.date().isoformat()
        return context

    def value(self, expression: str, data: Mapping[str, Any]) -> Any:
        """What an expression gives; ExpressionError when it cannot be evaluated."""
        return feel.evaluate(expression, self.context(expression, data))

    def text(self, expression: str, data: Mapping[str, Any]) -> str:
        """A length or a date: given as it is (`3wd`), or by an expression that must give a text."""
        if LITERAL.fullmatch(expression):
            return expression
        found = self.value(expression, data)
        if not isinstance(found, str):
            raise ExpressionError(f"“{expression}”应给出期限（如 3wd）或日期，实际得到：{found}")
        return found
