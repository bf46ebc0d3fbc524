"""The OpenAPI description holds: whatever is sent within or against it, nothing fails and every answer is as described."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, note, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
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
from takedowns.webhooks.endpoints import create as create_endpoint
from tests.api.conftest import (
    Program,
    World,
    complaint_of,
    duty_of,
    evidence_of,
    hold_of,
    make_world,
    order_of,
    preview_of,
    unwritten_order_of,
)
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
#: Each row of the body is judged on its own, and a wrong one refused in the answer: test_decisions.py,
#: test_reading.py, statements/test_taking.py.
ROW_BY_ROW = ("POST /api/v1/decisions", "POST /api/v1/identify", "POST /api/v1/statements")


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
    missing_required_header,
]
#: Sends what somebody may call twice more, without a key and with a wrong one: the same whosever key was taken away.
WITHOUT_A_KEY = [ignored_auth]
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
    """The keys and tokens by name, and what may be asked for.

    Attributes:
        there: (part of an address, beginning of such addresses) to what is there; the longest beginning counts.
        folder: of the files that were handed in and attached.
    """

    keys: dict[str, str]
    there: dict[tuple[str, str], str]
    folder: Path

    def place(self, name: str, path: str) -> str | None:
        """Return what is there for a part of an address; None where nothing was made for it."""
        known = [begins for part, begins in self.there if part == name and path.startswith(begins)]
        return self.there[name, max(known, key=len)] if known else None


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callers]:
    """Referrals and what belongs to them; the keys of a platform and of an agency, tokens for them, for tests of either, and one that
    may only read. Made once.

    Each operation's calls are made in a transaction of their own, which is taken back.
    """
    folder = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), settings_of_files(folder):
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
        keys = {name: world.texts[name] for name in ("telegram", "north")} | made
        keys |= {f"token of {name}": token_for(keys[name]) for name in ("telegram", "north", "test")}
        there = there_is(world)
    yield Callers(keys, there, folder)
    with django_db_blocker.unblock():
        clean_up()


def token_for(key: str) -> str:
    """Get a token in the place of a key (OAuth 2.0)."""
    prefix = key.removeprefix("tkd_").removeprefix("test_").partition("_")[0]
    form = {"grant_type": "client_credentials", "client_id": prefix, "client_secret": key}
    answer = Client().post(
        "/api/v1/oauth/token", urlencode(form), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def there_is(world: World) -> dict[tuple[str, str], str]:
    """Make one of everything; return where it is."""
    order, complaint = order_of(world), complaint_of(world)
    handed_in = world.north.post(
        "submissions", {"operation": "RAD19", "rows": [{"url": "https://t.me/demo_there/1"}]}
    )
    assert handed_in.status_code == 201, handed_in.content
    found = {
        ("name", "/api/v1/referrals/"): world.made[1],
        ("name", "/api/v1/referrals/{name}/order"): order,
        ("name", "/api/v1/referrals/{name}/order/draft"): unwritten_order_of(world),
        ("name", "/api/v1/referrals/{name}/complaints"): world.made[0],
        ("name", "/api/v1/problems/"): "rate-limited",
        ("reference", "/"): "RAD19",
        ("complaint_id", "/"): complaint,
        ("submission_id", "/"): handed_in.json()["id"],
        ("submission_id", "/api/v1/previews/"): preview_of(world),
        ("endpoint_id", "/"): create_endpoint("telegram", url="https://hooks.example/in")[0].pk,
        ("evidence_id", "/"): evidence_of(world),
        ("hold_id", "/"): hold_of(world),
        ("duty_id", "/"): duty_of(world),
    }
    return {place: str(one) for place, one in found.items()}


def is_wrong_in_its_path(case: schemathesis.Case) -> bool:
    """Tell whether a case is made to be refused for what stands in its path."""
    parts = case.meta.components if case.meta is not None else {}
    return any(place == ParameterLocation.PATH and part.mode.is_negative for place, part in parts.items())


# With one parameter: schemathesis names its tests by their operation only where there is something to choose.
@pytest.fixture(params=["each key"])
def callers(filled: Callers, db: None) -> Iterator[Callers]:
    """Return who calls; their files are where they were put."""
    with settings_of_files(filled.folder):
        yield filled


#: What is made up, and each example, every key sends. Of the hundred that go once through each value that the schema forbids or
#: allows, so many keys send one, in turn; and more, until it was not refused before anybody read it.
FEWEST = 2
NOT_FOR_THEM = (401, 403, 404)
_turns: Counter[str] = Counter()


def in_turn(case: schemathesis.Case, callers: Callers) -> list[tuple[str, str]]:
    """Return the keys with their names, beginning with another for each case of an operation."""
    keys = list(callers.keys.items())
    first = _turns[case.operation.label] % len(keys)
    _turns[case.operation.label] += 1
    return keys[first:] + keys[:first]


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
    for name, value in case.path_parameters.items() if not is_wrong_in_its_path(case) else ():
        there = callers.place(name, case.operation.path)
        if there is not None and zlib.crc32(str(value).encode()) % 4:
            case.path_parameters[name] = there
    is_one_of_many = case.meta is not None and case.meta.phase.name == TestPhase.COVERAGE
    checks = CHECKS + WITHOUT_A_KEY
    was_read = False
    for number, (name, text) in enumerate(in_turn(case, callers)):
        if is_one_of_many and number >= FEWEST and was_read:
            break
        note(f"key: {name}")
        headers = {"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"}
        answer = case.call_and_validate(headers=headers, checks=checks)
        was_read |= answer.status_code not in NOT_FOR_THEM
        if 200 <= answer.status_code < 300:
            checks = CHECKS
