"""The accounts of a demonstration: every role, synthetic names, one password shown on the sign-in page."""

from __future__ import annotations

from dataclasses import dataclass

COUNTY, TOWNSHIP = "pingluo", "pingluo/gaoren"
PASSWORD = "doudi-2026"  # noqa: S105 -- shown on the sign-in page of a demonstration, never used elsewhere


@dataclass(frozen=True)
class Part:
    """One account: how it signs in, its name, its role and where it holds it."""

    username: str
    name: str
    role: str
    area: str


CAST = (
    Part("clerk", "王晓芳", "clerk", TOWNSHIP),
    Part("clerk2", "李雪梅", "clerk", TOWNSHIP),
    Part("investigator", "张志强", "investigator", TOWNSHIP),
    Part("investigator2", "马文斌", "investigator", TOWNSHIP),
    Part("investigator3", "赵月琴", "investigator", TOWNSHIP),
    Part("hongliu", "田有福", "village", f"{TOWNSHIP}/hongliu"),
    Part("shazao", "哈玉柱", "village", f"{TOWNSHIP}/shazao"),
    Part("huyang", "罗春玲", "village", f"{TOWNSHIP}/huyang"),
    Part("secretary", "马德福", "secretary", f"{TOWNSHIP}/hongliu"),
    Part("secretary2", "丁万成", "secretary", f"{TOWNSHIP}/shazao"),
    Part("secretary3", "罗占海", "secretary", f"{TOWNSHIP}/huyang"),
    Part("director", "陈建国", "director", TOWNSHIP),
    Part("director2", "丁凤霞", "director", TOWNSHIP),
    Part("deputy", "周学军", "deputy", TOWNSHIP),
    Part("head", "何少华", "head", TOWNSHIP),
    Part("discipline", "沙国栋", "discipline", TOWNSHIP),
    Part("discipline2", "马秀英", "discipline", TOWNSHIP),
    Part("check", "白丽娟", "county_check", COUNTY),
    Part("review", "金彦龙", "county_review", COUNTY),
    Part("review2", "纳翠萍", "county_review", COUNTY),
    Part("decide", "刘占江", "county_decide", COUNTY),
    Part("decide2", "郭俊峰", "county_decide", COUNTY),
    Part("upper_discipline", "王立新", "discipline", COUNTY),
    Part("upper_discipline2", "杨秉德", "discipline", COUNTY),
    Part("accountant", "罗玉花", "accountant", TOWNSHIP),
    Part("accountant2", "白进财", "accountant", TOWNSHIP),
    Part("finance", "沙建国", "finance", COUNTY),
    Part("owner", "杨红燕", "owner", TOWNSHIP),
    Part("admin", "吴小军", "admin", COUNTY),
)

VILLAGES = {"hongliu": "红柳村", "shazao": "沙枣村", "huyang": "胡杨村"}
