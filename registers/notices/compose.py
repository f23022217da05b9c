"""Puts a document together: what the template says, and what the system adds so that nobody can leave it out.

The layout follows GB/T 9704-2012 (`paper.css` says the figures); here stands only what is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from jinja2 import TemplateError

from engine.documents import markup, sandbox
from engine.documents.head import Head
from engine.errors import DoudiError, Unmade
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Submission
from engine.runtime.services import ServiceCall
from registers.notices import appeal, context
from registers.notices.issuer import Issuer
from registers.notices.statutes import cite
from registers.notices.words import Given

_sandbox = sandbox.make()
#: What a template runs into that reads what is not there, or computes with what is no number.
_FAILS = (TemplateError, DoudiError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
#: Classes of what the system writes itself.
OWN = markup.CLASSES | {"doc-group", "doc-pairs", "doc-rows", "doc-signatures", "doc-reasons"}


@dataclass(frozen=True)
class Draft:
    """A document before it is kept: its template, what that declares, who issues it."""

    call: ServiceCall
    template: str
    text: str
    head: Head
    issuer: Issuer
    number: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    made: Submission | None = None


def compose(draft: Draft) -> str:
    """The document as HTML. Unmade with the title and the cause when it would have a hole, when an adverse letter
    has no reason, or when a template came to markup that a document may not have."""
    seen = context.names(draft.call, draft.head, draft.issuer, draft.number, draft.given, draft.made)
    try:
        listed = reasons(draft, seen)
    except _FAILS as error:
        raise Unmade(f"文书“{draft.head.title}”无法生成：{_said(error)}") from error
    return laid_out(draft, seen, listed)


def laid_out(draft: Draft, seen: dict[str, Any], listed: str) -> str:
    """The document of what its template reads and of the list of its reasons. Raises Unmade as `compose` does."""
    head = draft.head
    try:
        if not head.public:
            seen["reasons"] = sandbox.Safe(listed)
        body = _sandbox.from_string(draft.text).render(seen)
        to = _sandbox.from_string(_receiver(head, seen)).render(seen) if head.kind == "letter" else ""
        cc = _sandbox.from_string(head.cc).render(seen) if head.cc else ""
    except _FAILS as error:
        raise Unmade(f"文书“{head.title}”无法生成：{_said(error)}") from error
    if len(body) > sandbox.LONGEST:
        raise Unmade(f"文书“{head.title}”无法生成：内容太长。")
    wrong = markup.faults(body, OWN)
    if wrong:
        raise Unmade(f"文书“{head.title}”无法生成：{'；'.join(wrong[:3])}。")
    if head.kind == "letter":
        return _letter(draft, seen, body, listed, to, cc)
    return _sheet(draft, seen, body)


def reasons(draft: Draft, seen: Mapping[str, Any]) -> str:
    """The reasons as a list, each with its rule; for an adverse letter there must be one."""
    found = [] if draft.head.public else seen["facts"]["reasons"]
    if draft.head.adverse and not found:
        raise DoudiError("没有理由的不利决定不能制发，请先写明理由")
    return f'<ol class="doc-reasons">{"".join(_reason(draft, each) for each in found)}</ol>' if found else ""


def _reason(draft: Draft, reason: Mapping[str, Any]) -> str:
    text = str(reason.get("text") or "").strip()
    clauses = str(reason.get("clause") or "").strip() or ",".join(draft.head.clause)
    if not text or not clauses:
        raise DoudiError("每条理由都要有事实和依据的条款")
    return f"<li>{escape(text)}（{escape(cite(_release(draft), clauses))}）</li>"


def _release(draft: Draft) -> LoadedRelease:
    release: LoadedRelease = draft.call.release
    return release


def _receiver(head: Head, seen: Mapping[str, Any]) -> str:
    if head.to != "申请人":
        return head.to
    return "{{ village }} {{ applicant }}" if "applicant" in seen else "{{ village }}"


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"没有“{error.args[0]}”这项内容"
    return str(getattr(error, "message", None) or error)


def _letter(draft: Draft, seen: Mapping[str, Any], body: str, listed: str, to: str, cc: str) -> str:
    """A letter in the letter format of the standard (10.1): office in red, number, title, receiver, text, seal."""
    head, issuer = draft.head, draft.issuer
    parts = [
        f'<header class="doc-head"><p class="doc-office">{escape(issuer.name)}</p></header>',
        f'<p class="doc-number">{escape(draft.number)}</p>',
        f'<h1 class="doc-title">{escape(head.title)}</h1>',
        f'<p class="doc-to">{to}：</p>',
        f'<div class="doc-body">{body}</div>',
    ]
    if head.adverse and not _stands(listed, body):
        parts.append(f'<section class="doc-body"><p>理由和依据：</p>{listed}</section>')
    if head.clause:
        basis = cite(_release(draft), ",".join(head.clause))
        parts.append(f'<p class="doc-basis">依据：{escape(basis)}。</p>')
    ways = appeal.paragraphs(head.appeal, Given(draft.call.parameters), issuer.respondent)
    if ways:
        parts.append(f'<section class="doc-appeal">{"".join(f"<p>{escape(each)}</p>" for each in ways)}</section>')
    parts += [
        _signed(issuer.name, str(seen["date"])),
        f'<p class="doc-note">（经办人：{escape(str(seen["handler"]))}；监督投诉电话：'
        f"{escape(str(seen['complaint_phone']))}）</p>",
    ]
    if head.service == "hand":
        parts.append('<p class="doc-slip">签收人：＿＿＿＿＿＿　与申请人的关系：＿＿＿＿＿　日期：＿＿＿＿＿＿</p>')
    if cc:
        parts.append(f'<p class="doc-cc">抄送：{cc}</p>')
    return f'<article class="doc doc-letter">{"".join(parts)}</article>'


def _sheet(draft: Draft, seen: Mapping[str, Any], body: str) -> str:
    """A record of the file, or a sheet for many: the title, what it says, and for a list who made it."""
    head = draft.head
    under = draft.number or (f"办件编号：{seen['case_number']}" if seen.get("case_number") and not head.public else "")
    parts = [f'<h1 class="doc-title">{escape(head.title)}</h1>']
    if under:
        parts.append(f'<p class="doc-under">{escape(str(under))}</p>')
    parts.append(f'<div class="doc-body">{body}</div>')
    if head.kind == "list":
        parts.append(_signed(draft.issuer.name, str(seen["date"])))
    wide = " doc-wide" if head.paper == "wide" else ""
    return f'<article class="doc doc-{head.kind}{wide}">{"".join(parts)}</article>'


def _signed(office: str, date: str) -> str:
    return (
        f'<div class="doc-sign"><p>{escape(office)}</p><p class="doc-seal">（印章）</p>'
        f'<p class="doc-date">{escape(date)}</p></div>'
    )


def _stands(listed: str, body: str) -> bool:
    """Whether every reason can be read in the text, its rule beside it."""
    said = markup.words(body)
    return all(markup.words(each) in said for each in _items(listed))


def _items(listed: str) -> Sequence[str]:
    return [each.removesuffix("</li>") for each in listed.split("<li>")[1:]]
