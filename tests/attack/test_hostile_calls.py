"""As test_hostile.py, for the API: each call with each kind of key, with odd addresses, parameters, headers and bodies.

Bodies that hold to the description, or break it in one place, are schemathesis's: tests/api/test_schema.py.
"""

from __future__ import annotations

import os
import random
import re
import time
from typing import Any, Final
from urllib.parse import quote

from django.test import Client

from takedowns.api.urls import urlpatterns
from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey
from tests.api.conftest import World, complaint_of, order_of, preview_of
from tests.api.conftest import world as world  # noqa: PLC0414 - a fixture
from tests.attack.elsewhere import make_elsewhere
from tests.attack.hostile import CALLS, HEADERS, OF_CALLS, TEXTS, encoded
from tests.attack.sending import Attacker, Sent

METHODS: Final = ("GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
#: Calls of each address in the suite.
AT_ONCE: Final = 7
#: What each key may read, and what needs none.
OF_A_KEY, OF_NOBODY = "/api/v1/key", "/api/v1/problems/rate-limited"


def addresses(world: World) -> list[str]:
    """Return each call's address, of what there is."""
    complaint, order = complaint_of(world), order_of(world)
    given = {"name": str(order), "complaint_id": str(complaint), "reference": "RAD19"}
    given["submission_id"] = str(preview_of(world))
    found = []
    for pattern in urlpatterns:
        text = re.sub(r"^\^|\$$|\(\?P<.*", "", str(pattern.pattern))
        found.append("/api/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda hole: given.get(hole[1], str(order)), text))
    return found


def _oddly_named(address: str, odd: str, dice: random.Random) -> str:
    """Return an address with one part after the version in the place of another."""
    parts = address.split("/")
    place = dice.randrange(min(3, len(parts) - 1), len(parts))
    return "/".join([*parts[:place], odd, *parts[place + 1 :]])


def test_no_call_fails_at_what_is_hostile_or_tells_of_elsewhere(world: World, caplog: Any) -> None:
    caplog.set_level("CRITICAL")
    seconds, dice = (
        float(os.environ.get("ATTACK_SECONDS", "0")),
        random.Random(os.environ.get("ATTACK_SEED", "1")),
    )
    elsewhere = make_elsewhere(world.people)
    sandbox = {
        "platform's test key": create(
            name="T", platform=ApiKey.objects.get(name="telegram program").platform, test=True
        )[1],
        "agency's test key": create(name="T", agency=world.people.agency, test=True)[1],
    }
    ApiKey.objects.update(requests_per_minute=10**6)
    names = sorted(_parameters())
    keys = {**{name: world.texts[name] for name in ("telegram", "north", "absent")}, **sandbox, "nobody": ""}
    attacker = Attacker({name: Client(raise_request_exception=False) for name in keys})
    values = [*TEXTS, *elsewhere.uuids, elsewhere.reference]
    for who, key in keys.items():
        ours = {"Authorization": f"Bearer {key}"} if key else {}
        status = attacker.send(Sent(who, "GET", OF_A_KEY if key else OF_NOBODY, headers=ours)).status
        assert status == 200, f"{who} is refused everything, and not attacked"
    known, start, again = addresses(world), time.monotonic(), True
    while again:
        for address in known:
            for _ in range(AT_ONCE):
                who = dice.choice(list(keys))
                odd = dice.choice(values)
                asked = address
                if dice.random() < 0.3:
                    asked = _oddly_named(address, quote(odd, safe="%"), dice)
                if dice.random() < 0.6:
                    asked += "?" + encoded(
                        [(dice.choice(names), dice.choice(values)) for _ in range(dice.choice((1, 1, 3)))]
                    )
                headers = {"Authorization": f"Bearer {keys[who]}"} if keys[who] else {}
                headers |= dice.choice(({}, dice.choice(HEADERS), dice.choice(OF_CALLS)))
                method = dice.choice(METHODS)
                kind, body = ("", b"") if method in ("GET", "HEAD") else dice.choice(CALLS)
                attacker.send(Sent(who, method, asked, body, kind, headers))
        again = time.monotonic() - start < seconds
    print(f"{attacker.number} calls in {time.monotonic() - start:.0f} s")
    assert not attacker.failed, "\n".join(f"{what}\n    {sent}" for what, sent in attacker.failed.items())


def _parameters() -> set[str]:
    """Return every name that some call reads of its address, but how long it waits."""
    from takedowns.api.serializers.fields import Parameters

    def below(form: type[Any]) -> set[type[Any]]:
        return {form}.union(*(below(one) for one in form.__subclasses__()))

    return {name for form in below(Parameters) for name in form().fields} - {"wait"}
