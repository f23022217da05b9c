"""In whose name a document is issued, and who answers for a decision before the law (policy.md §1.0, §8.4)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.actors import cut
from engine.documents.head import Head
from engine.runtime.services import ServiceCall
from registers.notices.words import Given


@dataclass(frozen=True)
class Issuer:
    """The organ on the letter, the area whose series numbers it, and the respondent (empty while unconfirmed)."""

    name: str
    area: str
    respondent: str


def of(head: Head, call: ServiceCall) -> Issuer:
    """The office at the window speaks for itself. A decision is the competent organ's: the county's where it decides
    itself or where the township acts by its mandate (委托: 复议法 art. 19, 行诉法 art. 26), the township's own where
    the power was conferred (授权). While nobody has confirmed which, the letter names no respondent."""
    given = Given(call.parameters)
    township, county = cut(call.instance.area, "township"), cut(call.instance.area, "county")
    nature = str(given.value("delegation_nature"))
    decides = call.flow.get("mode") == "A" or nature == "entrusted"
    bureau, government = str(given.value("county_bureau")), str(given.value("township_government"))
    respondent = bureau if decides else government if nature == "conferred" else ""
    if head.issuer == "office":
        return Issuer(str(given.value("office_name")), township, respondent)
    return Issuer(bureau, county, respondent) if decides else Issuer(government, township, respondent)
