"""The headers of every answer. Nothing comes from elsewhere, nothing goes elsewhere, nothing personal is kept."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: Pages with an editor that draws itself: its library writes widths and positions as attributes of elements. Sheets and
#: <style> elements stay forbidden there too.
EDITORS = frozenset(
    {
        "modeler.edit_decision",
        "modeler.check_decision",
        "modeler.try_decision",
        "modeler.deploy_decision",
        "modeler.edit_draft_file",
    }
)
#: The page that is installed on phones (docs/visits.md) names its manifest.
PHONES = frozenset({"visits.shell"})
#: Files that people uploaded: nothing in them runs, and nothing is fetched for them.
FILES = frozenset({"desk.file", "desk.file_unmasked", "desk.file_download", "desk.dossier_file"})
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def install(app: Flask) -> None:
    app.after_request(add)


def add(response: Response) -> Response:
    """Static files may be kept when their address carries their version; all else is not stored."""
    response.headers.update(FIXED)
    if request.endpoint in EDITORS:
        response.headers["Content-Security-Policy"] = f"{POLICY}; style-src-attr 'unsafe-inline'"
    if request.endpoint in PHONES:
        response.headers["Content-Security-Policy"] = f"{POLICY}; manifest-src 'self'"
    if request.endpoint in FILES and response.mimetype != "text/html":
        response.headers["Content-Security-Policy"] = ALONE
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and response.status_code in (200, 304):
        kept = "v" in request.args or "chunk-" in request.path
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
