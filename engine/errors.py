"""Every exception of Doudi: one root; the docstring is the message that a person reads and says what to do next."""

from __future__ import annotations


class DoudiError(Exception):
    """系统遇到未预料的情况，请记下时间并联系管理员。"""

    def __init__(self, message: str | None = None, **data: object) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.data = data
        super().__init__(self.message)

    def __getattr__(self, name: str) -> object:
        data = self.__dict__.get("data", {})
        if name in data:
            return data[name]
        raise AttributeError(name)

    @property
    def by_field(self) -> dict[str, str]:
        """{field: what is wrong with it}, the first of each; what has no field stands under the empty name."""
        found: dict[str, str] = {}
        for each in self.data.get("problems", ()):  # type: ignore[attr-defined]
            found.setdefault(each["field"], each["message"])
        return found or {"": self.message}


class Refused(DoudiError):
    """您不能办理这一步。请联系中心主任确认权限。"""


class NotStraightBack(Refused):
    """改动的内容后面的环节已经用过，补正不能直接送回。您填写的内容已保留，请对方改用“退回”。"""


class NotFound(DoudiError):
    """没有找到这条记录，它可能已被撤回，请返回待办列表。"""


class Conflict(DoudiError):
    """别人刚刚办理了这一步，请刷新后查看。您填写的内容已保留。"""


class Invalid(DoudiError):
    """填写的内容有误，请按提示修改后再提交。"""

    # data: problems = list of {"field", "message"}

    @classmethod
    def at(cls, field: str, message: str) -> Invalid:
        """What is wrong with one field of what was filled in."""
        return cls(message, problems=[{"field": field, "message": message}])


class Parked(DoudiError):
    """流程停在这一步，需要管理员处理后重试。"""

    # data: element, cause


class ExpressionError(DoudiError):
    """表达式无法计算，请流程负责人检查模型。"""

    # data: expression, cause


class ReleaseRefused(DoudiError):
    """模型有问题，没有发布。请按清单逐条修改后再发布。"""

    # data: reports


class Unparsable(DoudiError):
    """无法读取这个文件，请确认它是有效的模型文件。"""


class EngineFault(DoudiError):
    """流程引擎在这一步出错，流程已停在这里，请联系管理员。"""

    # data: element (name), cause; the step is done again with its engine part parked, so that the person's act stays


class Unmade(DoudiError):
    """这份文书暂时不能生成，请联系管理员。办件里的内容没有丢失，可以在网页上查看。"""
