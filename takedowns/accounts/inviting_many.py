"""Inviting several people at once to one role: pasted addresses, and a set of statements whatever their number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.invitations import InvitationError, make, require_fit
from takedowns.accounts.models import Invitation
from takedowns.directory.changes import may_administer
from takedowns.directory.models import Agency, Platform, User

MOST: Final = 200
#: What stands between semicolons, commas and tabs; a name in quotation marks may hold some.
_PARTS: Final = re.compile(r'(?:"[^"]*"|[^;,\t"])+')


class LinesError(ValueError):
    """Nobody was invited; ``lines`` says of each line that is wrong why and what to do."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(" ".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is to be invited; ``line`` is where they stand in what was pasted, from 1."""

    email: str
    name: str
    line: int


def read(pasted: str) -> list[Guest]:
    """Read people from lines: an address alone, ``Name <address>``, or name and address apart by a semicolon, comma or tab.

    Several addresses may stand in one line, as mail programs write them.

    Raises:
        LinesError: a line without an address, an address twice, or too many.
    """
    found: list[Guest] = []
    wrong: list[str] = []
    for number, line in enumerate(pasted.splitlines(), 1):
        if not line.strip():
            continue
        guests = _of_line(line, number)
        if not guests:
            wrong.append(
                _(
                    "Line %(line)d: “%(text)s” is no e-mail address. Write one person a line, such as ann@example.org."
                )
                % {"line": number, "text": line.strip()[:60]}
            )
        for one in guests:
            if (before := next((other for other in found if other.email == one.email), None)) is not None:
                wrong.append(
                    _("Line %(line)d: %(email)s stands in line %(before)d already.")
                    % {"line": number, "email": one.email, "before": before.line}
                )
                continue
            found.append(one)
    if len(found) > MOST:
        wrong.append(
            _("These are %(number)d people; at most %(most)d are invited at once.")
            % {"number": len(found), "most": MOST}
        )
    if wrong:
        raise LinesError(wrong)
    return found


def invite_all(
    guests: Sequence[Guest],
    role: str,
    *,
    agency: Agency | None = None,
    platform: Platform | None = None,
    by: Actor,
    request: HttpRequest | None = None,
) -> list[tuple[Invitation, str]]:
    """Invite people to one role, all or none; open invitations to the same addresses are revoked. Five statements.

    Returns:
        Each invitation and the secret of its link, which cannot be read again, in the order of ``guests``.

    Raises:
        InvitationError: not for the actor, or role and place do not fit.
        LinesError: somebody has an account already.
    """
    if not may_administer(by):
        raise InvitationError(_("People and roles are for administrators."))
    require_fit(role, agency, platform)
    emails = [one.email for one in guests]
    with acting_as(SYSTEM):
        known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
        if known:
            raise LinesError(
                [
                    _(
                        "Line %(line)d: %(email)s has an account already; give the role there, and take the line out."
                    )
                    % {"line": one.line, "email": one.email}
                    for one in guests
                    if one.email in known
                ]
            )
        people = [(one.email, one.name) for one in guests]
        return make(people, role, agency=agency, platform=platform, by=by, request=request)


def _of_line(line: str, number: int) -> list[Guest]:
    """Return the people that a line names; none where a part of it is no address."""
    found: list[Guest] = []
    name = ""
    for part in filter(None, (one.strip() for one in _PARTS.findall(line))):
        guest = _guest(*parseaddr(part), number)
        if guest is None:
            if "@" in part:
                return []
            name = f"{name} {part}".strip()
            if found and not found[-1].name:  # the name stands behind its address
                found[-1], name = Guest(found[-1].email, name, number), ""
            continue
        found.append(Guest(guest.email, guest.name or name, number))
        name = ""
    return found


def _guest(name: str, address: str, line: int) -> Guest | None:
    email = address.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return None
    return Guest(email, name.strip()[:200], line)
