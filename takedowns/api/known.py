"""What is known about addresses: what they name, and whether anyone has it. For a set at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.authentication import Caller
from takedowns.directory.models import PlatformHost
from takedowns.holds.services import items_on_hold
from takedowns.identity import Refusal, identify
from takedowns.referrals.models import Referral
from takedowns.representation.referrals import shown, visible
from takedowns.search.others import may_learn

_NO_TEXT: Final = Refusal("not_text", "This is no text. Send the address in quotes.")


def look_up(urls: Sequence[object], caller: Caller) -> list[dict[str, Any]]:
    """Identify addresses and say who has them, naming nobody whom the caller may not see. A fixed number of statements.

    What is no text is refused as one that names nothing is, and spoils no other.
    """
    hosts = dict(PlatformHost.objects.values_list("host", "platform_id"))
    found = [identify(url, hosts) if isinstance(url, str) else _NO_TEXT for url in urls]
    ids = [one.id for one in found if not isinstance(one, Refusal)]
    referrals: dict[UUID, list[dict[str, Any]]] = {}
    for referral in shown(visible(caller).filter(item_id__in=ids).order_by("item_id", "round"), caller):
        referrals.setdefault(referral["item"]["id"], []).append(referral)
    with acting_as(SYSTEM):
        told = {*ids[: may_learn(len(ids), caller.actor)]}
        everywhere = Counter(Referral.objects.filter(item_id__in=ids).values_list("item_id", flat=True))
        held = items_on_hold(ids)
    return [
        _refused(url, one)
        if isinstance(one, Refusal)
        else {
            "asked": url,
            "identity": {
                "item_id": one.id,
                "platform": one.platform,
                "kind": one.kind,
                "key": one.key,
                "url": one.url,
                "domain": one.domain or None,
                "wrappers": list(one.wrappers),
                "notes": list(one.notes),
                "moment": one.moment,
            },
            "refusal": None,
            "referrals": referrals.get(one.id, []),
            "elsewhere": everywhere[one.id] > len(referrals.get(one.id, [])) if one.id in told else None,
            "on_hold": one.id in held if one.id in told else None,
        }
        for url, one in zip(urls, found, strict=True)
    ]


def _refused(url: object, refusal: Refusal) -> dict[str, Any]:
    return {
        "asked": url if isinstance(url, str) else None,
        "identity": None,
        "refusal": {"code": refusal.code, "message": refusal.message, "platform": refusal.platform or None},
        "referrals": [],
        "elsewhere": False,
        "on_hold": False,
    }
