"""The values that a case was decided on, kept as they were read.

A day and an instant would not do: two people may confirm a correction while a third decides, and both acts have begun
before either has ended. What was read is what is kept, under the hash of what it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from engine.database import first_of
from engine.errors import NotFound
from engine.parameters.models import ParameterSnapshot


def keep(session: Session, values: Mapping[str, Any]) -> str:
    """Keeps the values inside the open operation, once however many cases rest on them; returns their hash."""
    content = dict(sorted(values.items()))
    key = _hash(content)
    if session.get(ParameterSnapshot, key) is None:
        first_of(session, ParameterSnapshot, id=key, content=content)
    return key


def read(session: Session, key: str) -> dict[str, Any]:
    """The values of that hash. NotFound when they are gone or are no longer what the hash says."""
    row = session.get(ParameterSnapshot, key)
    if row is None or not _fits(key, json.dumps(row.content, ensure_ascii=False)):
        raise NotFound("这件办件作出决定时的政策参数缺失或被改动过，请联系管理员核对数据库。")
    return dict(row.content)


def _hash(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=256)
def _fits(key: str, text: str) -> bool:
    """Remembered, because one snapshot serves thousands of cases."""
    return _hash(json.loads(text)) == key
