"""The registry of service operations: what a model's service task may call, by name.

`registers` fills it when the application is put together; the engine only knows names, declared inputs and outputs,
and what to do when a step is run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import DoudiError
from engine.parameters import snapshots
from engine.runtime.deadlines import Deadline
from engine.runtime.models import Instance, Submission
from engine.runtime.noting import Noted

#: In `fixed`: the scheme of the process that the case is of.
OF_PROCESS = "\0scheme"
#: What a flow variable may be.
KINDS = {"text": str, "number": (int, float), "boolean": bool}


@dataclass(frozen=True)
class Element:
    """The service task that calls: its id, its name on the drawing, its extension properties."""

    id: str
    name: str
    process_id: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ServiceCall:
    """What an operation is given. It works in `session` (a savepoint of the step) and never commits."""

    session: Session
    instance: Instance
    element: Element
    task_id: str
    inputs: dict[str, Any]
    #: The flow's scalars; read only.
    flow: Mapping[str, Any]
    parameters: Mapping[str, Any]
    actor: Actor
    now: datetime
    #: The date so long (`7d`) after this instant, by the calendar in force.
    deadline: Callable[[str], Deadline]
    #: Submissions made in this very step, newest last.
    fresh: list[Submission] = field(default_factory=list)
    #: The release that the case is pinned to (its notice templates, forms, names).
    release: Any = None
    #: When the act that the call follows from took place, if that was entered later (补录).
    acted_at: datetime | None = None
    #: {decision id: record} of the decisions that ran in this instance, newest last wins.
    decisions: Mapping[str, Any] = field(default_factory=dict)
    #: What it looks at; kept with its task.
    noted: Noted = field(default_factory=Noted)

    def __post_init__(self) -> None:
        self.flow = self.noted.seeing_flow(self.flow)

    @property
    def acted(self) -> datetime:
        """The instant from which what binds the office counts: that of the act, also when it was entered later."""
        return self.acted_at or self.now

    def submission(self, element_id: str) -> Submission | None:
        """The latest submission made at a user task of this instance, or None."""
        made = self._latest(element_id)
        if made is not None:
            self.noted.whole_form(made.id)
        return made

    def values(self, element_id: str) -> dict[str, Any]:
        """The values of that submission; an empty dict when there is none."""
        made = self._latest(element_id)
        return self.noted.seeing_form(made.id, made.values) if made is not None else {}

    def _latest(self, element_id: str) -> Submission | None:
        for made in reversed(self.fresh):
            if made.element_id == element_id:
                return made
        return self.session.scalar(
            select(Submission)
            .where(Submission.instance_id == self.instance.id, Submission.element_id == element_id)
            .order_by(Submission.id.desc())
            .limit(1)
        )

    def decide_on(self, day: date) -> None:
        """Pins the day whose parameters this case is decided on (the day of acceptance)."""
        self.instance.parameters_on, self.instance.parameters_kept = day, None

    def settle(self) -> None:
        """Keeps the values that this step reads: the case is decided, and no later correction reaches it."""
        self.instance.parameters_kept = snapshots.keep(self.session, self.parameters)


Outputs = dict[str, Any]
Function = Callable[[ServiceCall], Outputs | None]


@dataclass(frozen=True)
class Service:
    """A declared operation. `repeat` is `yes`, `bars return` or `compensated by NAME`."""

    name: str
    title: str
    function: Function
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    repeat: str
    reads: tuple[str, ...] = ()
    #: Outputs that always have this value; the lint follows them, and an operation that gives another one fails.
    fixed: Mapping[str, Any] = field(default_factory=dict)


class Services:
    """The registry itself."""

    def __init__(self) -> None:
        self._by_name: dict[str, Service] = {}

    def service(
        self,
        name: str,
        title: str,
        *,
        inputs: Mapping[str, str] | None = None,
        outputs: Mapping[str, str] | None = None,
        repeat: str = "yes",
        reads: tuple[str, ...] = (),
        fixed: Mapping[str, Any] | None = None,
    ) -> Callable[[Function], Function]:
        """Registers a function under a name; ValueError when its declaration is unknown to the engine."""
        if "typename" in {*(inputs or {}), *(outputs or {})}:
            raise ValueError(f"{name}: typename is a reserved word of the engine's state")
        for kind in [*(inputs or {}).values(), *(outputs or {}).values()]:
            if kind not in KINDS:
                raise ValueError(f"{name}: unknown kind {kind}")
        if repeat not in ("yes", "bars return") and not repeat.startswith("compensated by "):
            raise ValueError(f"{name}: unknown repeatability {repeat}")
        if not (fixed or {}).keys() <= (outputs or {}).keys():
            raise ValueError(f"{name}: what is fixed must be an output")

        def keep(function: Function) -> Function:
            declared = inputs or {}, outputs or {}
            self._by_name[name] = Service(name, title, function, *declared, repeat, reads, fixed or {})
            return function

        return keep

    @contextmanager
    def failing(self, name: str | None, message: str) -> Iterator[None]:
        """Inside the block the operation of that name fails with a message; for demonstrations and tests."""
        if name is None:
            yield
            return
        kept = self._by_name[name]

        def fail(_: ServiceCall) -> Outputs:
            raise DoudiError(message)

        self._by_name[name] = replace(kept, function=fail)
        try:
            yield
        finally:
            self._by_name[name] = kept

    def get(self, name: str) -> Service | None:
        """The service of that name, or None."""
        return self._by_name.get(name)

    def all(self) -> list[Service]:
        """Every service, by name."""
        return sorted(self._by_name.values(), key=lambda service: service.name)


services = Services()

__all__ = ["Element", "Service", "ServiceCall", "Services", "services"]
