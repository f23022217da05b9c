"""Reading what was filled in for a move: every problem at once, each at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.errors import Invalid
from engine.remarks import written

LONGEST = 1000


@dataclass
class Reading:
    """The fields of one form. `today` is the business day; nothing of a move lies after it."""

    given: Mapping[str, str]
    today: date
    problems: list[dict[str, str]] = field(default_factory=list)

    def text(self, name: str, empty: str = "", longest: int = LONGEST) -> str:
        """What was written; `empty` says what is missing."""
        try:
            return written(name, str(self.given.get(name) or ""), longest=longest, empty=empty)
        except Invalid as error:
            self.wrong(name, error.message)
            return ""

    def day(self, name: str, what: str, earliest: date | None = None, why: str = "") -> date:
        """A day that is not in the future, nor before `earliest` (`why` says what that is)."""
        try:
            found = date.fromisoformat(str(self.given.get(name) or "").strip())
        except ValueError:
            self.wrong(name, f"请填写{what}。")
            return self.today
        if found > self.today:
            self.wrong(name, f"{what}不能晚于今天。")
        elif earliest is not None and found < earliest:
            self.wrong(name, f"{what}不能早于{why}（{earliest:%Y年%m月%d日}）。")
        return found

    def one_of(self, name: str, known: Mapping[str, str], what: str) -> str:
        """A key of the choices."""
        found = str(self.given.get(name) or "")
        if found not in known:
            self.wrong(name, f"请选择{what}。")
        return found

    def number(self, name: str, what: str) -> int:
        """The id of a row that was chosen; 0 when none was."""
        found = str(self.given.get(name) or "")
        if not found.isdecimal() or len(found) > 9:
            self.wrong(name, f"请选择{what}。")
            return 0
        return int(found)

    def ticked(self, name: str, missing: str) -> bool:
        """A box that must be ticked."""
        if self.given.get(name) != "yes":
            self.wrong(name, missing)
            return False
        return True

    def wrong(self, name: str, message: str) -> None:
        self.problems.append({"field": name, "message": message})

    def done(self) -> None:
        """Raises Invalid with all that was wrong."""
        if self.problems:
            raise Invalid(problems=self.problems)
