"""A complaint as a coordinator records it, and how it was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.complaints.models import Complainant, Complaint, Verdict
from takedowns.complaints.services import Complained, Decided
from takedowns.pages.fields import LocalMoment


class ComplaintForm(forms.Form):
    """Who complains, when it came, and what they say."""

    complainant = forms.ChoiceField(label=_("Who complains"), choices=Complainant.choices)
    received_at = LocalMoment(label=_("When it came"))
    explanation = forms.CharField(
        label=_("What they say"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names: who complained is not kept."),
    )
    puid = forms.CharField(
        label=_("The platform’s reference"),
        required=False,
        max_length=500,
        help_text=_("The same reference again is the same complaint."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_at"].initial = timezone.now()

    def told(self, referral_id: UUID) -> Complained:
        """Return the complaint as it was told."""
        given = self.cleaned_data
        return Complained(
            referral_id,
            given["received_at"],
            given["complainant"],
            given["puid"].strip(),
            given["explanation"].strip(),
        )


class ComplaintDecisionForm(forms.Form):
    """Upheld or dismissed, when, and why."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the complaint was decided.")},
    )
    reinstates = forms.BooleanField(
        label=_("Upheld, and the item is put back"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"class": "big"}),
        help_text=_("The referral becomes Reinstated. Clear it where the item stays away."),
    )
    at = LocalMoment(label=_("When it was decided"))
    reason = forms.CharField(
        label=_("Reason given"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = timezone.now()

    def decided(self, complaint: Complaint) -> Decided:
        """Return the decision as it was given; a minute that is typed is not before the seconds in which a complaint came."""
        given, at = self.cleaned_data, self.cleaned_data["at"]
        if at == complaint.received_at.replace(second=0, microsecond=0):
            at = complaint.received_at
        return Decided(complaint.pk, given["verdict"], at, given["reason"].strip(), given["reinstates"])
