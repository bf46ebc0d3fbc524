"""The other installation, as a program: it asks as a partner does, and answers as one; nothing of it touches the database."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.deconfliction import pairing, wire
from takedowns.deconfliction.keys import DayKey, Shared
from takedowns.deconfliction.models import Partner
from takedowns.deconfliction.pairing import Facts
from takedowns.outbound import Answer, Unreachable

FACTS = Facts("South Unit", "https://south.example", "north-desk@example.org")


def today() -> date:
    return datetime.now(UTC).date()


@dataclass
class Other:
    """The other side of a pair. ``has`` and ``held`` are names of items, ``platform:key``."""

    shared: Shared
    #: Whether the pairing code was made by it.
    made_code: bool
    has: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    is_down: bool = False
    questions: list[int] = field(default_factory=list)
    says: tuple[int, bytes] | None = None
    signs: bool = True

    def ask(
        self,
        names: list[list[str]],
        *,
        day: date | None = None,
        ahead: int = 0,
        nonce: str = "",
        wrong: Mapping[str, str] | None = None,
    ) -> Any:
        """Ask us; return the response."""
        key = DayKey(self.shared.secret, day or today())
        question = wire.Question(day or today(), [[key.digest(one) for one in of_item] for of_item in names])
        body = question.encode()
        moment, nonce = str(int(time.time()) + ahead), nonce or secrets.token_hex(16)
        headers = {
            wire.PAIR: self.shared.pair,
            wire.TIME: moment,
            wire.NONCE: nonce,
            wire.SIGNATURE: wire.call_signature(
                self.shared.secret, by_maker=self.made_code, time=moment, nonce=nonce, body=body
            ),
        } | dict(wrong or {})
        return Client().post(wire.PATH, body, "application/json", headers=headers)

    def send(self, method: str, url: str, *, headers: Any, body: bytes, **_how: Any) -> Answer:
        """Answer us, in the place of ``outbound.send``."""
        if self.is_down:
            raise Unreachable("connection", "No connection: refused")
        told = dict(headers)
        assert (method, url) == ("POST", FACTS.url + wire.PATH)
        assert told[wire.SIGNATURE] == wire.call_signature(
            self.shared.secret,
            by_maker=not self.made_code,
            time=told[wire.TIME],
            nonce=told[wire.NONCE],
            body=body,
        )
        question = wire.Question.decode(body)
        self.questions.append(len(question.items))
        status, content = self.says or (200, self._reply(question))
        signature = wire.answer_signature(
            self.shared.secret,
            by_maker=not self.made_code,
            nonce=told[wire.NONCE],
            status=status,
            body=content,
        )
        said = {wire.SIGNATURE.lower(): signature if self.signs else "0" * 64}
        return Answer(status, said, content, False, "192.0.2.1")

    def _reply(self, question: wire.Question) -> bytes:
        key = DayKey(self.shared.secret, question.day)
        has, held = ({key.digest(one) for one in names} for names in (self.has, self.held))
        told = [
            wire.Told(
                place, names[0] in has, bool({*names} & held), date(2019, 11, 20) if names[0] in has else None
            )
            for place, names in enumerate(question.items)
            if names[0] in has or {*names} & held
        ]
        return wire.Reply("south-desk@example.org", told).encode()


def make_other(*, made_code: bool = True) -> Other:
    """Pair with it, as an administrator does."""
    if made_code:
        shared = Shared.new()
        pairing.take(FACTS, shared.code, by=SYSTEM)
    else:
        _partner, code = pairing.offer(FACTS, by=SYSTEM)
        shared = Shared.read(code)
    return Other(shared, made_code)


def partner() -> Partner:
    with acting_as(SYSTEM):
        return Partner.objects.select_related("pair_key").get()


def said(response: Any) -> Any:
    return json.loads(response.content)
