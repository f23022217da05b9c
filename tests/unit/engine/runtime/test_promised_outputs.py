"""What an operation promises always to give: only of what it declares, and whoever breaks the promise fails."""

from __future__ import annotations

from typing import Any

import pytest

from engine.runtime.outputs import ServiceFailed, declared
from engine.runtime.services import OF_PROCESS, Service, ServiceCall, Services


def _nothing(_: ServiceCall) -> dict[str, Any]:
    return {}


def service(**fixed: Any) -> Service:
    known = Services()
    known.service("x.accept", "受理", outputs={"accepted": "boolean", "scheme": "text"}, fixed=fixed)(_nothing)
    found = known.get("x.accept")
    assert found is not None
    return found


def test_what_is_promised_is_an_output() -> None:
    with pytest.raises(ValueError, match="must be an output"):
        service(rejected=True)


def test_a_promise_is_kept_or_the_operation_fails() -> None:
    declared(service(accepted=True), {"accepted": True, "scheme": "x"})
    with pytest.raises(ServiceFailed, match="“受理”的“accepted”应总是“True”，现在是“False”"):
        declared(service(accepted=True), {"accepted": False, "scheme": "x"})


def test_the_scheme_of_the_case_is_that_of_its_process() -> None:
    promised = service(scheme=OF_PROCESS)
    declared(promised, {"accepted": True, "scheme": "tekun"}, "tekun")
    with pytest.raises(ServiceFailed, match="应总是“tekun”，现在是“dibao”"):
        declared(promised, {"accepted": True, "scheme": "dibao"}, "tekun")
