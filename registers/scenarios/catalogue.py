"""The stories: who applies, what turns out, how it must end. Together they take every sequence flow of the models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Scenario:
    """One story. `plan` are settings of a demonstration's Plan, `home` of its family; `ends` is the outcome."""

    name: str
    ends: str
    mode: str = "A"
    republicise: bool = False
    plan: dict[str, Any] = field(default_factory=dict)
    home: dict[str, Any] = field(default_factory=dict)


RICH = {"wage": 6000}

SCENARIOS = (
    Scenario("县级确认：一家三口，人均300元", "confirmed"),
    Scenario("乡镇确认：一家三口，人均300元", "confirmed", mode="B"),
    Scenario("收入超过标准，县级不予确认", "refused", home=RICH),
    Scenario("收入超过标准，乡镇不予确认", "refused", mode="B", home=RICH),
    Scenario("材料不齐，一次告知后补齐", "confirmed", plan={"complete": False}),
    Scenario("材料不齐，申请人撤回", "withdrawn", plan={"complete": False, "withdraw": True}),
    Scenario("需要信函索证", "confirmed", plan={"letters": True}),
    Scenario("核对未通过，复查通过", "confirmed", plan={"check_passes": False}),
    Scenario("核对和复查都未通过", "refused", plan={"check_passes": False, "recheck_passes": False}),
    Scenario("近亲属已备案，县级入户", "confirmed", plan={"related": True}),
    Scenario("公示草稿退回重拟", "confirmed", plan={"notes": {"redraft": 1}}),
    Scenario("公示被撕毁，重新张贴", "confirmed", plan={"notes": {"torn": 1}}),
    Scenario("公示有异议，评议后不成立", "confirmed", plan={"objections": 1}),
    Scenario("公示有异议，核查后成立", "refused", plan={"objections": 1, "upheld": True}),
    Scenario("公示有异议，按规定再次公示", "confirmed", republicise=True, plan={"objections": 1}),
)

