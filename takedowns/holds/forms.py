"""Placing a hold: on what, for which agency, why, until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency
from takedowns.pages.fields import LocalMoment
from takedowns.referrals.models import Outlet, Referral

STANDARD: Final = timedelta(days=7)


class _HoldFields(forms.Form):
    """What every hold says."""

    agency = forms.ModelChoiceField(label=_("On behalf of"), queryset=Agency.objects.none(), empty_label=None)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your own agency sees it. Others see that there is a hold, not whose."),
        error_messages={"required": _("Give a reason; only your own agency will see it.")},
    )
    ends_at = LocalMoment(label=_("Ends"))

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["agency"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies])
        if len(agencies) == 1:
            choice.initial, choice.widget = agencies[0].pk, forms.HiddenInput()
        self.only_agency = agencies[0] if len(agencies) == 1 else None
        self.fields["ends_at"].initial = timezone.now() + min(STANDARD, timedelta(settings.HOLD_MOST_DAYS))
        self.fields["ends_at"].help_text = gettext(
            "After %(days)s days at the latest. Place it again to prolong it."
        ) % {"days": settings.HOLD_MOST_DAYS}

    def clean_ends_at(self) -> datetime:
        """Refuse a moment that has passed."""
        ends_at: datetime = self.cleaned_data["ends_at"]
        if ends_at <= timezone.now():
            raise forms.ValidationError(_("This moment has passed; the hold must end after now."))
        return ends_at


class PlaceForm(_HoldFields):
    """A hold on whatever an address names, or on an outlet."""

    url = forms.CharField(
        label=_("Address"),
        required=False,
        widget=forms.TextInput(attrs={"class": "mono-input", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("In any spelling; also one that nobody has submitted yet."),
    )
    outlet = forms.ModelChoiceField(
        label=_("Or all items of an outlet"),
        queryset=Outlet.objects.all(),
        required=False,
        empty_label=_("None"),
    )

    field_order = ["agency", "url", "outlet", "reason", "ends_at"]

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of the two."""
        cleaned = super().clean() or {}
        if (
            bool(cleaned.get("url", "").strip()) == bool(cleaned.get("outlet"))
            and "outlet" not in self.errors
        ):
            raise forms.ValidationError(_("Name either an address or an outlet, not both and not neither."))
        return cleaned


class OverrideForm(forms.Form):
    """Why others' holds on a referral should be lifted."""

    reason = forms.CharField(
        label=_("Why it cannot wait"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The other coordinators read it, and the agency whose hold it is."),
        error_messages={"required": _("Say why it cannot wait; the agency whose hold it is reads it.")},
    )


class PlaceOnReferralForm(_HoldFields):
    """A hold on a referral's item, or on all of its outlet."""

    on = forms.ChoiceField(
        label=_("Hold"), choices=[("item", _("This item"))], widget=forms.RadioSelect, initial="item"
    )

    field_order = ["agency", "on", "reason", "ends_at"]

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if outlet := referral.item.outlet:
            choice = self.fields["on"]
            assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
            choice.choices = [
                ("item", _("This item")),
                ("outlet", _("Every item of %(outlet)s, on all platforms") % {"outlet": outlet}),
            ]
