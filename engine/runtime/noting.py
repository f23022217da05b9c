"""What a service operation looked at while it ran: names of the flow, fields of forms. It is kept with its task, so
that it can be said later whether a value that is corrected was used already. Nobody declares it, so nobody forgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: In the place of a name: all of them were looked at.
ALL = "*"


class Noted:
    """What one call looked at: `flow` names, and the fields of each submission by its id."""

    def __init__(self) -> None:
        self.flow: set[str] = set()
        self.forms: dict[int, set[str]] = {}

    def seeing_flow(self, scalars: Mapping[str, Any]) -> Watched:
        """The flow's scalars; whoever reads one is seen reading it."""
        return Watched(scalars, self.flow)

    def seeing_form(self, submission_id: int, values: Mapping[str, Any]) -> Watched:
        """What was handed in, in the same way."""
        return Watched(values, self.forms.setdefault(submission_id, set()))

    def whole_form(self, submission_id: int) -> None:
        """Somebody took a submission in their own hands."""
        self.forms.setdefault(submission_id, set()).add(ALL)

    def kept(self) -> dict[str, Any]:
        """As it is kept with the task (plain JSON)."""
        return {"flow": sorted(self.flow), "forms": {str(key): sorted(each) for key, each in self.forms.items()}}


class Watched(dict[str, Any]):
    """A dictionary that notes which of its keys are asked for; a walk through it or a copy of it asks for all."""

    def __init__(self, values: Mapping[str, Any], seen: set[str]) -> None:
        super().__init__(values)
        self._seen = seen

    def __getitem__(self, key: str) -> Any:
        self._seen.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._seen.add(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._seen.add(ALL)
        return super().__iter__()

    def get(self, key: str, default: Any = None) -> Any:
        self._seen.add(key)
        return super().get(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        self._seen.add(key)
        return super().pop(key, *default)

    def keys(self) -> Any:
        self._seen.add(ALL)
        return super().keys()

    def values(self) -> Any:
        self._seen.add(ALL)
        return super().values()

    def items(self) -> Any:
        self._seen.add(ALL)
        return super().items()

    def copy(self) -> dict[str, Any]:
        self._seen.add(ALL)
        return dict(super().items())

    def __or__(self, other: Any) -> dict[str, Any]:
        return self.copy() | other

    def __ror__(self, other: Any) -> dict[str, Any]:
        return other | self.copy()

    def __eq__(self, other: object) -> bool:
        self._seen.add(ALL)
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment] -- as of any dictionary


__all__ = ["ALL", "Noted", "Watched"]
