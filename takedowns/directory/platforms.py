"""Platforms and agencies, made and changed by people; those that identity has rules for come by themselves (seed.py)."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.directory.changes import Action, Kind, NotAllowed, keep, may_administer, may_declare
from takedowns.directory.models import Agency, Platform, Provider
from takedowns.identity import PLATFORMS

#: Slugs with a meaning of their own: identity's name for hosts that are no platform.
RESERVED: Final = frozenset({"web"})


class DirectoryError(ValueError):
    """Nothing was changed; ``field`` names what is wrong, the message says what to do."""

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = at


def make_platform(*, slug: str, name: str, provider: str, by: Actor) -> Platform:
    """Make a platform that no rules describe: each page on its hosts is an item.

    Args:
        slug: its name in identities and addresses; made from the name where empty. It stays for good.
        provider: the company's name; one that is new is added.

    Raises:
        NotAllowed: neither coordinator nor administrator.
        DirectoryError: the slug is taken, reserved or cannot be made.
    """
    if not may_declare(by):
        raise NotAllowed(_("Platforms are made by coordinators and administrators."))
    slug = slug or slugify(name)[:50].strip("-")
    if not slug:
        raise DirectoryError(_("No short name can be made from this name; write one."), "slug")
    if slug in RESERVED or slug in PLATFORMS or Platform.objects.filter(pk=slug).exists():
        raise DirectoryError(
            _("There is a platform “%(slug)s” already. Choose another short name.") % {"slug": slug}, "slug"
        )
    with transaction.atomic():
        made = Platform.objects.create(slug=slug, name=name.strip(), provider=_provider(provider))
        keep(
            Kind.PLATFORM,
            Action.ADDED,
            slug,
            by=by,
            details={"name": ["", made.name], "provider": ["", provider.strip()]},
        )
    return made


def change_platform(slug: str, *, name: str, provider: str, by: Actor) -> Platform:
    """Give a platform another name or provider; its slug stays.

    Raises:
        NotAllowed: neither coordinator nor administrator.
        Platform.DoesNotExist: there is none of that slug.
    """
    if not may_declare(by):
        raise NotAllowed(_("Platforms are changed by coordinators and administrators."))
    with transaction.atomic():
        platform = Platform.objects.select_for_update(of=("self",)).select_related("provider").get(pk=slug)
        before = {"name": platform.name, "provider": platform.provider.name if platform.provider else ""}
        platform.name, platform.provider = name.strip(), _provider(provider)
        platform.save(update_fields=["name", "provider"])
        _keep_difference(
            Kind.PLATFORM, slug, before, {"name": platform.name, "provider": provider.strip()}, by
        )
    return platform


def save_agency(
    *, slug: str, name: str, country: str, zone: str = "", by: Actor, agency: Agency | None = None
) -> Agency:
    """Add an agency, or change one; its slug stays.

    Args:
        country: ISO 3166-1 alpha-2, empty for Europol.
        zone: name of the time zone in which it writes times, empty for the installation's.

    Raises:
        NotAllowed: no administrator.
        DirectoryError: the slug is taken.
    """
    if not may_administer(by):
        raise NotAllowed(_("Agencies are looked after by administrators."))
    after = {"name": name.strip(), "country": country.upper(), "zone": zone}
    with transaction.atomic():
        if agency is None:
            if Agency.objects.filter(slug=slug).exists():
                raise DirectoryError(
                    _("There is an agency “%(slug)s” already. Choose another short name.") % {"slug": slug},
                    "slug",
                )
            agency = Agency.objects.create(slug=slug, **after)
            keep(
                Kind.AGENCY, Action.ADDED, slug, by=by, details={key: ["", one] for key, one in after.items()}
            )
            return agency
        before = {"name": agency.name, "country": agency.country, "zone": agency.zone}
        agency.name, agency.country, agency.zone = after["name"], after["country"], zone
        agency.save(update_fields=["name", "country", "zone"])
        _keep_difference(Kind.AGENCY, agency.slug, before, after, by)
    return agency


def _provider(name: str) -> Provider | None:
    name = name.strip()
    if not name:
        return None
    known = Provider.objects.filter(name__iexact=name).first()
    if known is not None:
        return known
    made, _new = Provider.objects.get_or_create(
        slug=slugify(name)[:50] or "provider", defaults={"name": name}
    )
    return made


def _keep_difference(kind: str, name: str, before: dict[str, Any], after: dict[str, Any], by: Actor) -> None:
    if details := {key: [before[key], after[key]] for key in before if before[key] != after[key]}:
        keep(kind, Action.CHANGED, name, by=by, details=details)
