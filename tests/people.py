"""The cast: the people every page, route and action is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Agency, Membership, Platform, User
from takedowns.referrals.models import Operation

PASSWORD = "a long enough password"


@dataclass
class People:
    """Three agencies (two take part in the operation), and who works there."""

    operation: Operation
    agency: Agency
    other_agency: Agency
    absent_agency: Agency
    officer: User  # of agency
    reviewer: User  # of agency
    other_officer: User  # of other_agency
    absent_officer: User  # of absent_agency, which takes no part
    coordinator: User  # of other_agency
    auditor: User  # of absent_agency
    administrator: User  # of absent_agency
    platform_contact: User  # responder of Telegram
    platform_manager: User  # of Telegram
    stranger: User  # signed in, no membership

    def actor(self, name: str) -> Actor:
        """Return who the person of that name is to querysets and to the database."""
        return Actor.of(getattr(self, name))


def make_people() -> People:
    """Create the cast and one operation on Telegram, YouTube and Twitter."""
    with acting_as(SYSTEM):
        return _make_people()


def _make_people() -> People:
    agency, other, absent = (
        Agency.objects.create(slug=slug, name=name, country=country)
        for slug, name, country in (
            ("north", "North Unit", "NL"),
            ("south", "South Unit", "ES"),
            ("absent", "Absent Unit", "FR"),
        )
    )
    operation = Operation.objects.create(
        reference="RAD19",
        name="Action day",
        starts=date(2019, 11, 21),
        ends=date(2019, 11, 22),
        default_ground="Directive (EU) 2017/541, Art. 5",
    )
    operation.refresh_from_db()
    operation.agencies.set([agency, other])
    operation.platforms.set(Platform.objects.filter(slug__in=["telegram", "youtube", "twitter"]))

    def person(name: str, role: Role | None, at: Agency | None = None, platform: str | None = None) -> User:
        user = User.objects.create_user(f"{name}@example.org", name.replace("_", " ").title(), PASSWORD)
        if role:
            Membership.objects.create(user=user, agency=at, platform_id=platform, role=role)
        return user

    return People(
        operation=operation,
        agency=agency,
        other_agency=other,
        absent_agency=absent,
        officer=person("officer", Role.OFFICER, agency),
        reviewer=person("reviewer", Role.REVIEWER, agency),
        other_officer=person("other_officer", Role.OFFICER, other),
        absent_officer=person("absent_officer", Role.OFFICER, absent),
        coordinator=person("coordinator", Role.COORDINATOR, other),
        auditor=person("auditor", Role.AUDITOR, absent),
        administrator=person("administrator", Role.ADMINISTRATOR, absent),
        platform_contact=person("platform_contact", Role.PLATFORM, platform="telegram"),
        platform_manager=person("platform_manager", Role.MANAGER, platform="telegram"),
        stranger=person("stranger", None),
    )
