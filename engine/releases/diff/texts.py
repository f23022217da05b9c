"""Two texts line by line, in bounded time whatever they are."""

from __future__ import annotations

from difflib import SequenceMatcher

#: Lines that are compared by their order; of more it is only said which are new and which are gone.
MOST = 1500
AROUND = 2
#: Lines that a page shows of one file.
SHOWN = 400

Line = tuple[str, str]


def compare(old: str, new: str) -> tuple[Line, ...]:
    """The lines that went (`-`) and came (`+`) with a few around them; `…` where some were left out."""
    before, after = old.splitlines(), new.splitlines()
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    one, other = before[start : len(before) - end], after[start : len(after) - end]
    if not one and not other:
        return ()
    told = _ordered(one, other) if max(len(one), len(other)) <= MOST else _counted(one, other)
    head = [(" ", line) for line in before[max(start - AROUND, 0) : start]]
    tail = [(" ", line) for line in before[len(before) - end : len(before) - end + AROUND]]
    cut = [("…", "")] if start > AROUND else []
    found = [*cut, *head, *told, *tail, *([("…", "")] if end > AROUND else [])]
    return tuple(found if len(found) <= SHOWN else [*found[:SHOWN], ("…", "")])


def _ordered(one: list[str], other: list[str]) -> list[Line]:
    found: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=True).get_opcodes():
        if tag == "equal":
            kept = one[a:b]
            found += [(" ", line) for line in kept[:AROUND]]
            if len(kept) > 2 * AROUND:
                found.append(("…", ""))
            found += [(" ", line) for line in kept[max(AROUND, len(kept) - AROUND) :]]
        else:
            found += [("-", line) for line in one[a:b]]
            found += [("+", line) for line in other[c:d]]
    return found


def _counted(one: list[str], other: list[str]) -> list[Line]:
    gone, come = set(other), set(one)
    return [("-", line) for line in one if line not in gone] + [("+", line) for line in other if line not in come]
