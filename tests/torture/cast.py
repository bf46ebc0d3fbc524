"""Who is in the installation that is tortured: made in it (``manage.py shell``), as what it prints shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.conf import settings
from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.keys import create
from takedowns.directory.models import Agency, Membership, Platform, User
from takedowns.referrals.models import Operation
from takedowns.webhooks.endpoints import create as listen
from tests.people import make_people
from tests.torture.followers import PLATFORMS
from tests.torture.room import PEOPLE

#: A key is not what is tortured: no limit stops it.
_UNLIMITED: Final = 10**6


def make(urls: Mapping[str, str]) -> None:
    """Make people, agencies and platforms; print a session of each person, and of each follower a key and its webhooks' secret.

    Args:
        urls: where each follower takes its webhooks, by the slug of its platform or agency.
    """
    people = make_people()
    with acting_as(SYSTEM):
        east = Agency.objects.create(slug="east", name="East Unit", country="PL")
        officer = User.objects.create_user("east@example.org", "East", "a long enough password")
        Membership.objects.create(user=officer, agency=east, role=Role.OFFICER)
        people.operation.agencies.add(east)
        people.operation.platforms.set(Platform.objects.filter(slug__in=PLATFORMS))
        alone = Operation.objects.create(
            reference="ALONE", name="Standing stream", starts=date(2019, 11, 1), default_ground="Art. 5"
        )
        alone.agencies.set([people.absent_agency])
    for name in PEOPLE:
        print(name, _session_of(getattr(people, name)))
    for slug in PLATFORMS:
        key = create(name="x", platform=Platform.objects.get(slug=slug), requests_per_minute=_UNLIMITED)[1]
        print(slug, key)
        print(f"{slug}-secret", listen(slug, url=urls[slug])[1])
    for agency, person in (
        (people.agency, people.officer),
        (people.other_agency, people.other_officer),
        (people.absent_agency, people.absent_officer),
        (east, officer),
    ):
        key = create(name="y", agency=agency, person=person, requests_per_minute=_UNLIMITED)[1]
        print(agency.slug, key)
        print(f"{agency.slug}-secret", listen(agency.pk, url=urls[agency.slug])[1])


def sign_in(name: str) -> None:
    """Print a new session of one of the people of :data:`~tests.torture.room.PEOPLE`."""
    with acting_as(SYSTEM):
        print(name, _session_of(User.objects.get(email=f"{name}@example.org")))


def _session_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
