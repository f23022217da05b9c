"""Acts of several people at one instant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from engine.database import db


def at_once(app: Any, *acts: Callable[[], Any]) -> list[Any]:
    """Runs each act in a thread of its own, all begun together; what each gave or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                gate.wait()
                results[number] = act()
            except Exception as error:
                results[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
