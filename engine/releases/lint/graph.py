"""Walks over directed graphs, all of them without recursion: a drawing may be 500 steps deep."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Graph = Mapping[Key, Iterable[Key]]


def reach(graph: Graph[Key], starts: Iterable[Key]) -> set[Key]:
    """What can be reached from the starts, they included."""
    seen, stack = set(starts), list(starts)
    while stack:
        for each in graph.get(stack.pop(), ()):
            if each not in seen:
                seen.add(each)
                stack.append(each)
    return seen


def path(graph: Graph[Key], start: Key, target: Key) -> list[Key] | None:
    """A shortest path, both ends included, or None."""
    before: dict[Key, Key | None] = {start: None}
    queue = deque([start])
    while queue:
        at = queue.popleft()
        if at == target:
            found = []
            step: Key | None = at
            while step is not None:
                found.append(step)
                step = before[step]
            return found[::-1]
        for each in graph.get(at, ()):
            if each not in before:
                before[each] = at
                queue.append(each)
    return None


def components(graph: Graph[Key]) -> list[list[Key]]:
    """The strongly connected components (Tarjan), those that others lead to first."""
    index: dict[Key, int] = {}
    low: dict[Key, int] = {}
    on_stack: set[Key] = set()
    stack: list[Key] = []
    found: list[list[Key]] = []
    for root in graph:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(graph[root]))]
        while work:
            at, rest = work[-1]
            for each in rest:
                if each not in index:
                    index[each] = low[each] = len(index)
                    stack.append(each)
                    on_stack.add(each)
                    work.append((each, iter(graph.get(each, ()))))
                    break
                if each in on_stack:
                    low[at] = min(low[at], index[each])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == index[at]:
                    members = []
                    while True:
                        each = stack.pop()
                        on_stack.discard(each)
                        members.append(each)
                        if each == at:
                            break
                    found.append(members)
    return found


def circles(graph: Graph[Key]) -> list[list[Key]]:
    """The components in which one can walk in a circle."""
    return [members for members in components(graph) if len(members) > 1 or members[0] in set(graph[members[0]])]
