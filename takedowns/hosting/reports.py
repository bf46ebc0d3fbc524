"""One abuse report a referral, in the format that abuse desks' programs read: XARF version 4, made and checked by its library.

XARF has no type for terrorist content. A report is therefore of the type that names its threat in free words
(``reputation``/``threat_intelligence``, ``threat_type``: ``terrorist_content``); ``url`` is called as in its content types.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from takedowns.accounts.mail import sender
from takedowns.hosting.models import HostingService
from takedowns.installation.switches import Way, is_on
from takedowns.referrals.list_files import HASHES, hash_cells
from takedowns.referrals.vocabulary import Instrument
from takedowns.sending.enclosures import SINGLY, Enclose
from takedowns.sending.models import HandOff

THREAT: Final = "terrorist_content"


class ReportError(Exception):
    """A report would not be valid; the message says what the library finds wrong."""


def reports_for(platforms: Collection[str]) -> Mapping[str, Enclose]:
    """Return those of some platforms that are hosts asked by mail, with what makes their reports. At most one statement."""
    if not (is_on(Way.HOSTS) and find_spec("xarf")):
        return {}
    hosts = HostingService.objects.filter(platform__in=platforms, promoted_at=None)
    return dict.fromkeys(hosts.values_list("platform_id", flat=True), reports)


def reports(hand_off: HandOff, told: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return a report for each voluntary referral, by the name of its file. An order goes as its own document.

    Raises:
        ReportError: one would not be valid.
    """
    return {
        f"{SINGLY}{one['reference']}.xarf.json": report(hand_off, one)
        for one in told
        if one["instrument"] == Instrument.REFERRAL
    }


def report(hand_off: HandOff, told: Mapping[str, Any]) -> bytes:
    """Return one report; the same facts give the same bytes.

    Raises:
        ReportError: the library finds it not valid.
    """
    import xarf  # noqa: PLC0415 - an extra, loaded where it is used

    contact, domain = sender()
    reporter = {
        "org": str(told["agency"])[:200],
        "contact": contact,
        "domain": domain,
    }
    statement = (
        f"Reference: {told['reference']}\nAddress: {told['url']}\nOperation: {hand_off.dispatch.operation}\n"
        f"Legal ground: {told['legal_ground']}\n"
    ) + "".join(
        f"{name}: {cell}\n" for name, cell in zip(HASHES, hash_cells(told["hashes"]), strict=True) if cell
    )
    made = {
        "xarf_version": xarf.SPEC_VERSION,
        "report_id": str(UUID(bytes=sha256(told["referral_id"].bytes).digest()[:16], version=4)),
        "timestamp": told["referred_at"].astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "reporter": reporter,
        "sender": reporter,
        "source_identifier": urlsplit(told["url"]).hostname or "",
        "category": "reputation",
        "type": "threat_intelligence",
        "threat_type": THREAT,
        "url": told["url"],
        "evidence_source": "researcher_analysis",
        "description": f"Terrorist content, referred under {told['legal_ground']}: please assess it against your own terms."[
            :1000
        ],
        "evidence": [
            xarf.create_evidence("text/plain", statement, description="Statement of the referral").model_dump(
                mode="json", exclude_none=True
            )
        ],
        "tags": ["takedowns:referral"],
    }
    if errors := xarf.parse(made).errors:
        raise ReportError("; ".join(f"{one.field}: {one.message}" for one in errors))
    return orjson.dumps(made, option=orjson.OPT_INDENT_2)
