"""Why somebody is refused, reduced or stopped: each failed test with its figures and its clause, in words a family can
check. The sentences stand in the release (`grounds.json`), the figures in the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import TemplateError

from engine.decisions.grounds import FAILED, FILE, Ground, environment, read, refuted, yuan
from engine.errors import DoudiError
from engine.releases.loaded import LoadedRelease
from registers.cases.schemes import SCHEMES

_environment = environment()


def _phrase(scheme: str) -> str:
    return SCHEMES[scheme].phrase if scheme in SCHEMES else "救助"


def reasons(
    grounds: Iterable[str],
    failed_tests: str | None,
    flow: Mapping[str, Any],
    parameters: Mapping[str, Any],
    release: LoadedRelease,
) -> list[dict[str, Any]]:
    """The reasons of a decision: every test that failed, whether somebody named it or not, then the grounds that the
    decider chose. `failed_tests` are codes joined by commas; None where no test was made.

    Each has `code`, `title`, `text`, `clause` and `borne_out`: True for a failed test, False when the case's figures
    say otherwise (so that a ground that was only ticked shows as such), None when no figure can tell. DoudiError when
    the release does not know a code, or a failed test lacks a figure for its sentence.
    """
    known = catalogue(release)
    failed = [code for code in (failed_tests or "").split(",") if code]
    figures = {**flow, "scheme_title": _phrase(str(flow.get("scheme"))), "parameters": dict(parameters)}
    found = []
    for code in dict.fromkeys([*failed, *grounds]):
        ground = known.get(code)
        if ground is None:
            raise DoudiError(f"流程版本的理由目录里没有“{code}”，请流程负责人补上后再办。")
        wording = ground.of(str(flow.get("scheme")))
        found.append(
            {
                "code": code,
                "title": ground.title,
                "text": _sentence(ground, figures, must=code in failed),
                "clause": wording.clause,
                "borne_out": _borne_out(ground, failed_tests, figures),
            }
        )
    return found


def failed_of(flow: Mapping[str, Any]) -> str | None:
    """The failed tests of a flow; None where no test was made."""
    return str(flow[FAILED]) if FAILED in flow else None


def catalogue(release: LoadedRelease) -> Mapping[str, Ground]:
    """The grounds that a release knows; empty when it has no catalogue."""
    found = [data for file, data in release.files.items() if file.rpartition("/")[2] == FILE]
    return read(found[0])[0] if found else {}


def _sentence(ground: Ground, figures: Mapping[str, Any], *, must: bool) -> str:
    """The sentence with the case's figures. A ground that was only ticked and has no figures is said by its title: the
    letter then claims nothing that the case does not hold."""
    try:
        return _environment.from_string(ground.of(str(figures.get("scheme"))).text).render(**figures).strip()
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        if must:
            raise DoudiError(f"理由“{ground.title}”的句子缺少数字，不能写进告知书：{error}") from error
        return f"{ground.title}。"


def _borne_out(ground: Ground, failed_tests: str | None, figures: Mapping[str, Any]) -> bool | None:
    failed = (failed_tests or "").split(",")
    if ground.test is not None and failed_tests is not None:
        return ground.test in failed
    if ground.code in failed:
        return True
    return False if refuted(ground, figures) else None


__all__ = ["catalogue", "failed_of", "reasons", "yuan"]
