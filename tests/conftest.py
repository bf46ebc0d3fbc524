"""What every test may use: a real PostgreSQL with the application's own role, and the people each page is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import override_settings, setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.directory.seed import seed
from takedowns.postgres.grants import grant
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
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make the test database as the owner; run the tests as the application's role, as in production."""
    application, owner = connections["default"].settings_dict, connections["owner"].settings_dict
    credentials = {name: application[name] for name in ("USER", "PASSWORD")}
    with django_db_blocker.unblock():
        application |= {name: owner[name] for name in credentials}
        created = setup_databases(verbosity=0, interactive=False, aliases={"default": False, "owner": False})
        connections["default"].close()
        connections["default"].close_pool()
        application |= credentials
        grant("owner")
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        connections["default"].close_pool()
        application |= {name: owner[name] for name in credentials}
        teardown_databases(created, verbosity=0)


def _empty_tables(_: TransactionTestCase) -> None:
    """Empty every table as the owner: the application's role may not, and events refuse whoever it is."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})
    names = ", ".join(f'"{table}"' for table in tables if table != "django_migrations")
    # A connection beside Django's, which guards the ones a test did not ask for.
    with psycopg.connect(**connections["owner"].get_connection_params()) as owner:
        owner.execute("ALTER TABLE referrals_event DISABLE TRIGGER USER")
        owner.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        owner.execute("ALTER TABLE referrals_event ENABLE TRIGGER USER")
    seed()


@pytest.fixture(autouse=True, scope="session")
def _transactional_tests_clean_up_as_owner() -> None:
    TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]


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
