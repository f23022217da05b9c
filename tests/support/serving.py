"""A server in a thread of the tests."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def until_closed(server: Any) -> None:
    """Serves until somebody closes the server. Its loop may be waiting on the socket that is closed under it, and says
    so with an error of the socket; that is how it ends here, not a fault."""
    with suppress(OSError):
        server.run()
