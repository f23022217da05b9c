"""What a file field shows: the page that owns the form says where files go and what those are that it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """One file as it is listed: `doubt` is what somebody should look at; an address is empty where there is none."""

    reference: str
    name: str
    sub: str
    url: str = ""
    thumb: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Files:
    """Where a file is posted (`url`), what references stand for (`look`), how large one may be."""

    url: str
    look: Callable[[Sequence[str]], list[Shown]]
    largest: int
