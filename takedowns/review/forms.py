"""What a reviewer decides and corrects."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from takedowns.directory.forms import chosen_group
from takedowns.pages.fields import as_uuid
from takedowns.pages.kinds import KINDS
from takedowns.pages.versions import Versioned
from takedowns.referrals.corrections import LONGEST_NAME, Correction
from takedowns.referrals.models import Referral
from takedowns.referrals.queries import last_event
from takedowns.referrals.vocabulary import Tier
from takedowns.review.queries import facts_of_order
from takedowns.review.queue import After, Narrowed

#: The parameters by which the queue is narrowed, in the order of the page.
NARROWING: Final = ("tier", "language", "submission", "platform", "outlet", "picture")
EXEMPTIONS: Final = _(
    "Checked: it is not journalism, research, art or education, nor made to counter terrorism (Art. 1(3))"
)


class ApproveForm(Versioned, forms.Form):
    """The decision on one referral, with its facts as they should be."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=forms.Select(attrs={"data-key": "k"}))
    tier = forms.TypedChoiceField(
        label=_("Priority"), choices=Tier.choices, coerce=int, widget=forms.Select(attrs={"data-key": "t"})
    )
    outlet = forms.CharField(
        label=_("Outlet"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off", "data-key": "o"}),
    )
    listed_group = forms.CharField(
        label=_("Listed group"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off", "data-key": "g"}),
    )
    ground = forms.CharField(
        label=_("Legal ground"),
        max_length=200,
        error_messages={"required": _("Name the ground it is referred on.")},
    )
    exemptions_checked = forms.BooleanField(
        label=EXEMPTIONS,
        widget=forms.CheckboxInput(attrs={"data-key": "e", "aria-keyshortcuts": "e"}),
        error_messages={"required": _("Look for this first, then tick the box.")},
    )

    def clean_listed_group(self) -> str:
        """Return the group's name, by whichever text it was chosen; what stands there may stay."""
        return chosen_group(self.cleaned_data["listed_group"], self.initial.get("listed_group", ""))

    @classmethod
    def of(cls, referral: Referral, default_ground: str, sent: QueryDict | None = None) -> ApproveForm:
        """Return the form filled with what is known of the referral, and with what was ``sent``; the check is never ticked beforehand."""
        return cls(
            sent,
            facts=facts_of_order(referral),
            changed=lambda: last_event(referral),
            initial={
                "kind": referral.item.kind,
                "tier": referral.tier,
                "outlet": referral.item.outlet.name if referral.item.outlet else "",
                "listed_group": referral.listed_group,
                "ground": referral.ground or default_ground,
            },
        )

    def correction(self, referral_id: UUID) -> Correction:
        """Return what the reviewer wants the facts to be."""
        given = self.cleaned_data
        return Correction(referral_id, given["tier"], given["kind"], given["outlet"], given["listed_group"])


class RejectForm(forms.Form):
    """The decision not to refer, which says why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "r"}),
        error_messages={"required": _("Say why it is not to be referred; whoever submitted it reads it.")},
    )


class SendBackForm(forms.Form):
    """What whoever submitted it should put right first."""

    note = forms.CharField(
        label=_("Note to whoever submitted it"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "b"}),
        error_messages={"required": _("Say what is missing or wrong; whoever submitted it reads it.")},
    )


class ManyForm(forms.Form):
    """One decision on all that were selected."""

    ground = forms.CharField(
        label=_("Legal ground"), required=False, max_length=200, help_text=_("Empty: each keeps its own.")
    )
    exemptions_checked = forms.BooleanField(label=EXEMPTIONS, required=False)
    # A text area: Enter in it is a new line, never an approval.
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, decision: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision

    def clean(self) -> dict[str, Any]:
        """Ask for what the decision needs."""
        cleaned = super().clean() or {}
        if self.decision == "approve" and not cleaned.get("exemptions_checked"):
            self.add_error("exemptions_checked", _("Look for this in each of them first, then tick the box."))
        if self.decision == "reject" and not cleaned.get("reason", "").strip():
            self.add_error(
                "reason", _("Say why they are not to be referred; whoever submitted them reads it.")
            )
        return cleaned


#: What no outlet, submission or picture has as its id, and no referral as its priority.
_NONE: Final = UUID(int=0)
_NO_TIER: Final = 0


def read_after(parameters: QueryDict) -> After | None:
    """Return the place in the queue that ``after=<tier>.<id>`` names; what cannot be read is its beginning."""
    tier, _, referral_id = parameters.get("after", "").partition(".")
    try:
        return After(int(tier), UUID(referral_id)) if tier in Tier.values else None
    except ValueError:
        return None


def read_narrowed(parameters: QueryDict) -> Narrowed:
    """Return by which of :data:`NARROWING` the queue is narrowed. What cannot be read fits nothing: all of a list are decided at once."""
    tier = parameters.get("tier", "")
    outlet, submission, picture = (
        (as_uuid(value) or _NONE) if (value := parameters.get(name, "")) else None
        for name in ("outlet", "submission", "picture")
    )
    return Narrowed(
        parameters.get("platform", ""),
        outlet,
        (int(tier) if tier in Tier.values else _NO_TIER) if tier else None,
        parameters.get("language", ""),
        submission,
        picture,
    )


def narrowing(parameters: QueryDict) -> dict[str, str]:
    """Return the parameters that narrow the queue, as they stand in the address."""
    return {name: value for name in NARROWING if (value := parameters.get(name, ""))}
