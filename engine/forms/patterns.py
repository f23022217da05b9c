"""Regular expressions of form authors, admitted only when their worst case is small.

Python's matcher tries alternatives one after another, so a pattern's worst case is bounded by the product of
the choices that it holds. A pattern whose product is too large for the longest text it may meet is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as op  # the parser's own tree is the only exact reading of a pattern
from re import _parser as parser

LONGEST = 200
"""A field with a pattern takes at most this many characters."""
BUDGET = 10_000_000
_CAP = BUDGET * 10
_REFUSED = {op.GROUPREF, op.GROUPREF_EXISTS, op.ASSERT, op.ASSERT_NOT}


def check(pattern: str) -> str | None:
    """Why the pattern is not admitted, or None."""
    if len(pattern) > 200:
        return "格式规则太长，最多 200 个字符"
    try:
        tree = parser.parse(pattern, re.ASCII)
        cost = _cost(tree) * (1 if pattern.startswith("^") else LONGEST)
    except (re.error, RecursionError, OverflowError) as error:
        return f"格式规则无法解析（{error}）"
    except _Unbounded:
        return "格式规则不能使用前后查找或反向引用"
    return "格式规则计算量过大，请减少不定长的重复，并以 ^ 开头" if cost > BUDGET else None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with ASCII classes, as in the browser."""
    return re.compile(pattern, re.ASCII)


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text, which must be short."""
    return len(text) <= LONGEST and compiled(pattern).search(text) is not None


class _Unbounded(Exception):
    pass


def _cost(tree: parser.SubPattern) -> int:
    total = 1
    for kind, argument in tree:
        if kind in _REFUSED:
            raise _Unbounded
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            low, high, inner = argument
            low, high = min(low, LONGEST), min(high, LONGEST)
            each = _cost(inner)
            total *= (high - low + 1) * (1 if each == 1 else min(each**high, _CAP))
        elif kind is op.BRANCH:
            total *= sum(_cost(one) for one in argument[1])
        elif kind is op.SUBPATTERN:
            total *= _cost(argument[3])
        elif kind is op.ATOMIC_GROUP:
            total *= _cost(argument)
        total = min(total, _CAP)
    return total
