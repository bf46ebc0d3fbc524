"""Each call stands in the description in three languages: Python makes it, the others would send the same; so does the collection."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from takedowns.api.samples import Call, calls
from takedowns.directory.keys import create
from takedowns.directory.models import Platform
from tests import certificates
from tests.api.conftest import Program, World, order_of, unwritten_order_of
from tests.api.test_access import OPEN, ROUTES, _path
from tests.evidence.hostile import picture
from tests.factories import undone

BASE = "https://takedowns.example.org/api/v1"
FILE = "application/octet-stream"
ATTACHED = "before.png"
FORM = "application/x-www-form-urlencoded"
#: What a form takes from the environment, and the name there.
KEPT = {"client_id": "CLIENT_ID", "client_secret": "KEY", "token": "TOKEN"}
#: What a call makes: method, address below the version, whether a key goes with it, body as JSON (of a form its fields), or @ and the file's name.
Made = tuple[str, str, bool, Any]


def schema() -> dict[str, Any]:
    return json.loads(Client().get("/api/v1/schema").content)  # type: ignore[no-any-return]


def source(call: Call, label: str) -> str:
    return next(one["source"] for one in call.operation["x-codeSamples"] if one["label"] == label)


def made(call: Call) -> Made:
    form = {name: KEPT.get(name, value) for name, value in call.form.items()}
    return call.method, call.path, call.needs_key, f"@{call.file}" if call.file else form or call.body


def program_for(call: Call, world: World) -> Program:
    """Return a key that may make the call."""
    if "oauth" in call.place:
        return world.telegram
    if "sandbox" in call.place:
        return Program(create(name="t", platform=Platform.objects.get(pk="telegram"), test=True)[1])
    expected = ROUTES[call.method.lower(), route_of(call)][1]
    fits = [name for name, status in expected.items() if status not in {403, 404}]
    return world.program(next((name for name in fits if expected[name] != 422), fits[0]))


def route_of(call: Call) -> str:
    return str(resolve(urlsplit(f"/api/v1{call.path}").path).url_name)


def prepare(call: Call, world: World) -> str:
    """Let what the call needs be so; return its address here."""
    route = route_of(call)
    path = call.path.lstrip("/") if route in OPEN else _path(route, world)
    now = f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    if route == "information":  # something was asked
        world.telegram.post(
            path.replace("information", "decision"),
            {"verdict": "request_information", "question": "Which video?"},
        )
    if call.operation["operationId"] == "write_order":
        return path.replace(str(order_of(world)), str(unwritten_order_of(world)))
    if route == "order-feedback":  # what was received is known
        world.telegram.post(path.replace("feedback", "receipt"), {"received_at": now})
    if route == "order-resumption":
        said = {"impediment": "force_majeure", "explanation": "Fire."}
        world.telegram.post(path.replace("resumption", "impediment"), said)
    return path + (f"?{urlsplit(call.path).query}" if "?" in call.path else "")


@dataclass
class Wire:
    """Stands where requests would open a connection: keeps what is sent, and lets the application answer at ``path``."""

    certificate: certificates.Made
    path: str = ""
    sent: list[Made] = field(default_factory=list)

    def request(self, method: str, url: str, *, timeout: int, **options: Any) -> requests.Response:
        asked = requests.Request(method.upper(), url, **options).prepare()
        body = asked.body or b""
        kind, key = asked.headers.get("Content-Type", ""), asked.headers.get("Authorization", "")
        if kind == FORM:
            fields = dict(parse_qsl(str(asked.body)))
            named = {
                name: KEPT[name] if value == os.environ.get(KEPT.get(name, "")) else value
                for name, value in fields.items()
            }
            self.sent.append((method.upper(), url.removeprefix(BASE), bool(key), named))
            return _as_requests_has_it(Client().post(f"/api/v1/{self.path}", asked.body, kind))
        text = "" if kind == FILE else body.decode() if isinstance(body, bytes) else body
        said = f"@{ATTACHED}" if kind == FILE else json.loads(text) if text else None
        self.sent.append((method.upper(), url.removeprefix(BASE), key == f"Bearer {os.environ['KEY']}", said))
        # The referrals were made now, and nobody acts upon one before it is made.
        now = f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
        text = re.sub(r'("(?:acted_at|received_at|at)": ")[^"]+', rf"\g<1>{now}", text)
        later = f"{timezone.now() + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"
        text = re.sub(r'("ends_at": ")[^"]+', rf"\g<1>{later}", text)
        # The people of the examples work for the agency of the key here.
        text = re.sub(
            r'("(?:acted_by|submitted_by)": ")\w\.(officer|coordinator)@[^"]+',
            r"\g<1>\g<2>@example.org",
            text,
        )
        text = text.replace('"expected": 9', '"expected": 1')  # a list of one item is withdrawn here
        if "sandbox" in self.path:  # one is taken that fits
            text = re.sub(r', "referral": "[^"]*"', "", text)
        sent = body if kind == FILE else text.encode()
        came = {}
        if self.path == "key/certificates":  # it is bound to the certificate that the call comes with
            came, text = self.certificate.from_nginx, json.dumps({"certificates": [self.certificate.digits]})
            sent = text.encode()
        return _as_requests_has_it(
            Client().generic(
                method.upper(), f"/api/v1/{self.path}", sent, kind, headers={"Authorization": key, **came}
            )
        )


def test_python_makes_each_call(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    wire = Wire(certificates.make(tmp_path))
    settings.CLIENT_CERTIFICATES_AT, settings.API_TRUST_FORWARDED_FOR = certificates.AT, True
    monkeypatch.chdir(tmp_path)
    (tmp_path / ATTACHED).write_bytes(picture())
    monkeypatch.setenv("BASE", BASE)
    monkeypatch.setattr(requests.api, "request", wire.request)
    order_of(world)
    found = [*calls(schema())]
    assert len(found) > 45
    for call in found:
        with undone():
            wire.path = prepare(call, world)
            program = world.telegram if route_of(call) in OPEN else program_for(call, world)
            monkeypatch.setenv("KEY", program.text)
            monkeypatch.setenv("CLIENT_ID", program.text.split("_")[1])
            monkeypatch.setenv("TOKEN", "tka_unknown")
            with contextlib.redirect_stdout(io.StringIO()) as said:
                # It raises where the answer is a problem.
                exec(compile(source(call, "Python"), call.place, "exec"), {"__name__": "__main__"})
            assert said.getvalue().strip() or call.answers in {"application/pdf", FILE}, call.place
    assert wire.sent == [made(one) for one in found]


def _as_requests_has_it(answer: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status_code
    response.raw = io.BytesIO(answer.content if isinstance(answer, HttpResponse) else b"".join(answer))
    return response


def test_curl_makes_the_same_calls(tmp_path: Path) -> None:
    found = [*calls(schema())]
    # What a shell makes of each: the words of the command, as curl gets them.
    script = "curl() { printf '%s\\0' \"$@\"; printf '\\1'; }\n" + "\n".join(
        source(one, "curl") for one in found
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, "BASE": BASE, "KEY": "tkd_1_2", "CLIENT_ID": "1", "TOKEN": "tka_3"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    commands = [one.split("\0")[:-1] for one in done.stdout.split("\1")[:-1]]
    assert [_of_curl(words) for words in commands] == [made(one) for one in found]


def _of_curl(words: list[str]) -> Made:
    options: dict[str, list[str]] = {}
    url = ""
    rest = iter(words)
    for word in rest:
        if word in {"-X", "-H", "-d", "-o", "--data-binary", "--data-urlencode"}:
            options.setdefault(word, []).append(next(rest))
        elif word != "-s":
            url = word
    headers = options.get("-H", [])
    body, file = options.get("-d"), options.get("--data-binary")
    form = {
        name: _named(name, value)
        for name, _, value in (one.partition("=") for one in options.get("--data-urlencode", []))
    }
    assert ("Content-Type: application/json" in headers) == bool(body)
    assert (f"Content-Type: {FILE}" in headers) == bool(file)
    method = options.get("-X", ["POST" if body or file or form else "GET"])[0]
    return (
        method,
        url.removeprefix(BASE),
        "Authorization: Bearer tkd_1_2" in headers,
        json.loads(body[0]) if body else file[0] if file else form or None,
    )


def _named(name: str, value: str) -> str:
    """Return the name in the environment of what a field took from there."""
    given = {"client_id": "1", "client_secret": "tkd_1_2", "token": "tka_3"}
    if name not in given:
        return value
    assert value == given[name]
    return KEPT[name]


@pytest.mark.skipif(shutil.which("node") is None, reason="TypeScript is run by Node.js, which is not here")
def test_typescript_makes_the_same_calls(tmp_path: Path) -> None:
    found = [*calls(schema())]
    stand_in = """
        const sent = [];
        globalThis.fetch = async (url, how = {}) => {
          const headers = how.headers ?? {};
          const file = headers["Content-Type"] === "application/octet-stream";
          const form = how.body instanceof URLSearchParams;
          if (how.body && !file && !form && headers["Content-Type"] !== "application/json") throw new Error(`no type: ${url}`);
          const body = file ? `@${how.body}` : form ? Object.fromEntries(how.body) : how.body ? JSON.parse(how.body) : null;
          sent.push([how.method ?? "GET", url, headers.Authorization === "Bearer tkd_1_2", body]);
          return new Response(how.method === "DELETE" ? null : "{}", { status: how.method === "DELETE" ? 204 : 200 });
        };
        const say = console.log; console.log = () => {};
    """
    # Types are erased before it runs; there is one.
    blocks = ["{\n" + source(one, "TypeScript").replace(": ArrayBuffer", "") + "}" for one in found]
    program = tmp_path / "calls.mjs"
    (tmp_path / ATTACHED).write_text(ATTACHED)
    program.write_text(stand_in + "\n".join(blocks) + "\nsay(JSON.stringify(sent));\n")
    done = subprocess.run(
        ["node", str(program)],
        cwd=tmp_path,
        env={**os.environ, "BASE": BASE, "KEY": "tkd_1_2", "CLIENT_ID": "1", "TOKEN": "tka_3"},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    sent = [
        (how, url.removeprefix(BASE), key, _form(body) if "/oauth/" in url else body)
        for how, url, key, body in json.loads(done.stdout)
    ]
    assert sent == [made(one) for one in found]


def _form(fields: dict[str, str]) -> dict[str, str]:
    return {name: _named(name, value) for name, value in fields.items()}


def test_the_collection_makes_the_same_calls() -> None:
    answer = Client().get("/api/v1/collection")
    assert answer["Content-Disposition"] == 'attachment; filename="takedowns.postman_collection.json"'
    told = answer.json()
    variables = {one["key"]: one["value"] for one in told["variable"]}
    assert variables["base"] == "http://testserver/api/v1"
    found = []
    for folder in told["item"]:
        for one in folder["item"]:
            asked = one["request"]
            url = asked["url"]
            path = url["raw"].removeprefix("{{base}}")
            assert "/" + "/".join(url["path"]) == path
            for each in url["variable"]:
                path = path.replace(f":{each['key']}", each["value"])
            given = [f"{each['key']}={each['value']}" for each in url["query"] if not each.get("disabled")]
            sent = asked.get("body", {})
            if "urlencoded" in sent:
                body: Any = {each["key"]: each["value"].strip("{}") for each in sent["urlencoded"]}
                body = {name: KEPT.get(name, value) for name, value in body.items()}
                assert {each["value"] for each in sent["urlencoded"]} & {
                    "{{client_id}}",
                    "{{key}}",
                    "{{token}}",
                }
                found.append((asked["method"], path, asked.get("auth") is None, body))
                continue
            body = f"@{sent['file']['src']}" if "file" in sent else json.loads(sent["raw"]) if sent else None
            key = asked.get("auth") is None
            found.append((asked["method"], path + ("?" + "&".join(given)) * bool(given), key, body))
    assert sorted(found, key=str) == sorted((made(one) for one in calls(schema())), key=str)
