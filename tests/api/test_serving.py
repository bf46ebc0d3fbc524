"""What the server refuses before the application sees it is told as every other problem."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run gunicorn as the documents say; no call of these tests reaches the database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:takedowns.serving",
        "takedowns.wsgi",
        "--bind",
        f"127.0.0.1:{number}",
        "--workers",
        "1",
        "--threads",
        "2",
        "--log-level",
        "error",
    ]
    environment = {
        **os.environ,
        "DEBUG": "0",
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "0",
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
    }
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield number
    finally:
        server.terminate()
        server.wait(30)


def ask(port: int, request: str) -> tuple[int, dict[str, str], Any]:
    """Send a request as it stands; return status, headers and the JSON of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request.encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, json.loads(body)


@pytest.mark.parametrize(
    ("request_", "status", "name"),
    [
        ("GET /api/v1/identify?url=" + "x" * 9_000 + " HTTP/1.1", 414, "uri-too-long"),
        ("GET /api/v1/referrals HTTP/1.1\r\nX-Long: " + "x" * 9_000, 431, "headers-too-large"),
        ("GET /api/v1/referrals HTTP/1.1\r\nBad header: x", 400, "malformed"),
        ("GET /api/v1/identify?url=" + "x" * 8_000 + " HTTP/1.1", 401, "not-authenticated"),
    ],
    ids=["address", "header", "no header", "as long as promised"],
)
def test_what_is_too_long_is_a_problem_of_its_own(port: int, request_: str, status: int, name: str) -> None:
    got, headers, problem = ask(port, f"{request_}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert (got, headers["content-type"]) == (status, "application/problem+json")
    assert problem["type"] == f"/api/v1/problems/{name}"
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["request_id"] == headers["x-request-id"]


def test_no_answer_names_the_program_that_serves(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as caller:
        caller.sendall(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        head = b"".join(iter(lambda: caller.recv(65536), b"")).partition(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.1 ")
    assert b"\r\nserver:" not in head.lower()
