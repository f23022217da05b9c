"""DMN tables in a line of Python."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

LATEST = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(
    inputs: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    outputs: Sequence[str] = ("result",),
    policy: str | None = None,
    key: str = "table",
    namespace: str = LATEST,
) -> bytes:
    """A decision table: expressions of the inputs, and rows of tests and results."""
    head = "".join(
        f"<input id='i{n}' label={quoteattr(text)}>"
        f"<inputExpression><text>{escape(text)}</text></inputExpression></input>"
        for n, text in enumerate(inputs, 1)
    )
    head += "".join(f"<output id='o{n}' name={quoteattr(name)}/>" for n, name in enumerate(outputs, 1))
    body = "".join(
        f"<rule id='r{n}'>"
        + "".join(f"<inputEntry><text>{escape(test)}</text></inputEntry>" for test in tests)
        + "".join(f"<outputEntry><text>{escape(result)}</text></outputEntry>" for result in results)
        + "</rule>"
        for n, (tests, results) in enumerate(rows, 1)
    )
    hit = f" hitPolicy={quoteattr(policy)}" if policy else ""
    return (
        f"<definitions xmlns={quoteattr(namespace)}><decision id={quoteattr(key)} name='表'>"
        f"<decisionTable{hit}>{head}{body}</decisionTable></decision></definitions>"
    ).encode()


def literal(expression: str, variable: str | None = "amount", key: str = "literal") -> bytes:
    """A literal expression."""
    named = f"<variable name={quoteattr(variable)} typeRef='number'/>" if variable else ""
    return (
        f"<definitions xmlns='{LATEST}'><decision id={quoteattr(key)} name='式'>{named}"
        f"<literalExpression><text>{escape(expression)}</text></literalExpression></decision></definitions>"
    ).encode()
