"""The OpenAPI description holds: whatever is sent within or against it, nothing fails and every answer is as described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, note, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey, Platform
from tests.api.conftest import Program, make_world
from tests.databases import clean_up, settings_of_files
from tests.people import make_people

load_all_checks()
# Workbooks are sent as the bytes they are.
schemathesis.serializer.alias(
    [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ],
    "application/octet-stream",
)
#: Each row of the body is judged on its own, and a wrong one refused in the answer: test_decisions.py, test_reading.py.
ROW_BY_ROW = ("POST /api/v1/decisions", "POST /api/v1/identify")


def refuses_what_the_schema_forbids(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> bool | None:
    """As schemathesis's own check, but for the header that this test puts in itself."""
    if case.operation.label in ROW_BY_ROW or "Authorization" not in (case.headers or {}):
        return None
    return negative_data_rejection(ctx, response, case)


CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    refuses_what_the_schema_forbids,
    unsupported_method,
    ignored_auth,
    missing_required_header,
]
schema = schemathesis.openapi.from_wsgi("/api/v1/schema", get_wsgi_application())


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """Keep the test's transaction open between the calls, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@dataclass
class Callers:
    """The keys by name, and what may be asked for."""

    keys: dict[str, str]
    referral: str


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callers]:
    """Referrals, and the keys of a platform, of an agency, for tests of either, and one that may only read; made once.

    Each operation's calls are made in a transaction of their own, which is taken back.
    """
    with django_db_blocker.unblock(), settings_of_files(tmp_path_factory.mktemp("files")):
        world = make_world(make_people())
        platform = Platform.objects.get(pk="telegram")
        made = {
            "test": create(name="Trial", platform=platform, test=True)[1],
            "agency test": create(name="Trial", agency=world.people.agency, test=True)[1],
            "reader": create(name="Reader", platform=platform, scopes=["referrals:read"])[1],
        }
        ApiKey.objects.update(requests_per_minute=10**6)
        for name in ("test", "agency test"):  # the sandbox is filled at the first call
            assert Program(made[name]).get("referrals").status_code == 200
    yield Callers({name: world.texts[name] for name in ("telegram", "north")} | made, str(world.made[0]))
    with django_db_blocker.unblock():
        clean_up()


# With one parameter: schemathesis names its tests by their operation only where there is something to choose.
@pytest.fixture(params=["each key"])
def callers(filled: Callers, db: None) -> Callers:
    """Return who calls."""
    return filled


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_fails_and_every_answer_is_as_described(case: schemathesis.Case, callers: Callers) -> None:
    if str(case.query.get("wait", "")).isdigit():
        case.query["wait"] = 0  # a long poll would make the run wait for nothing
    for name in ("name", "reference"):
        if name in case.path_parameters and len(str(case.path_parameters[name])) % 2:
            case.path_parameters[name] = callers.referral if name == "name" else "RAD19"
    # Making a case up takes longer than a call: each is sent by every key.
    for name, text in callers.keys.items():
        note(f"key: {name}")
        case.call_and_validate(headers={"Authorization": f"Bearer {text}"}, checks=CHECKS)
