"""One installation for all tests here that need a server of their own; each finds the server running and no process left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.operating.installation import Installation


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("installation"))
    try:
        made.done("migrate", "--verbosity", "0")
        made.done("collectstatic", "--no-input", "--verbosity", "0")
        made.make_people()
        yield made
    finally:
        made.end()


@pytest.fixture
def installation(migrated: Installation) -> Iterator[Installation]:
    migrated.start_server()
    yield migrated
    migrated.end_processes()
    migrated.start_server()
