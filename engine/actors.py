"""Who acts: an account with the roles that it holds, each in an area."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    #: Whose it is, when it is held only while standing in for that account.
    of: int | None = None

    def covers(self, area: str) -> bool:
        """Whether `area` is this grant's area or lies inside it."""
        return area == self.area or area.startswith(self.area + "/")


@dataclass(frozen=True)
class Actor:
    """A person (or the system itself) doing something; `id` is the account's, None for the system.

    Whoever stands in for others (替班) holds their grants beside their own; the veto judges the person all the same.
    """

    id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    #: Those for whom they stand in now, each with no grants but their own.
    lenders: tuple[Actor, ...] = ()
    #: In whose stead this very act is done; the name then says so.
    stead: int | None = None

    def holds(self, role: str, area: str | None = None) -> bool:
        """Whether the actor has `role`, in `area` when one is named."""
        return any(g.role == role and (area is None or g.covers(area)) for g in self.grants)

    @property
    def is_system(self) -> bool:
        return self.id is None

    def own(self) -> Actor:
        """The person with what is theirs alone."""
        return replace(self, grants=tuple(g for g in self.grants if g.of is None), lenders=()) if self.lenders else self

    def standing_in(self, lenders: tuple[Actor, ...]) -> Actor:
        """The person with what these lend them beside their own."""
        lent = tuple(Grant(g.role, g.area, each.id) for each in lenders for g in each.grants)
        return replace(self, grants=self.grants + lent, lenders=lenders)

    def beside(self, lender: Actor) -> Actor:
        """The person with their own grants and one lender's, nobody else's."""
        lent = tuple(Grant(g.role, g.area, lender.id) for g in lender.grants)
        return replace(self.own(), grants=self.own().grants + lent)

    def instead_of(self, lender: Actor) -> Actor:
        """The person doing something in another's stead: 李四（替张三）."""
        return replace(self, name=f"{self.name}（替{lender.name}）", stead=lender.id)


SYSTEM = Actor(None, "系统")


def cut(area: str, level: str) -> str:
    """The part of an area's path at a level: `cut("pingluo/gaoren/hongliu", "township")` is `pingluo/gaoren`."""
    return "/".join(area.split("/")[: LEVELS[level]])
