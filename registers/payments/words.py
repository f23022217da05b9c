"""What payments are called on screen, and how months and funds are written."""

from __future__ import annotations

from collections.abc import Collection

from registers.cases.schemes import SCHEMES, short

#: The parameter that says that a fund has an account: its budget code.
FUND_PARAMETER = "budget_code_"
PLACES = {"rural": "农村", "urban": "城市"}

#: Doubts, in the order in which a list shows them.
HITS = {
    "undecided": "没有确认决定",
    "lowered": "冻结后减发或停发",
    "dead": "已死亡",
    "prison": "在监狱服刑",
    "treatment": "被强制隔离戒毒",
    "moved": "已迁出",
    "left": "已不在户内",
    "twice": "重复领取",
    "size": "人数不符",
    "kin": "工作人员或其近亲属",
    "no_account": "没有账户",
    "new_account": "首次使用的账户",
    "changed_account": "账户有变更",
    "other_account": "申请表上是另一个账户",
    "shared_account": "几户共用账户",
    "staff_account": "工作人员或其近亲属的账户",
    "kept_card": "银行卡由他人代管",
    "arrears": "补发多个月",
}
#: Doubts about which nothing can be kept: what is missing must be there first.
NEVER_KEPT = ("undecided", "lowered", "no_account")
#: Doubts that a new account makes anew when an account is changed inside a run.
ABOUT_ACCOUNT = (
    "no_account", "new_account", "changed_account", "other_account", "shared_account", "staff_account", "kept_card",
)  # fmt: skip
DECISIONS = {"keep": "照发", "exclude": "本月不发"}
#: A doubt that a new account settled by itself.
MOOT = "moot"
ROW_STATES = {
    "pending": "待处理",
    "kept": "应发",
    "excluded": "本月不发",
    "sent": "已报银行",
    "paid": "已到账",
    "failed": "发放失败",
    "carried": "转下月补发",
}
RUN_STATES = {
    "frozen": "名册已冻结",
    "compiled": "已核算",
    "filed": "已报银行",
    "booked": "已记账",
    "closed": "已归档",
}
REMEDIES = {"retry": "重新发放", "carry": "转下月补发"}
ENTRY_KINDS = {
    "opening": "上年结转",
    "appropriation": "拨入",
    "payment": "发放",
    "returned": "银行退回",
    "recovered": "追回",
    "correction": "更正",
}
MARKS = {"died": "死亡", "prison": "服刑", "treatment": "强制隔离戒毒", "moved": "迁出"}
GROUNDS = {
    "death": "受助人死亡后继续发放",
    "change": "家庭情况变化后多发",
    "error": "核算或发放差错",
    "fraud": "骗取救助",
    "commitment": "虚假承诺",
}


def fund_of(scheme: str, rural: bool, known: Collection[str]) -> str | None:
    """The fund that a benefit is paid from: `rural_dibao`, else the scheme's one fund; None when no parameter
    `budget_code_…` says that there is one."""
    placed = f"{'rural' if rural else 'urban'}_{scheme}"
    for fund in (placed, scheme):
        if FUND_PARAMETER + fund in known:
            return fund
    return None


def fund_name(fund: str) -> str:
    """农村低保, 临时救助."""
    place, _, scheme = fund.partition("_")
    if place in PLACES and scheme in SCHEMES:
        return PLACES[place] + short(scheme)
    return short(fund)


def scheme_of(fund: str) -> str:
    """The scheme whose benefits a fund pays."""
    place, _, scheme = fund.partition("_")
    return scheme if place in PLACES and scheme in SCHEMES else fund


def month_name(month: str) -> str:
    """2026年4月."""
    return f"{month[:4]}年{int(month[5:])}月"


def moved(month: str, by: int) -> str:
    """The month so many months later (earlier for a negative number): `moved("2026-01", -1)` is `2025-12`."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + by, 12)
    return f"{year}-{number + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """Every month from one to another, both included."""
    found, at = [], first
    while at <= last:
        found.append(at)
        at = moved(at, 1)
    return found
