"""One box for everything: an address in any spelling, a reference, a handle, a hash, or words.

An address or a reference names one referral, which is the answer. Words are looked for in an item's key, its outlet's
name, a listed group, and in what people wrote (notes, reasons, questions and answers); all words must stand in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Case, Exists, OuterRef, Q, When
from django.db.models.expressions import RawSQL

from takedowns.access.actor import Actor
from takedowns.fingerprints.queries import hash_in, with_hash
from takedowns.identity import Refusal, identify
from takedowns.referrals.models import Outlet, Referral
from takedowns.referrals.reference import parse_reference, parse_symbols

SHOWN: Final = 50
#: Of very common words, so many referrals are looked through and no more.
MOST: Final = 400
OUTLETS_SHOWN: Final = 10
#: What is longer is no search.
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Named:
    """What an address or a reference names.

    Attributes:
        one: the latest referral of it that the actor sees; None where it is an item's address, and there is none.
    """

    one: Referral | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found by words.

    Attributes:
        referrals: what is called exactly so first, then the newest; ``more`` where not all are among them.
        outlets: by name.
        looked: there were words to look for.
    """

    referrals: list[Referral] = field(default_factory=list)
    more: bool = False
    outlets: list[Outlet] = field(default_factory=list)
    looked: bool = True


def find_named(text: str, actor: Actor, declared_hosts: Mapping[str, str]) -> Named | None:
    """Return what is named by an address or a reference, as far as the actor may see it; None for mere words. At most three statements.

    Args:
        declared_hosts: hosts declared to run a platform's software, as ``identify`` takes them.
    """
    text = text.strip()
    if (parts := parse_reference(text)) is not None and (named := _by_reference(*parts, actor)) is not None:
        return Named(named)
    if (digits := parse_symbols(text)) is not None and (
        named := _by_reference("", digits, actor)
    ) is not None:
        return Named(named)
    if not text.startswith("@") and not re.search(r"\s", text):
        identity = identify(text, declared_hosts)
        if not isinstance(identity, Refusal):
            visible = Referral.objects.visible_to(actor).filter(item_id=identity.id)
            if (latest := visible.select_related("operation").order_by("-round").first()) is not None:
                return Named(latest)
            if "/" in text:
                return Named(None)
    return None


def find_by_words(text: str, actor: Actor) -> Found:
    """Find by words, as far as the actor may see it. A fixed number of statements."""
    text = text.strip()
    if not re.search(r"[^\W_]", text):
        return Found(looked=False)
    text = text[:LONGEST]
    if hashed := hash_in(text):
        return _by_hash(hashed, actor)
    handle = text[1:] if text.startswith("@") else None
    ids = RawSQL("SELECT referral_id FROM takedowns_found(%s, %s, %s)", [text, handle, MOST])
    # What is called exactly so stands first: the channel itself before its hundreds of messages.
    called = Q(item__key__iexact=handle or text) | Q(item__outlet__name__iexact=text)
    visible = (
        Referral.objects.visible_to(actor)
        .filter(pk__in=ids)
        .annotate(beside=Case(When(called, then=0), default=1))
    )
    found = list(
        visible.select_related("operation", "item__outlet", "platform", "agency").order_by("beside", "-pk")[
            : SHOWN + 1
        ]
    )
    return Found(referrals=found[:SHOWN], more=len(found) > SHOWN, outlets=_outlets(text, actor))


def _by_hash(hashed: str, actor: Actor) -> Found:
    """Find whose picture or file has exactly this hash, the newest first. One statement."""
    visible = Referral.objects.visible_to(actor).filter(pk__in=with_hash(hashed))
    found = list(
        visible.select_related("operation", "item__outlet", "platform", "agency").order_by("-pk")[: SHOWN + 1]
    )
    return Found(referrals=found[:SHOWN], more=len(found) > SHOWN)


def _by_reference(operation: str, id_ends: str, actor: Actor) -> Referral | None:
    named = RawSQL("SELECT id FROM takedowns_ending_in(%s)", [[id_ends]])
    found = Referral.objects.visible_to(actor).filter(pk__in=named)
    if operation:
        found = found.filter(operation__reference=operation)
    return found.select_related("operation").first()


def _outlets(text: str, actor: Actor) -> list[Outlet]:
    """Return outlets of that name of which the actor sees a referral. One statement."""
    seen = Referral.objects.visible_to(actor).filter(item__outlet=OuterRef("pk"))
    named = Outlet.objects.extra(where=["takedowns_words(name) @@ takedowns_query(%s)"], params=[text])
    return list(named.filter(Exists(seen))[:OUTLETS_SHOWN])
