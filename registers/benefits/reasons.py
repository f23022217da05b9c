"""Why an application is refused: each failed test with its figures and its rule, in words a family can check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def yuan(fen: int | float) -> str:
    """260 or 260.50: fen as yuan, without a useless `.00`."""
    whole, rest = divmod(round(fen), 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def reasons(grounds: list[str], flow: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reasons for the grounds that the decider chose, computed from the case's own figures.

    Each has `code`, `text`, `clause` and `borne_out`: False when the case's figures say otherwise, so that a ground
    that was only ticked shows as such (`None`: no figure can tell).
    """
    rural = flow.get("rural", True)
    standard = parameters["dibao_standard_rural" if rural else "dibao_standard_urban"]
    cap = parameters["dibao_asset_multiple"] * standard
    income, assets = flow.get("income_per_head", 0), flow.get("assets_per_head", 0)
    known = {
        "income": (
            f"您家共{flow.get('members')}人，核定人均月收入{yuan(income)}元，"
            f"{_against(income, standard)}当地{'农村' if rural else '城市'}低保标准每人每月{yuan(standard)}元。",
            "mca-2021-57:13",
            income >= standard,
        ),
        "assets": (
            f"核定人均货币财产{yuan(assets)}元，{_against(assets, cap)}规定的每人{yuan(cap)}元上限。",
            "mca-2021-57:14",
            assets > cap,
        ),
        "asset_kind": (
            "家庭拥有规定不得享受低保的财产（机动车、大型农机、非基本住房或雇工经营）。",
            "mca-2021-57:14",
            bool(flow.get("asset_violation")),
        ),
        "data_check": (
            "家庭经济状况信息核对及复查的结果不符合规定。",
            "mca-2021-57:18",
            not flow.get("data_check_ok", True),
        ),
        "members": ("共同生活的家庭成员情况与申报不符。", "mca-2021-57:7", None),
        "objection": ("公示期间的异议经核查成立。", "mca-2021-57:19", None if flow.get("objections") else False),
        "uncooperative": ("申请家庭无正当理由不配合调查。", "mca-2021-57:29", None),
    }
    return [
        {"code": code, "text": known[code][0], "clause": known[code][1], "borne_out": known[code][2]}
        for code in grounds
        if code in known
    ]


def _against(figure: float, limit: float) -> str:
    return "高于" if figure > limit else "等于" if figure == limit else "低于"
