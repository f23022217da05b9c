"""What is wrong with a form (its author reads it) and what is wrong with an answer (its clerk reads it)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A fault of the schema: `element` is the component, `rule` a stable word, `message` says what to do."""

    element: str
    rule: str
    message: str


@dataclass(frozen=True)
class FieldProblem:
    """A fault of what was posted: `field` is the posted name (`members[0].name`), `message` what to do."""

    field: str
    message: str
    label: str = ""

    def as_dict(self) -> dict[str, str]:
        """The shape that `engine.errors.Invalid` carries."""
        return {"field": self.field, "message": self.message}
