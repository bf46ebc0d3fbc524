"""Who asks: named for each transaction, and known to querysets and to row-level security alike.

Nobody named means nothing seen. A service that must see beyond the person it serves (whether *another* agency
already referred an item, say) checks what the person may do first and then asks as :data:`SYSTEM`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from takedowns.access.context import BELIEVED_SECONDS, token
from takedowns.access.guests import named
from takedowns.access.origin import origin
from takedowns.access.roles import Role
from takedowns.postgres.sandbox import INSIDE, OUTSIDE
from takedowns.postgres.trouble import ClocksDifferError

if TYPE_CHECKING:
    from takedowns.directory.models import User

READS_EVERYTHING: Final = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class ByLink:
    """A link that opens one hand-off, in the place of a person.

    Attributes:
        to: the address that it was sent to.
        operation_id, at: of the dispatch; its referrals are those of the operation that were referred at that moment.
    """

    id: UUID
    to: str
    operation_id: UUID
    at: datetime

    def __str__(self) -> str:
        return named(self.to)

    @property
    def hand_off(self) -> list[str]:
        """The operation and the moment, as they are signed for the database, and kept with what a link brings."""
        return [str(self.operation_id), self.at.isoformat()]


@dataclass(frozen=True)
class Actor:
    """A person with their roles, or the system itself.

    Attributes:
        user_id: the person, or None for the system or nobody.
        roles: role names by agency id.
        platforms: slugs of the platforms the person answers for.
        manages: those of which the person says who else answers.
        link: comes by a link, and sees of the platform what was handed off with it.
        is_system: a job or command that works for nobody in particular.
        sandbox: asks with a test key, and works on invented referrals in tables of their own (``postgres/sandbox.py``).
    """

    user_id: UUID | None = None
    roles: Mapping[UUID, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    platforms: frozenset[str] = frozenset()
    manages: frozenset[str] = frozenset()
    link: ByLink | None = None
    is_system: bool = False
    sandbox: bool = False

    @classmethod
    def of(cls, user: User) -> Actor:
        """Return who ``user`` is, in one query. An inactive user is nobody."""
        if not user.is_active:
            return NOBODY
        roles: dict[UUID, set[str]] = {}
        platforms: set[str] = set()
        manages: set[str] = set()
        with connection.server_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(
                "SELECT role, agency_id, platform_id FROM public.takedowns_roles_of(%s)",
                [token(person=user.pk)],
            )
            for role, agency, platform in cursor.fetchall():
                if agency is not None:
                    roles.setdefault(agency, set()).add(role)
                elif platform is not None:
                    platforms.add(platform)
                    if role == Role.MANAGER:
                        manages.add(platform)
        held_at = {agency: frozenset(held) for agency, held in roles.items()}
        return cls(user.pk, held_at, frozenset(platforms), frozenset(manages))

    @property
    def agencies(self) -> frozenset[UUID]:
        """Ids of the agencies the person works for."""
        return frozenset(self.roles)

    @property
    def is_of_platforms(self) -> bool:
        """Whether a platform's own person, or its key, asks; nobody is of agencies and of platforms."""
        return bool(self.platforms) and not self.roles

    @property
    def sees_everything(self) -> bool:
        """Whether nothing is hidden: the system, auditors, administrators."""
        return self.is_system or any(held & READS_EVERYTHING for held in self.roles.values())

    def at(self, platform: str) -> Actor:
        """Return the same person, answering for one of their platforms alone."""
        return replace(self, platforms=self.platforms & {platform}, manages=self.manages & {platform})

    @property
    def spoken_for(self) -> dict[str, str]:
        """What an event keeps of one of a platform's own people: for which platform they answer, and by which link if it is nobody.

        Empty for everybody else, and for the platform's key.
        """
        if not ((self.user_id or self.link) and self.is_of_platforms and len(self.platforms) == 1):
            return {}
        return {"platform": next(iter(self.platforms)), **({"link": self.link.to} if self.link else {})}

    def has_role(self, role: str, agency_id: UUID | None = None) -> bool:
        """Tell whether the person holds ``role``, at one agency or at any."""
        if agency_id is not None:
            return role in self.roles.get(agency_id, frozenset())
        return any(role in held for held in self.roles.values())

    def agencies_as(self, roles: Collection[str]) -> list[UUID]:
        """Return the agencies at which the person holds one of ``roles``, in a stable order."""
        return sorted(agency for agency, held in self.roles.items() if held & frozenset(roles))


NOBODY: Final = Actor()
SYSTEM: Final = Actor(is_system=True)

_acting: ContextVar[Actor] = ContextVar("asking", default=NOBODY)
#: For whom what is done is done, also where a service asks as the system on the way.
_doing: ContextVar[Actor] = ContextVar("doing", default=NOBODY)
_in_sandbox: ContextVar[bool] = ContextVar("in_sandbox", default=False)


@contextmanager
def acting_as(
    actor: Actor, *, for_whom: Actor | None = None, seconds: float | None = None
) -> Iterator[Actor]:
    """Run a block, in one transaction, as ``actor``: row-level security shows what they may see.

    Whatever a service does as the system for somebody in the sandbox is done in the sandbox, too. And the record names
    that somebody as who did it, not the system, or ``for_whom`` where the block is another one's.

    Args:
        seconds: for how long a statement of the transaction may run before PostgreSQL cancels it; as set for the role where None.
    """
    before, doer, before_in_sandbox = _acting.get(), _doing.get(), _in_sandbox.get()
    outermost = not connection.in_atomic_block
    in_sandbox = before_in_sandbox or actor.sandbox
    asking, place = _acting.set(actor), _in_sandbox.set(in_sandbox)
    done_by = _doing.set(for_whom or (doer if actor.is_system else actor))
    try:
        with transaction.atomic():
            _tell_database(actor, _doing.get(), in_sandbox=in_sandbox, seconds=seconds)
            yield actor
            # A transaction's end forgets its settings; a released savepoint keeps them, so put them back.
            if not outermost and not connection.needs_rollback:
                _tell_database(before, doer, in_sandbox=before_in_sandbox)
    finally:
        _acting.reset(asking)
        _doing.reset(done_by)
        _in_sandbox.reset(place)


@contextmanager
def placed(*, in_sandbox: bool) -> Iterator[None]:
    """Run a block whose transactions work on the sandbox's tables: a job for whoever calls with a test key. As it is where not asked."""
    before = _in_sandbox.set(_in_sandbox.get() or in_sandbox)
    try:
        yield
    finally:
        _in_sandbox.reset(before)


def works_in_sandbox() -> bool:
    """Tell whether what is done now is done on the sandbox's tables."""
    return _in_sandbox.get()


def doing() -> Actor:
    """Return for whom is done what is done now, also where a service asks as the system on the way."""
    return _doing.get()


@contextmanager
def in_the_name_of(person: UUID | None, agency: UUID) -> Iterator[None]:
    """Run a block of whose work the record names ``person``, not who led to it: what a colleague handed in is taken up, say.

    No statement where the record names them already, or nobody.
    """
    if person is None or _doing.get().user_id in (None, person):
        yield
    else:
        with acting_as(_acting.get(), for_whom=Actor(person, {agency: frozenset()})):
            yield


@contextmanager
def asked_by(actor: Actor) -> Iterator[None]:
    """Run a block as ``actor`` where nobody is named yet, as in a command; where somebody is, they go on asking. No statement then."""
    if _acting.get() is NOBODY:
        with acting_as(actor):
            yield
    else:
        yield


def _tell_database(actor: Actor, doer: Actor, *, in_sandbox: bool, seconds: float | None = None) -> None:
    """Say who asks, and which schema's tables names mean: whatever a session's ``search_path`` was set to before. One statement.

    PostgreSQL would pass over a schema that is not there without a word.

    Raises:
        ClocksDifferError: what is signed here is too old for the database; everybody would be shown nothing, without a word.
    """
    path = INSIDE if in_sandbox else OUTSIDE
    ours = time.time()  # not read afterwards: somebody may have set the clock right by then
    signed = token(
        everything=actor.sees_everything,
        agencies=actor.agencies,
        platforms=actor.platforms,
        person=actor.user_id,
        doer=doer.user_id,
        doing_for=next(iter(doer.agencies)) if len(doer.agencies) == 1 else None,
        origin=origin(),
        hand_off=actor.link.hand_off if actor.link else (),
    )
    with connection.server_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT set_config('search_path', %s, true), current_schema(),"
            " set_config('takedowns.actor', public.takedowns_bound(%s), true),"
            # Also by itself, for the column that has it as its default: the policy of events compares it with what is signed.
            " set_config('takedowns.origin', %s, true), set_config('statement_timeout',"
            " coalesce(%s::text, current_setting('statement_timeout')), true),"
            " extract(epoch FROM now())::float8",
            [
                path,
                signed,
                origin().replace("|", " "),
                None if seconds is None else str(int(seconds * 1000)),
            ],
        )
        _path, found, believed, *_others, there = cursor.fetchone()
    if found != path.partition(",")[0]:
        raise ImproperlyConfigured(
            f"The schema of “{path}” is not usable, but {found}. Run “manage.py migrate”."
        )
    if signed and not believed and (behind := there - ours) > BELIEVED_SECONDS:
        raise ClocksDifferError(
            f"This machine's clock is {behind:.0f} s behind the database's, which therefore believes nothing signed here."
        )
