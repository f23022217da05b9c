"""What several acceptance tests ask of the same telling of all stories."""

from __future__ import annotations

import pytest

from tests.support.township import MODELS
from web import trials


@pytest.fixture(scope="session")
def report():
    """All shipped stories, told once."""
    return trials.run(MODELS)
