"""What referrals name as their listed group that is no name of the vocabulary: typed before, or a former name. Mapped by a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.changes import NotAllowed, may_administer
from takedowns.directory.listed_groups import (
    UnknownGroupError,
    facts_of,
    groups_listed,
    lock_vocabulary,
    vocabulary,
    with_names,
    write,
)
from takedowns.referrals.corrections import Correction, correct

#: So many texts a page shows, the most frequent first.
SHOWN: Final = 50


@dataclass(frozen=True)
class Typed:
    """A text that referrals hold: how many, and the group that it names if it is one of a group's other names, else ""."""

    text: str
    referrals: int
    suggestion: str

    @property
    def key(self) -> str:
        """What stands for it in a form."""
        return sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Mapped:
    """What mapping did: so many referrals name another text now, and so many of them wait for review again."""

    changed: int
    reopened: int


def typed_texts() -> list[Typed]:
    """Return each text that is no group's name, once, those that most referrals hold first; :data:`SHOWN` at most. Two statements.

    The caller has checked who asks: it counts everybody's referrals.
    """
    known = vocabulary()
    if not known.names:
        return []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT referral.listed_group, count(*) FROM referrals_referral AS referral
            WHERE referral.listed_group <> ''
              AND NOT EXISTS (SELECT 1 FROM directory_listedgroup AS listed WHERE listed.name = referral.listed_group)
            GROUP BY referral.listed_group ORDER BY count(*) DESC, referral.listed_group LIMIT %s
            """,
            [SHOWN],
        )
        return [Typed(text, number, known.name_of(text) or "") for text, number in cursor.fetchall()]


def map_typed(meant: Mapping[str, str], *, by: Actor) -> Mapped:
    """Let every referral that holds one of the texts name the group that is meant. A fixed number of statements.

    Each referral gets an event that says from which text to which; what was approved and not sent goes back to review. The
    text becomes another name of the group, so that lists that use it are understood from now on.

    Args:
        meant: text to the group, by any of the group's texts.

    Raises:
        NotAllowed: no administrator.
        UnknownGroupError: a group that is meant is none; nothing was changed.
    """
    if not may_administer(by):
        raise NotAllowed(_("Listed groups are looked after by administrators."))
    with transaction.atomic():
        lock_vocabulary()
        known = vocabulary()
        names = {text: known.name_of(one) or "" for text, one in meant.items()}
        for text, name in names.items():
            if not name:
                raise UnknownGroupError(_("“%(text)s” is no listed group.") % {"text": meant[text]})
        _learn(names, by)
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, listed_group FROM referrals_referral WHERE listed_group = ANY(%s)", [list(names)]
            )
            wanted = [Correction(one, listed_group=names[text]) for one, text in cursor.fetchall()]
        # Who asks was checked above; the referrals are of agencies where an administrator has no role.
        done = correct(wanted, by=replace(by, is_system=True))
    return Mapped(len(done.details), len(done.reopened))


def _learn(names: Mapping[str, str], by: Actor) -> None:
    """Let texts be other names of their groups, where they lead nowhere yet."""
    known = vocabulary()
    texts: dict[str, list[str]] = {}
    for text, name in names.items():
        if known.name_of(text) is None:
            texts.setdefault(name, []).append(text)
    found = [(facts_of(one), one.pk) for one in groups_listed().filter(name__in=texts)]
    write([(with_names(facts, texts[facts.name]), facts, pk) for facts, pk in found], by=by)
