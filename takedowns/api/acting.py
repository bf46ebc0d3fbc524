"""What acts of an agency's program have in common: who is behind one, what they saw before, and how the referral stands after it.

A program decides nothing alone: each act is a person's of its agency, whom the call names or who is registered with the key. It
is judged as an officer's, whatever else that person is (what a platform without an API answered is recorded by a coordinator, and as
one), so no key reviews, releases or issues; and whoever changes what was approved
through a program is kept from reviewing it as on the pages (four eyes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.api.authentication import Caller
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.directory.models import User
from takedowns.intake.receive import IntakeError, person_behind
from takedowns.pages.etags import is_named, strong
from takedowns.referrals.locks import lock_items_of, lock_rounds_of
from takedowns.representation.changes import etag_with_history, history
from takedowns.representation.referrals import among, named, shown, visible

NAME: Final = OpenApiParameter(
    "name", str, OpenApiParameter.PATH, description="The referral's id, or its short reference."
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you saw: 412 where it changed since."
)
#: Said of a referral that is not there, or not for the caller.
NO_REFERRAL: Final = "There is no such referral for you. Name it by its id or its short reference."
_NOBODY: Final = "Say who does it (acted_by), or have somebody registered with the key."
_GONE: Final = "Who is registered with the key works for your agency no more. Replace the key, or name somebody (acted_by)."


def person_of(caller: Caller, email: str, *, also_in_sandbox: bool = False) -> User | None:
    """Return who is behind a call of an agency's program: whom it names, or who is registered with the key; nobody in the sandbox alone.

    Args:
        email: of whom the call names; empty for whoever is registered with the key.
        also_in_sandbox: somebody is needed there, too, where otherwise it may be nobody.

    Raises:
        IntakeError: ``no_person`` or ``unknown_person``.
    """
    registered = caller.key.person_id if caller.key else None
    if caller.actor.sandbox and not (email or registered or also_in_sandbox):
        return None
    return person_behind(cast("UUID", caller.agency_id), email, registered)


def behind(caller: Caller, email: str, *, also_in_sandbox: bool = False, coordinator: bool = False) -> Actor:
    """Return as whom an agency's program acts: the person behind it, as an officer of the agency.

    Args:
        email, also_in_sandbox: as :func:`person_of` takes them.
        coordinator: it is a coordinator's act, so the person acts as the coordinator that they are for the agency.

    Raises:
        Problem: ``invalid-body``, where there is nobody; ``forbidden``, where they are no coordinator.
    """
    registered = caller.key.person_id if caller.key else None
    try:
        person = person_of(caller, email, also_in_sandbox=also_in_sandbox)
    except IntakeError as error:
        detail = error.message if email else _NOBODY if registered is None else _GONE
        errors = [{"pointer": "#/acted_by", "code": error.code, "detail": detail}]
        raise Problem("invalid-body", f"#/acted_by: {detail}", errors=errors) from None
    if person is None:
        return caller.actor
    actor = replace(caller.actor, user_id=person.pk)
    if not coordinator:
        return actor
    agency = cast("UUID", caller.agency_id)
    if not Actor.of(person).has_role(Role.COORDINATOR, agency):
        raise Problem(
            "forbidden",
            "This is for a coordinator of your agency; name one (acted_by).",
            code="not_your_role",
        )
    return replace(actor, roles=MappingProxyType({agency: frozenset({str(Role.COORDINATOR)})}))


class ActView(ApiView):
    """An address at which an agency's program acts."""

    @contextmanager
    def acting(
        self, given: Mapping[str, Any], *, also_in_sandbox: bool = False, coordinator: bool = False
    ) -> Iterator[Actor]:
        """Run a block as the person behind the call, whom the record names."""
        actor = behind(
            self.caller,
            given.get("acted_by", ""),
            also_in_sandbox=also_in_sandbox,
            coordinator=coordinator,
        )
        with acting_as(actor):
            yield actor

    def named(self, name: str) -> UUID:
        """Return the id of the referral that an address names. One statement, and no lock.

        Raises:
            Problem: ``not-found``.
        """
        found = named(name, self.caller).values_list("pk", flat=True).first()
        if found is None:
            raise not_found()
        return found

    def referral(self, name: str) -> UUID:
        """As :meth:`named`, for an act: held fast and as the caller saw it, where the call says what that was.

        Raises:
            Problem: ``not-found``, or ``precondition-failed``.
        """
        found = self.named(name)
        condition = self.request.headers.get("If-Match")
        if condition is None:
            return found
        with acting_as(SYSTEM):
            lock_items_of([found])
            lock_rounds_of([found])
        one = shown(visible(self.caller).filter(among([found])), self.caller)[0]
        seen = etag_with_history(one["etag"], history([found], self.caller).get(found, []))
        if not is_named(condition, one["etag"], seen):
            raise Problem("precondition-failed", status_of_referral=one["status"])
        return found

    def told(self, referral_id: UUID) -> Response:
        """Return the referral and its history as they stand now, with their ETag."""
        found = shown(visible(self.caller).filter(among([referral_id])), self.caller)[0]
        return referral_told(found, self.caller)


def of_agencies(caller: Caller) -> None:
    """Refuse a platform what agencies alone read.

    Raises:
        Problem: ``forbidden``.
    """
    if caller.agency_id is None:
        raise Problem("forbidden", "This is for agencies, and the key is a platform's.")


def not_found() -> Problem:
    """Return the problem of a referral that is not there, or not for the caller."""
    return Problem("not-found", NO_REFERRAL)


def referral_told(found: Mapping[str, Any], caller: Caller) -> Response:
    """Return a referral with its history, and the ETag of both."""
    events = history([found["id"]], caller).get(found["id"], [])
    etag = etag_with_history(found["etag"], events)
    latest = max((one["recorded_at"] for one in events), default=None)
    told = {**found, "etag": etag, "updated_at": latest, "history": events}
    return Response(told, headers={"ETag": strong(etag)})
