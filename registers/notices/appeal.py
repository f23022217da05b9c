"""The way of redress that a letter must name, in our words (policy.md §8.4): organ, court and days are parameters.

行政复议法 art. 20, 23, 24; 行政诉讼法 art. 44–46; 信访工作条例 art. 35, 36. It is appended by the system, because a
letter that leaves it out lets the limit run for up to a year.
"""

from __future__ import annotations

from collections.abc import Callable

from registers.notices.words import Given


def paragraphs(kinds: tuple[str, ...], given: Given, respondent: str) -> list[str]:
    """Paragraphs for each way of redress. `respondent` is whoever must answer for the decision; empty: unconfirmed."""
    return [text for kind in kinds for text in _WAYS[kind](given, respondent)]


def _decision(given: Given, respondent: str) -> list[str]:
    against = respondent or "作出本决定的行政机关"
    return [
        f"不服本决定的，可以自收到本文书之日起{given.days('reconsideration_limit')}内向{given.value('appeal_organ')}"
        f"申请行政复议，也可以自收到之日起{given.days('lawsuit_limit')}内直接向{given.value('court_name')}提起行政诉讼。"
        f"申请复议的，被申请人为{against}；提起诉讼的，被告为{against}。",
        f"先申请行政复议的，对复议决定不服，可以自收到复议决定书之日起"
        f"{given.days('lawsuit_after_reconsideration_limit')}内提起行政诉讼。",
    ]


def _inaction(given: Given, respondent: str) -> list[str]:
    against = respondent or "负有该项职责的行政机关"
    if not given.value("inaction_needs_reconsideration"):
        return [
            f"认为{against}没有依法履行职责（逾期不答复、不发放救助款等）的，可以自知道之日起"
            f"{given.days('reconsideration_limit')}内向{given.value('appeal_organ')}申请行政复议，"
            f"或者{given.days('lawsuit_limit')}内向{given.value('court_name')}提起行政诉讼。"
        ]
    return [
        f"认为{against}没有依法履行职责（逾期不答复、不发放救助款等）的，应当先自知道之日起"
        f"{given.days('reconsideration_limit')}内向{given.value('appeal_organ')}申请行政复议；对复议决定不服，"
        f"或者复议机关不受理、逾期不答复的，再自收到复议决定书之日或者复议期满之日起"
        f"{given.days('lawsuit_after_reconsideration_limit')}内向{given.value('court_name')}提起行政诉讼。"
    ]


def _petition(given: Given, respondent: str) -> list[str]:
    return [
        f"对本处理意见不服的，可以自收到本意见书之日起{given.days('petition_review_ask_limit')}内，"
        f"书面请求原办理机关的上一级机关复查；逾期不请求的，不再受理对同一事项的复查请求。"
    ]


def _petition_review(given: Given, respondent: str) -> list[str]:
    return [
        f"对本复查意见不服的，可以自收到本意见书之日起{given.days('petition_recheck_ask_limit')}内，"
        f"书面请求复查机关的上一级机关复核；复核意见为信访终结意见，仍以同一事实和理由提出的，不再受理。"
    ]


_WAYS: dict[str, Callable[[Given, str], list[str]]] = {
    "decision": _decision,
    "inaction": _inaction,
    "petition": _petition,
    "petition_review": _petition_review,
}
