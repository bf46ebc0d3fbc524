"""What every test may use: a real PostgreSQL with the application's own role, and the people each page is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.test.utils import override_settings
from pytest_django.plugin import DjangoDbBlocker

from takedowns.directory.asking import SYSTEM, asking_as
from tests import databases
from tests.chromium import browser, complaints, page  # noqa: F401 - fixtures
from tests.people import People, make_people

# A test signs nobody in from outside; a slow hash would only make nine people a test cost a second.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Properties are tried on other examples in each run of a person's; a landing must not depend on which.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing

CORPUS = Path(os.environ.get("TAKEDOWNS_CORPUS", Path(__file__).parent.parent.parent / "shared" / "corpus"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real URLs with the identity that independent sources give them."""
    if not CORPUS.is_dir():
        pytest.skip(
            f"the URL corpus is not here ({CORPUS.name}/ beside the project, or set TAKEDOWNS_CORPUS)"
        )
    return CORPUS


@pytest.fixture(scope="session")
def database_run(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[databases.Run]:
    """The database of this process, made by copying one that was migrated once; tests run as the application's role."""
    with django_db_blocker.unblock():
        run = databases.Run(tmp_path_factory.mktemp("filled"))
    yield run
    with django_db_blocker.unblock():
        run.end()


@pytest.fixture(scope="session")
def django_db_setup(database_run: databases.Run) -> None:
    """Tell pytest-django that the database is there."""


@pytest.fixture(autouse=True, scope="session")
def _transactional_tests_clean_up(request: pytest.FixtureRequest) -> None:
    # The application's role may not empty tables, and events refuse whoever it is.
    TransactionTestCase._fixture_teardown = lambda _: request.getfixturevalue("database_run").clean_up()  # type: ignore[method-assign]


@pytest.fixture
def people(db: None) -> People:
    """The cast: officers, reviewers, a coordinator, an auditor, a platform's contact, a stranger."""
    return make_people()


@pytest.fixture(autouse=True)
def _media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path / "media", EVIDENCE_ROOT=tmp_path / "evidence"):
        yield


@pytest.fixture
def as_system(db: None) -> Iterator[None]:
    """Run the test's own queries as the system; a request made by the test still asks as its person."""
    with asking_as(SYSTEM):
        yield
