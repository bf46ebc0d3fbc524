"""A removal order on paper: sections A to G of Annex I, from what an order, its authority and its addressee say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from takedowns.orders.models import Addressee, IssuingAuthority, RemovalOrder
from takedowns.orders.vocabulary import AuthorityKind, Material
from takedowns.referrals.reference import reference_of
from takedowns.typesetting import typeset

_TEMPLATE: Final = Path(__file__).with_name("order.typ")


def particulars(order: RemovalOrder, at: datetime) -> dict[str, Any]:
    """Return what an order issued at ``at`` says, section by section, in codes and plain text: kept with the order.

    Reads the referral with its operation and platform, the item, the authority and the addressee: select them with it.
    """
    authority: IssuingAuthority = order.agency.issuing_authority
    platform = order.referral.platform
    addressee = getattr(platform, "addressee", None) or Addressee(
        platform=platform, name=platform.provider.name if platform.provider else platform.name
    )
    return {
        "reference": reference_of(order.referral.operation.reference, order.referral_id),
        "issued_at": at.isoformat(),
        "issuing_member_state": authority.member_state,
        "platform": platform.name,
        "addressee": addressee.name,
        "legal_representative": addressee.legal_representative,
        "contact_point": addressee.contact_point,
        "provider_member_state": addressee.member_state,
        "url": order.item.url,
        "further_information": order.further_information,
        "reasons": order.reasons,
        "legal_ground": order.referral.ground,
        "material": list(order.material),
        "content_provider_told": order.content_provider_told,
        "not_told_reason": order.not_told_reason,
        "not_told_until": order.not_told_until.isoformat() if order.not_told_until else None,
        "copy_to": addressee.copy_to,
        "emergency": order.emergency,
        "emergency_reason": order.emergency_reason,
        "authority": authority.name,
        "authority_kind": authority.kind,
        "authority_address": authority.address,
        "authority_phone": authority.phone,
        "authority_email": authority.email,
        "file_number": order.file_number,
        "officer": order.officer,
        "redress_body": authority.redress_body,
        "redress_deadline": authority.redress_deadline,
    }


def pdf_of(said: dict[str, Any]) -> bytes:
    """Write an order as PDF from its particulars; the same particulars give the same bytes."""
    issued = datetime.fromisoformat(said["issued_at"]).astimezone(UTC)
    return typeset(
        _TEMPLATE,
        {
            "language": (get_language() or "en").split("-")[0],
            "title": _("Removal order"),
            "reference": said["reference"],
            "date": [issued.year, issued.month, issued.day],
            "basis": _(
                "Article 3 of Regulation (EU) 2021/784 on addressing the dissemination of terrorist content online"
            ),
            "duty": _(
                "Remove the content named in section B, or disable access to it in all Member States, as soon as possible"
                " and in any event within one hour of receipt of this order."
            ),
            "ticked": _("applies"),
            "sections": _sections(said, issued),
            "signature": _("Signature"),
            "stamp": _("Date and stamp"),
        },
    )


def _sections(said: dict[str, Any], issued: datetime) -> list[dict[str, Any]]:
    return [*_about_the_content(said, issued), *_about_the_authority(said)]


def _about_the_content(said: dict[str, Any], issued: datetime) -> list[dict[str, Any]]:
    """Return the sections A to D of Annex I: what is to be removed, by whom, and who else is told."""
    return [
        _section(
            "A",
            _("Issuing Member State, addressee, reference"),
            [
                (_("Issuing Member State"), said["issuing_member_state"]),
                (_("Addressee"), "\n".join(dict.fromkeys((said["addressee"], said["platform"])))),
                (_("Legal representative"), said["legal_representative"]),
                (_("Contact point"), said["contact_point"]),
                (_("Member State of the provider"), said["provider_member_state"]),
                (_("Date and time of issue"), _moment(issued)),
                (_("Reference number"), said["reference"]),
            ],
        ),
        _section(
            "B",
            _("Content to be removed or to which access is to be disabled"),
            [
                (_("Exact address (URL)"), said["url"], "address"),
                (_("Further locating information"), said["further_information"]),
                (_("The material"), [(label, code in said["material"]) for code, label in Material.choices]),
                (_("Reasons"), said["reasons"]),
                (_("Legal ground"), said["legal_ground"]),
            ],
        ),
        _section("C", _("Information to the content provider"), _told(said)),
        _section(
            "D",
            _("Information to the competent authority of the provider's Member State"),
            [
                (_("A copy goes to"), said["copy_to"]),
                *(
                    [(_("Emergency: no notice of 12 hours (Art. 3(2))"), said["emergency_reason"])]
                    if said["emergency"]
                    else []
                ),
            ],
        ),
    ]


def _about_the_authority(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sections E to G of Annex I: who orders it, how to answer, and the redress."""
    return [
        _section(
            "E",
            _("Issuing authority"),
            [
                (
                    _("Type"),
                    [(label, code == said["authority_kind"]) for code, label in AuthorityKind.choices],
                ),
                (_("Authority"), said["authority"]),
                (_("Address"), said["authority_address"]),
                (_("File number"), said["file_number"]),
                (_("Officer"), said["officer"]),
            ],
        ),
        _section(
            "F",
            _("Contact for feedback (Annexes II and III)"),
            [
                (_("E-mail"), said["authority_email"]),
                (_("Telephone"), said["authority_phone"]),
            ],
        ),
        _section(
            "G",
            _("Redress"),
            [
                (_("Body or court"), said["redress_body"]),
                (_("Deadline"), said["redress_deadline"]),
            ],
        ),
    ]


def _told(said: dict[str, Any]) -> list[tuple[Any, ...]]:
    told = said["content_provider_told"]
    rows: list[tuple[Any, ...]] = [
        (
            _("The content provider"),
            [(_("may be informed of this order"), told), (_("is not to be informed"), not told)],
        )
    ]
    if not told:
        until = datetime.fromisoformat(said["not_told_until"]).astimezone(UTC)
        rows += [(_("Reason"), said["not_told_reason"]), (_("Until"), _moment(until))]
    return rows


def _section(letter: str, title: str, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {"letter": letter, "title": title, "rows": [_row(*row) for row in rows]}


def _row(label: str, value: Any, kind: str = "text") -> dict[str, Any]:
    if isinstance(value, list):
        return {
            "label": label,
            "kind": "ticks",
            "ticks": [{"label": str(one), "on": on} for one, on in value],
        }
    return {"label": label, "kind": kind if value else "text", "value": value or "\N{EN DASH}"}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d, %H:%M:%S} UTC"
