"""What a service operation may give back, and what it is given only when it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.runtime.services import KINDS, OF_PROCESS, Service


class ServiceFailed(Exception):
    """A service operation failed; the text is the incident's cause."""


def declared(service: Service, outputs: Mapping[str, Any], scheme: str | None = None) -> None:
    """Raises unless the outputs are exactly what the service declares. `scheme` is that of the case's process."""
    for name, kind in service.outputs.items():
        value = outputs.get(name)
        if not isinstance(value, KINDS[kind]) or (kind == "number" and isinstance(value, bool)):
            raise ServiceFailed(f"服务操作“{service.title}”没有给出“{name}”（{kind}）。")
    if set(outputs) != set(service.outputs):
        raise ServiceFailed(f"服务操作“{service.title}”给出了未声明的结果。")
    for name, promised in service.fixed.items():
        value = scheme if promised == OF_PROCESS else promised
        if outputs[name] != value:
            raise ServiceFailed(f"服务操作“{service.title}”的“{name}”应总是“{value}”，现在是“{outputs[name]}”。")


class Lazy(Mapping[str, Any]):
    """The step's parameters, read from the database only when an operation looks."""

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self._read = read

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Any:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
