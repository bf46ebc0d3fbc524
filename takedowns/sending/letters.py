"""The cover letter of a hand-off bundle: what is enclosed, what is asked, how to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from takedowns.typesetting import typeset

_TEMPLATE: Final = Path(__file__).with_name("hand_off.typ")


def letter_of(
    *,
    operation: str,
    to: Sequence[str],
    agencies: Sequence[str],
    at: datetime,
    referrals: int,
    orders: int,
    files: Sequence[str],
    hashed: bool,
    sha256: str,
) -> bytes:
    """Write the letter as PDF; the same facts give the same bytes.

    Args:
        operation: reference and name.
        to: the addressee's lines.
        referrals, orders: how many voluntary referrals and removal orders the bundle holds.
        files: names of what is enclosed, the list first.
        hashed: whether the list has hashes of what stands at its addresses.
        sha256: of the list.
    """
    moment = at.astimezone(UTC)
    return typeset(
        _TEMPLATE,
        {
            "language": (get_language() or "en").split("-")[0],
            "subject": _("Terrorist content on your service: %(operation)s") % {"operation": operation},
            "operation": operation,
            "to": list(to),
            "date": [moment.year, moment.month, moment.day],
            "dated": f"{moment:%Y-%m-%d, %H:%M} UTC",
            "paragraphs": [*_paragraphs(operation, agencies, referrals, orders), *_of_hashes(hashed)],
            "counts": [
                {"label": label, "count": f"{count:,}"}
                for label, count in ((_("Referrals"), referrals), (_("Removal orders"), orders))
                if count
            ],
            "enclosed_title": _("Enclosed"),
            "enclosed": list(files),
            "proof": _("SHA-256 of the list, by which both sides can prove what was sent:"),
            "sha256": sha256,
            "closing": [
                _(
                    "To answer, fill in the last columns of the list (answer, action, reason, answered_at) and send it back."
                    " Where something is unclear, ask us and name the reference."
                )
            ],
        },
    )


def _paragraphs(operation: str, agencies: Sequence[str], referrals: int, orders: int) -> list[str]:
    found_by = {"operation": operation, "agencies": ", ".join(agencies)}
    paragraphs = [
        _(
            "In %(operation)s we draw your attention to terrorist content on your service. It was found by: %(agencies)s."
        )
        % found_by
    ]
    if referrals:
        paragraphs.append(
            _(
                "Referrals are voluntary: please assess each item against your own terms and decide what to do."
            )
        )
    if orders:
        paragraphs.append(
            _(
                "Removal orders bind you: Article 3 of Regulation (EU) 2021/784 gives one hour from receipt. Each is enclosed"
                " as a document of its own. Please tell us at once when you received them."
            )
        )
    return paragraphs


def _of_hashes(hashed: bool) -> list[str]:
    if not hashed:
        return []
    return [
        _(
            "Where hashes of the picture or file at an address are known to us, the list has them (sha256, md5, pdq). By them you"
            " can find the same file under other addresses of your service."
        )
    ]
