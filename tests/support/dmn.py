"""DMN tables in a line of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

LATEST = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DOUDI = "https://doudi.example/schema/dmn"


def table(
    inputs: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    outputs: Sequence[str] = ("result",),
    policy: str | None = None,
    key: str = "table",
    namespace: str = LATEST,
    types: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
    tests: Sequence[tuple[str, Mapping[str, str], Mapping[str, str]]] = (),
    given: Mapping[str, str] | None = None,
    aggregation: str = "",
) -> bytes:
    """A decision table: expressions of the inputs, and rows of tests and results. `types` are those of the inputs,
    `values` what an input allows; `tests` are (name, given, expected), all as FEEL, and `given` holds for all of them.
    """
    kinds = [*types, *[""] * (len(inputs) - len(types))]
    head = "".join(
        f"<input id='i{n}' label={quoteattr(text)}>"
        f"<inputExpression{f' typeRef={quoteattr(kind)}' if kind else ''}><text>{escape(text)}</text></inputExpression>"
        f"{f'<inputValues><text>{escape(values[text])}</text></inputValues>' if text in (values or {}) else ''}</input>"
        for n, (text, kind) in enumerate(zip(inputs, kinds, strict=True), 1)
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
    hit += f" aggregation={quoteattr(aggregation)}" if aggregation else ""
    return (
        f"<definitions xmlns={quoteattr(namespace)}><decision id={quoteattr(key)} name='表'>"
        f"{_extension(given or {}, tests)}"
        f"<decisionTable id='t'{hit}>{head}{body}</decisionTable></decision></definitions>"
    ).encode()


def _extension(given: Mapping[str, str], tests: Sequence[tuple[str, Mapping[str, str], Mapping[str, str]]]) -> str:
    """Test rows as the file of a decision carries them."""
    rows = "".join(
        f"<doudi:test name={quoteattr(name)}>{_pairs('given', inputs)}{_pairs('expect', outputs)}</doudi:test>"
        for name, inputs, outputs in tests
    )
    if not given and not rows:
        return ""
    return f"<extensionElements xmlns:doudi={quoteattr(DOUDI)}>{_pairs('given', given)}{rows}</extensionElements>"


def _pairs(tag: str, pairs: Mapping[str, str]) -> str:
    return "".join(f"<doudi:{tag} name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in pairs.items())


def literal(
    expression: str,
    variable: str | None = "amount",
    key: str = "literal",
    tests: Sequence[tuple[str, Mapping[str, str], Mapping[str, str]]] = (),
    given: Mapping[str, str] | None = None,
) -> bytes:
    """A literal expression."""
    named = f"<variable name={quoteattr(variable)} typeRef='number'/>" if variable else ""
    return (
        f"<definitions xmlns='{LATEST}'><decision id={quoteattr(key)} name='式'>{_extension(given or {}, tests)}{named}"
        f"<literalExpression><text>{escape(expression)}</text></literalExpression></decision></definitions>"
    ).encode()
