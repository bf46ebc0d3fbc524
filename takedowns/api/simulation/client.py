"""A small client of the API: one connection, repeated calls, nothing answered twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import orjson

TIMEOUT_SECONDS: Final = 60
#: Seconds between tries of a call that was not heard of; then it is given up.
PATIENCE: Final = (0.2, 0.5, 1, 2, 4, 8, 15)
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})


class CallFailed(Exception):  # noqa: N818 - what happened, not an error of the program
    """The API refused a call, or could not be reached. ``status`` is 0 where nothing answered."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Client:
    """Calls one installation with one key.

    Args:
        base: address of the installation, such as ``https://takedowns.example.org``.
        key: the full text of an API key.
        sleep: waits between tries; returns True where it was told to stop.

    Raises:
        ValueError: ``base`` is no http or https address.
    """

    def __init__(self, base: str, key: str, *, sleep: Callable[[float], bool | None] = time.sleep) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(
                f"“{base}” is no address of an installation. Example: https://takedowns.example.org"
            )
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        self._path = parts.path.rstrip("/").removesuffix("/api/v1") + "/api/v1/"
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._sleep = sleep

    def get(self, path: str, **query: object) -> Any:
        """Return what an address says.

        Raises:
            CallFailed: it was refused, or not heard of for half a minute.
        """
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._call("GET", asked, None, {})

    def post(self, path: str, body: Any) -> Any:
        """Post once: each try carries the same idempotency key, so that a repeated one changes nothing.

        Raises:
            CallFailed: it was refused, or not heard of for half a minute.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return self._call("POST", path, orjson.dumps(body), headers)

    def delete(self, path: str) -> None:
        """Delete what an address names.

        Raises:
            CallFailed: it was refused, or not heard of for half a minute.
        """
        self._call("DELETE", path, None, {})

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        failure = CallFailed(0, "It was not tried.")
        for usual in (*PATIENCE, None):
            pause = usual
            try:
                self._connection.request(method, self._path + path, body, {**self._headers, **headers})
                response = self._connection.getresponse()
                content = response.read()
            except (OSError, HTTPException) as error:
                self._connection.close()  # the next try opens it anew
                failure = CallFailed(0, f"{type(error).__name__}: {error}")
            else:
                if response.status < 300:
                    return orjson.loads(content) if content else None
                failure = CallFailed(response.status, _detail(content))
                if response.status not in _TRY_AGAIN and not _still_runs(response):
                    break
                pause = _longer(pause, response)
            if pause is None or self._sleep(pause):
                break
        raise failure


def _still_runs(response: HTTPResponse) -> bool:
    """Tell whether the first call under the same idempotency key has not ended."""
    return response.status == 409 and response.headers.get("Retry-After") is not None


def _longer(pause: float | None, response: HTTPResponse) -> float | None:
    wanted = response.headers.get("Retry-After", "")
    return max(pause, float(wanted)) if pause is not None and wanted.isascii() and wanted.isdigit() else pause


def _detail(content: bytes) -> str:
    """Return the sentence of problem details, or the beginning of whatever else came."""
    try:
        return str(orjson.loads(content)["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return content[:200].decode(errors="replace")
