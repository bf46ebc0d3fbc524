"""Who follows at the head, by the feed and by webhooks alike: a dozen platforms and several agencies, and what each must have been told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from tests.webhooks.receiver import Receiver

#: The platforms that follow, and what their links look like: ``name`` is of the list, ``row`` of the link, ``digits`` of both.
PLATFORMS: Final[Mapping[str, str]] = {
    "telegram": "https://t.me/demo_{name}/{row}",
    "youtube": "https://youtu.be/d{name:.7}{row:03}",
    "twitter": "https://twitter.com/demo/status/{digits}",
    "facebook": "https://www.facebook.com/demo/posts/{digits}",
    "vk": "https://vk.com/wall-1_{digits}",
    "tamtam": "https://tamtam.chat/demo_{name}/{row}",
    "tiktok": "https://www.tiktok.com/@demo/video/{digits}",
    "archive_org": "https://archive.org/details/demo_{name}_{row}",
    "justpaste_it": "https://justpaste.it/{name}{row:03}",
    "telegraph": "https://telegra.ph/demo-{name}-11-21-{row}",
    "soundcloud": "https://soundcloud.com/demo/{name}-{row}",
    "mixcloud": "https://www.mixcloud.com/demo/{name}-{row}/",
}
#: Most is Telegram's, as on the day itself.
OTHERS: Final = tuple(one for one in PLATFORMS if one != "telegram")
#: The agencies that follow, and where each hands in; the last one takes no part in the day.
AGENCIES: Final[Mapping[str, str]] = {
    "north": "RAD19",
    "south": "RAD19",
    "east": "RAD19",
    "absent": "ALONE",
}
_OF_PLATFORM: Final = """
    SELECT event.id::text, event.referral_id::text FROM referrals_event AS event
    JOIN referrals_cell AS cell ON cell.id = event.to_cell_id
    WHERE cell.platform_id = '{name}' AND event.kind <> ALL('{{submit,co_refer,approve,reject}}') ORDER BY event.xid, event.id
"""
_OF_AGENCY: Final = """
    SELECT event.id::text, event.referral_id::text FROM referrals_event AS event
    JOIN referrals_referral AS referral ON referral.id = event.referral_id
    WHERE referral.operation_id IN (
        SELECT part.operation_id FROM referrals_operation_agencies AS part
        JOIN directory_agency AS agency ON agency.id = part.agency_id WHERE agency.slug = '{name}'
    ) ORDER BY event.xid, event.id
"""


def changes_of(name: str) -> str:
    """Return the statement of what a platform or an agency is told: ids of changes and of their referrals, in their order."""
    return (_OF_PLATFORM if name in PLATFORMS else _OF_AGENCY).format(name=name)


@dataclass
class Follower:
    """A platform's or an agency's program.

    Attributes:
        name: the slug of its platform or agency.
        receiver: takes its webhooks.
        read: ids of changes, as the feed told them.
        hooked: ids of changes, as webhooks told them; each call once, as a careful receiver keeps them.
    """

    name: str
    receiver: Receiver
    read: list[str] = field(default_factory=list)
    hooked: list[str] = field(default_factory=list)
    _calls: set[str] = field(default_factory=set, repr=False)

    def take(self) -> None:
        """Read what the receiver took since the last time, and let go of it."""
        with self.receiver.lock:
            calls, self.receiver.taken[:] = list(self.receiver.taken), []
        for call in calls:
            if call.id not in self._calls:
                self._calls.add(call.id)
                self.hooked += [one["id"] for one in call.events]

    def waits_for(self, session: psycopg.Connection[Any]) -> Iterator[str]:
        """Say what it was not told yet, by number."""
        row = session.execute(f"SELECT count(*) FROM ({changes_of(self.name)}) AS change").fetchone()
        assert row is not None
        self.take()
        for way, told in (("the feed", self.read), ("webhooks", self.hooked)):
            if len(told) < row[0]:
                yield f"{self.name} was not told of {row[0] - len(told)} changes by {way}"

    def broken(self, session: psycopg.Connection[Any]) -> Iterator[str]:
        """Say what was missed, told twice or in another order."""
        logged = session.execute(changes_of(self.name)).fetchall()
        ids = [one for one, _referral in logged]
        self.take()
        if self.read != ids:
            yield f"{self.name}'s feed: {difference(self.read, ids)}"
        if sorted(self.hooked) != sorted(ids):
            yield f"{self.name}'s webhooks: {difference(self.hooked, ids)}"
        elif late := _overtaken(self.hooked, logged):
            yield f"{self.name}'s webhooks: {late} changes came behind a later one of the same referral"


def difference(found: Sequence[str], expected: Sequence[str]) -> str:
    """Return what is wrong with what was found, in words."""
    counted, missed = Counter(found), set(expected) - set(found)
    twice = [one for one, number in counted.items() if number > 1]
    more = set(found) - set(expected)
    return f"{len(missed)} missed, {len(twice)} twice, {len(more)} of nothing, of {len(expected)}; in order: {found == expected}"


def _overtaken(told: Sequence[str], logged: Sequence[tuple[str, str]]) -> int:
    """Count the changes that were told after a later one of their referral."""
    places = {one: (place, referral) for place, (one, referral) in enumerate(logged)}
    last: dict[str, int] = {}
    late = 0
    for one in told:
        place, referral = places[one]
        late += place < last.get(referral, -1)
        last[referral] = max(place, last.get(referral, -1))
    return late
