"""Who acts: an account with the roles that it holds, each in an area."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = {
    "clerk": "窗口受理员",
    "investigator": "调查员",
    "village": "村级协理员",
    "secretary": "村党支部书记",
    "director": "民生服务中心主任",
    "deputy": "分管领导",
    "head": "乡长",
    "discipline": "乡纪委",
    "county_check": "县核对员",
    "county_review": "县民政审核员",
    "county_decide": "县民政审批人",
    "accountant": "乡镇会计",
    "finance": "县财政",
    "owner": "流程负责人",
    "admin": "系统管理员",
}
#: Who hears of it when a role has nobody free of a conflict of interest: over the plan's leading group (三(二)) to the
#: discipline office, which answers to no township official.
UPWARD = {
    "village": "secretary",
    "secretary": "director",
    "clerk": "director",
    "investigator": "director",
    "director": "deputy",
    "deputy": "head",
    "head": "discipline",
    "county_check": "county_review",
    "county_review": "county_decide",
    "county_decide": "discipline",
    "accountant": "director",
    "finance": "county_decide",
}
LEVELS = {"county": 1, "township": 2, "village": 3}


@dataclass(frozen=True)
class Grant:
    """A role held in an area: `clerk` in `pingluo/gaoren`."""

    role: str
    area: str

    def covers(self, area: str) -> bool:
        """Whether `area` is this grant's area or lies inside it."""
        return area == self.area or area.startswith(self.area + "/")


@dataclass(frozen=True)
class Actor:
    """A person (or the system itself) doing something; `id` is the account's, None for the system."""

    id: int | None
    name: str
    grants: tuple[Grant, ...] = ()

    def holds(self, role: str, area: str | None = None) -> bool:
        """Whether the actor has `role`, in `area` when one is named."""
        return any(g.role == role and (area is None or g.covers(area)) for g in self.grants)

    @property
    def is_system(self) -> bool:
        return self.id is None


SYSTEM = Actor(None, "系统")


def cut(area: str, level: str) -> str:
    """The part of an area's path at a level: `cut("pingluo/gaoren/hongliu", "township")` is `pingluo/gaoren`."""
    return "/".join(area.split("/")[: LEVELS[level]])
