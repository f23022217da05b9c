"""The values that a scheme has of its own: `tekun_publicity_length` goes before `publicity_length`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What the end of a benefit has of its own goes before what its beginning has: `tekun_end_publicity_length`.
END = "end"


def own(parameters: Mapping[str, Any], name: str, scheme: str, *, ending: bool = False) -> Any:
    """The scheme's value of a dated parameter, else the general one; None when there is neither."""
    asked = [f"{scheme}_{END}_{name}"] if ending else []
    for each in (*asked, f"{scheme}_{name}", name):
        if each in parameters:
            return parameters[each]
    return None
