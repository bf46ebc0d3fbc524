"""Calling the installation as people and programs do: again and again until it is heard."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from tests.operating.proxy import HOST
from tests.torture.room import PEOPLE, Room

#: Any page's form is taken with it: the cookie and the field say the same.
CSRF: Final = "t" * 32
#: Seconds after which somebody who tries again and again gives up; then it is a fault.
PATIENCE_S: Final = 300.0
#: What nobody sees of a page: its head, its banner and its tags.
_UNSEEN: Final = re.compile(r"(?s)<head>.*?</head>|<header.*?</header>|<[^>]*>")
_AGAIN: Final = {429, 500, 502, 503, 504}


@dataclass
class Told:
    """An answer that came whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def said(self) -> str:
        """The status, and what a reader of the answer sees of it first: for whoever looks for what broke."""
        seen = _UNSEEN.sub(" ", self.text)
        return f"{self.status} {' '.join(seen.split())[:600]}"


def _leads_to_sign_in(told: Told) -> bool:
    return told.status == 302 and "/sign-in/" in told.headers.get("Location", "")


class Caller:
    """A person's browser or an agency's or platform's program, on a connection of its own for each call."""

    def __init__(self, room: Room, who: str) -> None:
        self.room, self.who = room, who

    @property
    def headers(self) -> dict[str, str]:
        """As whoever calls sends them: with a person's session of now."""
        room, who = self.room, self.who
        token = room.tokens[who]
        # Behind nginx all goes over HTTPS: cookies are this host's alone, and a form says where it comes from.
        prefix = "__Host-" if room.front is not None else ""
        host = {"Host": HOST, "Origin": f"https://{HOST}"} if room.front is not None else {}
        return host | (
            {"Cookie": f"{prefix}sessionid={token}; {prefix}csrftoken={CSRF}"}
            if who in PEOPLE
            else {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        )

    def once(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Told | None:
        """Call once; None where no whole answer came."""
        connection = self.room.connect(timeout=120)
        began = time.monotonic()
        try:
            connection.request(method, path, body, {**self.headers, **(headers or {})})
            answer = connection.getresponse()
            told = Told(answer.status, answer.headers, answer.read(), time.monotonic() - began)  # type: ignore[arg-type]
        except (OSError, http.client.HTTPException):
            self.room.book.count("calls cut off")
            return None
        finally:
            connection.close()
        self.room.book.count(f"answers {told.status}")
        if told.status == 500:
            self.room.book.breaks(f"500 at {method} {path.partition('?')[0]}: {told.said}")
        if told.status == 503 and "Retry-After" not in told.headers:
            self.room.book.breaks(f"503 without Retry-After at {method} {path}")
        return told

    def heard(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Told | None:
        """Call until there is an answer that is not "try again"; None where the room ends meanwhile.

        Whose session ended because the clock was set back too far (``access/lapses.py``) signs in again, and goes on.
        """
        ends, last = time.monotonic() + PATIENCE_S, "nothing"
        while time.monotonic() < ends and not self.room.ended.is_set():
            session = self.room.tokens[self.who]
            told = self.once(method, path, body, headers)
            if told is not None and _leads_to_sign_in(told) and self.room.sign_in_again(self.who, session):
                continue
            if told is not None:
                last = told.said
                still_runs = told.status == 409 and "Retry-After" in told.headers
                if told.status not in _AGAIN and not still_runs:
                    return told
            time.sleep(0.5)
        if not self.room.ended.is_set():
            self.room.book.breaks(
                f"{method} {path} was not taken for {PATIENCE_S:.0f} s; the last answer: {last}"
            )
        return None

    def page(self, path: str) -> Told | None:
        """Open a page."""
        return self.heard("GET", path)

    def form(self, path: str, fields: Mapping[str, Any]) -> Told | None:
        """Send a page's form."""
        body = urlencode({"csrfmiddlewaretoken": CSRF, **fields}, doseq=True).encode()
        return self.heard("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
