"""How much may be uploaded. These are limits of the machine, not rules of assistance, so they are configuration:
`DOUDI_FILE_MB` (one file), `DOUDI_FILE_COUNT` (files of a case)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAMES = ("DOUDI_FILE_MB", "DOUDI_FILE_COUNT")


@dataclass(frozen=True)
class Limits:
    """`size` in bytes; `pixels` of one picture; `pages` and `objects` of one PDF; `count` of files of a case."""

    size: int = 20 * 1024 * 1024
    count: int = 300
    pixels: int = 50_000_000
    #: Wider or higher than any camera's picture; a long strip decodes slowly in spite of few pixels.
    side: int = 20_000
    pages: int = 300
    objects: int = 50_000

    @property
    def megabytes(self) -> int:
        return self.size // (1024 * 1024)


_current = Limits()


def use(settings: Mapping[str, str]) -> Limits:
    """Takes the limits of an installation; what is not a whole number above 0 is refused with ValueError."""
    global _current
    given = {}
    for name in NAMES:
        text = settings.get(name, "")
        if text:
            number = int(text)
            if number < 1:
                raise ValueError(f"{name} must be at least 1")
            given[name] = number
    plain = Limits()
    _current = Limits(
        size=given.get("DOUDI_FILE_MB", plain.megabytes) * 1024 * 1024, count=given.get("DOUDI_FILE_COUNT", plain.count)
    )
    return _current


def current() -> Limits:
    return _current
