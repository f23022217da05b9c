"""The schemes of social assistance and what each is called: in a number, in a list, in a sentence, in a letter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scheme:
    """`mark` stands in case numbers, `short` in lists, `phrase` in a sentence on what somebody receives, `formal` in
    official documents."""

    mark: str
    short: str
    phrase: str
    formal: str


SCHEMES = {
    "dibao": Scheme("低保", "低保", "低保", "最低生活保障"),
    "tekun": Scheme("特困", "特困", "特困供养", "特困人员救助供养"),
    "temporary_relief": Scheme("临时救助", "临时救助", "临时救助", "临时救助"),
    "marginal": Scheme("边缘", "低保边缘", "低保边缘家庭待遇", "最低生活保障边缘家庭认定"),
    "hardship": Scheme("刚支", "刚性支出困难", "刚性支出困难家庭待遇", "刚性支出困难家庭认定"),
    "elderly_allowance": Scheme("高龄", "高龄津贴", "高龄津贴", "高龄津贴"),
}


def short(scheme: str) -> str:
    """The name for lists; what is no scheme stays what it is."""
    return SCHEMES[scheme].short if scheme in SCHEMES else scheme
