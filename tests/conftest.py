"""What every test may use: a real PostgreSQL with the application's own role, and the people each page is asked for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.test.utils import override_settings
from pytest_django.plugin import DjangoDbBlocker

from takedowns.access.actor import SYSTEM, acting_as
from tests import databases
from tests.asking import own_statements_ask_as_the_system
from tests.chromium import browser, complaints, page  # noqa: F401 - fixtures
from tests.clients import signed_in, work  # noqa: F401 - fixtures
from tests.parts import parts_share_a_transaction
from tests.people import People, make_people
from tests.played import play_once, practised_day, stops  # noqa: F401 - fixtures

# A test signs nobody in from outside; a slow hash would only make nine people a test cost a second.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Properties are tried on other examples in each run of a person's; a landing must not depend on which.
# On a busy machine it may take seconds to draw the first example, or to try it: that says nothing of what is tested.
_BUSY = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("person", deadline=None, suppress_health_check=_BUSY)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=_BUSY)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "person")

Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing

#: What depends on the server's version (SQL, migrations, row security, the readers of the log) and a walk through each face:
#: `make test-debian-postgres` runs these once more on Debian's PostgreSQL 15.
DEPENDS_ON_SERVER = (
    "postgres",
    "answers/test_batches.py",
    "access/test_actor.py",
    "referrals/test_answer_corrections.py",
    "referrals/test_transitions.py",
    "referrals/test_availability.py",
    "referrals/test_corrections.py",
    "sending/test_dispatch.py",
    "holds/test_holds.py",
    "referrals/test_lifecycle.py",
    "referrals/test_listing.py",
    "referrals/test_log.py",
    "referrals/test_operations.py",
    "orders/test_orders_issuing.py",
    "referrals/test_succession.py",
    "review/test_queue.py",
    "intake/test_concurrent.py",
    "intake/test_hosts.py",
    "intake/test_load.py",
    "intake/test_waiting.py",
    "figures/test_answer_corrections.py",
    "figures/test_as_of.py",
    "figures/test_board.py",
    "figures/test_detail.py",
    "figures/test_counts.py",
    "figures/test_fold.py",
    "figures/test_regulation.py",
    "figures/test_resurfacing.py",
    "figures/test_slices.py",
    "webhooks",
    "notices/test_building.py",
    "operating/test_backup.py",
    "operating/test_log_epoch.py",
    "verification/test_due.py",
    "verification/test_looking.py",
    "verification/test_resurfacing.py",
    "demo/test_play.py",
    "web/test_dashboard.py",
    "search/test_find.py",
    "intake/test_hand_in_pages.py",
    "web/test_referrals.py",
    "web/test_query_counts.py",
    "api/test_changes.py",
    "api/test_decisions.py",
    "api/test_reading.py",
    "api/test_sandbox.py",
    "api/test_submissions.py",
)
#: In those folders, what starts the embedded server whichever the others are run on.
OF_THE_EMBEDDED_ONE = ("postgres/test_cluster.py",)
#: Beside the torture, files with a test of a minute.
LONG = ("test_attacks.py", "test_fold.py", "test_migrations.py", "test_package.py", "test_schema.py")
TESTS = Path(__file__).parent

CORPUS = Path(os.environ.get("TAKEDOWNS_CORPUS", Path(__file__).parent.parent.parent / "shared" / "corpus"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is run once more on Debian's PostgreSQL, and put together what shares a played day."""
    places = [TESTS / place for place in DEPENDS_ON_SERVER]
    others = [TESTS / place for place in OF_THE_EMBEDDED_ONE]
    assert [place for place in places + others if not place.exists()] == [], (
        "DEPENDS_ON_SERVER names what is not there"
    )
    depends = {
        file: file not in others and any(file.is_relative_to(place) for place in places)
        for file in {item.path for item in items}
    }
    for item in items:
        if depends[item.path]:
            item.add_marker(pytest.mark.server)
    items.sort(key=_place)


def pytest_collection_finish() -> None:
    """Leave what stays to the end, half a million objects, out of every look for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _place(item: pytest.Item) -> int:
    """What looks at the played day stands together and first: one process plays it, and finds every page, for all of it.

    What takes long stands before what does not, so that no process waits at the end for the other's last test.
    """
    needs = {*getattr(item, "fixturenames", ())}
    if "stops" in needs:
        return 0
    if needs & {"practised_day", "play_once"}:
        return 1
    return 2 if item.get_closest_marker("torture") or item.path.name in LONG else 3


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


@pytest.fixture(autouse=True)
def _own_statements_ask_as_the_system() -> Iterator[None]:
    with own_statements_ask_as_the_system():
        yield


@pytest.fixture(autouse=True)
def _parts_share_a_transaction() -> Iterator[None]:
    with parts_share_a_transaction():
        yield


@pytest.fixture
def as_system(db: None) -> Iterator[None]:
    """Run the test's own queries as the system; a request made by the test still asks as its person."""
    with acting_as(SYSTEM):
        yield
