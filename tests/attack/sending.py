"""Sends what is hostile, takes back what it did, and notes what failed and what told of elsewhere."""

from __future__ import annotations

import copy
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client

from tests.attack.elsewhere import REFERENCE, WORD
from tests.attack.hostile import reading

#: Who sees all, and so what stands elsewhere.
SEE_ALL: Final = {"auditor", "administrator"}


@dataclass
class Sent:
    """What was sent, to be told where it fails."""

    who: str
    method: str
    address: str
    body: bytes = b""
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.address[:300]} {self.kind} {self.body[:400]!r} {dict(self.headers)}"[
            :900
        ]


@dataclass
class Answer:
    """What came, and which names of the query, the form and the files were read for it."""

    status: int
    page: str
    read: tuple[set[str], set[str], set[str]]


@dataclass
class Attacker:
    """Sends, takes back what it did, and notes what failed."""

    clients: dict[str, Client]
    failed: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def send(self, sent: Sent) -> Answer:
        """Send one request; what fails is noted once by the place it failed in."""
        self.number += 1
        client, errors = self.clients[sent.who], []
        cookies = copy.deepcopy(client.cookies)

        def note(**_: Any) -> None:
            errors.append(_where(*sys.exc_info()))

        got_request_exception.connect(note, weak=False)
        try:
            with reading() as read, transaction.atomic():
                response: Any = client.generic(
                    sent.method, sent.address, sent.body, sent.kind, headers=dict(sent.headers)
                )
                content = b"".join(response)
                transaction.set_rollback(True)
                names = read.of(response.wsgi_request)
        except Exception:
            errors.append(_where(*sys.exc_info()))
            response, content, names = None, b"", (set(), set(), set())
        finally:
            got_request_exception.disconnect(note)
            client.cookies = cookies
        status = response.status_code if response is not None else 599
        if status >= 500:
            self.failed.setdefault(f"{status} {errors}", str(sent))
        told = content + repr(response.items() if response is not None else "").encode()
        for word in (WORD, REFERENCE) if sent.who not in SEE_ALL else ():
            # What somebody typed is shown to them again.
            if word.encode() in told and word not in sent.address and word.encode() not in sent.body:
                place = told.index(word.encode())
                self.failed.setdefault(
                    f"tells {told[place - 100 : place + 50]!r} of elsewhere: {sent.who} {urlsplit(sent.address).path}",
                    str(sent),
                )
        is_page = response is not None and response.get("Content-Type", "").startswith("text/html")
        return Answer(status, content.decode() if is_page else "", names)


def _where(kind: Any, error: Any, trace: Any) -> str:
    """Return an error with the last two places of ours that it came through."""
    ours = [one for one in traceback.extract_tb(trace) if "/takedowns/" in one.filename][-2:]
    places = " ".join(f"{one.filename.rpartition('/takedowns/')[2]}:{one.lineno}" for one in ours)
    return f"{kind.__name__ if kind else ''} {str(error)[:120]} at {places}"
