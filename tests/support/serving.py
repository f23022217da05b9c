"""A server in a thread of the tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import waitress


def until_closed(server: Any) -> None:
    """Serves until somebody closes the server. Its loop may be waiting on the socket that is closed under it, and says
    so with an error of the socket; that is how it ends here, not a fault."""
    with suppress(OSError):
        server.run()


@contextmanager
def serving(app: Any, **settings: Any) -> Iterator[str]:
    """Serves an application as the real server does; gives its address."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, **settings)
    thread = threading.Thread(target=until_closed, args=(server,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)
