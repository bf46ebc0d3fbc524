"""Traces, as a receiver of OpenTelemetry's own protocol gets them from web and worker: what they tell, and what never stands in them."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.operating.installation import Installation, until
from tests.operating.proxy import free_port

pytestmark = pytest.mark.torture
#: Words that a search, an item's address, a secret address and a key hold.
SEARCHED, ITEM, DOOR = "marker-searched", "marker_item", "marker-door"
#: More than a request reads by itself: the worker does.
SETTINGS = {"SUBMISSION_INLINE_BYTES": "200"}
WITHOUT = """
import sys
class _Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, _Missing())
"""


class Collector:
    """Takes what is sent; keeps the bytes as well, for whatever should not be in them."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                packed = self.headers.get("Content-Encoding") == "gzip"
                outer.bodies.append(gzip.decompress(body) if packed else body)
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[dict[str, Any]]:
        """Return all spans, each as a dictionary."""
        found = []
        for body in list(self.bodies):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = {one.key: one.value.string_value for one in resource.resource.attributes}
                for one in (span for scope in resource.scope_spans for span in scope.spans):
                    told = {
                        item.key: item.value.string_value or item.value.int_value for item in one.attributes
                    }
                    found.append(
                        {
                            "name": one.name,
                            "trace": one.trace_id,
                            "parent": one.parent_span_id,
                            "id": one.span_id,
                            "links": [(link.trace_id, link.span_id) for link in one.links],
                            "service": service["service.name"],
                            **told,
                        }
                    )
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


@contextmanager
def at_work(installation: Installation, endpoint: str) -> Iterator[None]:
    """Run web and worker that trace."""
    settings = {**SETTINGS, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    installation.serve(**settings)
    installation.start("-m", "takedowns", "worker", "--concurrency", "2", **settings)
    try:
        yield
    finally:
        installation.end_processes()


def hand_in(installation: Installation, name: str) -> str:
    """Hand a list in that is long enough for the worker, as an agency's program; return the submission's id."""
    said = installation.done("shell", "--no-imports", "-c", MAKE_KEY)
    [key] = [line.split()[1] for line in said.splitlines() if line.startswith("made ")]
    rows = "".join(f"https://t.me/{name}/{number}\n" for number in range(1, 40))
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=60)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "text/csv",
        "Idempotency-Key": f"list-{time.time_ns()}",
        "X-Request-ID": "asked-23",
    }
    connection.request("POST", "/api/v1/submissions?operation=RAD19", f"url\n{rows}".encode(), headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status in (200, 201, 202), text
    installation.tokens["agency"] = key
    return str(json.loads(text)["id"])


def loaded(installation: Installation, submission: str) -> bool:
    """Return whether this submission is loaded; others have left some that never will be."""
    return installation.ask("SELECT state FROM intake_submission WHERE id = %s", submission) == [("loaded",)]


MAKE_KEY = """
from takedowns.directory.keys import create
from takedowns.directory.models import Agency, User
north = Agency.objects.get(slug="north")
print("made", create(name="y", agency=north, person=User.objects.get(email="officer@example.org"))[1])
"""


def test_requests_statements_and_jobs_are_traced_and_nothing_that_is_nobodys_business(
    installation: Installation, collector: Collector
) -> None:
    with at_work(installation, collector.url):
        assert installation.get(f"/find/?q={SEARCHED}", as_="officer").status == 200
        assert installation.get(f"/invitation/{DOOR}/").status in (200, 404, 410)
        submission = hand_in(installation, ITEM)
        until(lambda: loaded(installation, submission))
        until(lambda: any(one["name"].startswith("job intake.") for one in collector.spans()))
        failing = installation.get("/operations/?after=no", as_="officer", X_Request_ID="asked-24")
        assert failing.status < 500
        until(lambda: any(one.get("takedowns.request_id") == "asked-24" for one in collector.spans()))
    spans = collector.spans()
    [handing_in] = [
        one for one in spans if one.get("takedowns.request_id") == "asked-23" and one["name"] == "POST"
    ]
    assert handing_in["http.route"] == "/api/v1/submissions"
    assert handing_in["http.response.status_code"] == 202
    [loading] = [one for one in spans if one["name"].startswith("job intake.load")]
    assert loading["links"], loading
    assert loading["links"][0][0] == handing_in["trace"] != loading["trace"]
    assert loading["takedowns.request_id"] == "asked-23"
    for whole in (handing_in, loading):
        statements = [one for one in spans if one["trace"] == whole["trace"] and "db.operation.name" in one]
        assert any(one.get("db.collection.name", "").startswith("intake_") for one in statements), whole
    assert {one["service"] for one in spans} == {"takedowns"}

    sent = b"".join(collector.bodies)
    for secret in (
        SEARCHED,
        ITEM,
        DOOR,
        "//t.me",
        installation.tokens["agency"],
        installation.tokens["officer"],
    ):
        assert secret.encode() not in sent, secret
    assert b"officer@example.org" not in sent


def test_what_was_queued_by_who_traces_is_done_by_who_does_not(
    installation: Installation, collector: Collector
) -> None:
    with at_work(installation, collector.url):
        pass  # both ended: what comes now is queued by a web that traces, and done by a worker that does not
    installation.ask("DELETE FROM procrastinate_jobs")  # of that worker, which no request queued
    installation.serve(**SETTINGS, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    submission = hand_in(installation, "t_other")
    queued = installation.ask("SELECT args FROM procrastinate_jobs WHERE args ? 'trace'")
    assert queued
    assert {tuple(sorted(one["trace"])) for (one,) in queued} == {("request_id", "traceparent")}
    installation.end_processes()
    installation.start("-m", "takedowns", "worker", "--concurrency", "2", **SETTINGS)
    until(lambda: loaded(installation, submission))


def test_a_collector_that_is_away_holds_nobody_up(installation: Installation) -> None:
    with at_work(installation, f"http://127.0.0.1:{free_port()}"):
        installation.get("/operations/", as_="officer")
        for _ in range(3):
            answer = installation.get("/operations/", as_="officer")
            assert (answer.status, answer.seconds < 2) == (200, True)
        began = time.monotonic()
    assert time.monotonic() - began < 20


def test_without_the_extra_the_doctor_says_so_and_pages_are_answered(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    code, said = installation.run(
        "doctor", "--json", PYTHONPATH=str(tmp_path), OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9"
    )
    found = [one for one in json.loads(said[said.index("[\n") :]) if "OpenTelemetry" in one["said"]]
    assert code != 0
    assert [one["level"] for one in found] == ["wrong"]
    assert "takedowns[tracing]" in found[0]["mend"]
    _, said = installation.run("doctor", "--json", PYTHONPATH=str(tmp_path))
    assert "OpenTelemetry" not in said
    installation.serve(PYTHONPATH=str(tmp_path), OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert installation.get("/operations/", as_="officer").status == 200
    assert "takedowns[tracing] is not installed" in installation.said
