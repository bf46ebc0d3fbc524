"""The full demo day, made once for all tests that only read it."""

import pytest

from takedowns.demo.scenario import Scenario, build


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """The demo day as `make demo` loads it."""
    return build()
