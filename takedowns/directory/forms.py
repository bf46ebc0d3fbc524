"""API keys: whose, what it may do, from where, until when; and replacing one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.keys import network, possible_scopes
from takedowns.directory.models import Agency, ApiKey, Platform, User
from takedowns.pages.fields import LocalMoment

OVERLAPS = (
    ("0", _("None: the former key ends at once")),
    ("1", _("1 hour")),
    ("24", _("1 day")),
    ("168", _("7 days")),
)


def _person_field() -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Who is behind what it hands in"),
        required=False,
        empty_label=_("Whom each list names"),
        help_text=_(
            "They answer for its lists, and do not review them. A list that names nobody is refused."
        ),
    )


def _offer_people(form: forms.Form, agency: Agency | None) -> None:
    """Offer the people of an agency; a platform hands nothing in."""
    if agency is None:
        del form.fields["person"]
        return
    choice = form.fields["person"]
    assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
    choice.queryset = User.objects.filter(is_active=True, memberships__agency=agency).distinct()


class KeyForm(forms.Form):
    """A key for one platform or agency, whose kind decides what it may be given."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Whose program it is, so that people know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    test = forms.BooleanField(
        label=_("Test key: works on invented referrals, never on real ones"),
        required=False,
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    addresses = forms.CharField(
        label=_("Addresses it may call from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("One a line, or networks: 203.0.113.7, 2001:db8::/32. Empty: from anywhere."),
    )
    expires_at = LocalMoment(
        label=_("Ends"), required=False, help_text=_("Empty: it does not end by itself.")
    )
    requests_per_minute = forms.IntegerField(
        label=_("Calls per minute"), min_value=1, max_value=1_000_000, initial=3000
    )

    person = _person_field()

    def __init__(self, *args: Any, whose: Platform | Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_platform = isinstance(whose, Platform)
        _offer_people(self, None if isinstance(whose, Platform) else whose)
        scopes = possible_scopes(for_platform=self.for_platform)
        choice = self.fields["scopes"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - declared above
        choice.choices = [
            (one.value, gettext("%(what)s (%(scope)s)") % {"what": one.label, "scope": one.value})
            for one in scopes
        ]
        choice.initial = [scope.value for scope in scopes]

    def clean_addresses(self) -> list[str]:
        """Return addresses and networks as they are stored."""
        found = []
        for text in self.cleaned_data["addresses"].replace(",", " ").split():
            try:
                found.append(network(text))
            except ValueError:
                raise forms.ValidationError(
                    gettext("“%(text)s” is no address or network. Examples: 203.0.113.7, 2001:db8::/32.")
                    % {"text": text}
                ) from None
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        """Refuse an end that has passed, and what no test key may do."""
        cleaned = super().clean() or {}
        if (ends := cleaned.get("expires_at")) is not None and ends <= timezone.now():
            self.add_error("expires_at", gettext("The end must lie after now."))
        if cleaned.get("test"):
            allowed = possible_scopes(for_platform=self.for_platform, test=True)
            chosen = cleaned.get("scopes", [])
            cleaned["scopes"] = [one for one in chosen if one in allowed]
            if chosen and not cleaned["scopes"]:  # no scopes at all would mean: all of them
                self.add_error("scopes", gettext("A test key may do none of this. Choose something else."))
        return cleaned


class RotateForm(forms.Form):
    """How long the former key goes on beside its successor."""

    overlap = forms.ChoiceField(label=_("The former key goes on for"), choices=OVERLAPS, initial="24")

    person = _person_field()

    def __init__(self, *args: Any, key: ApiKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_people(self, key.agency)
        if "person" in self.fields:
            self.fields["person"].initial = key.person_id

    def hours(self) -> timedelta:
        """Return the overlap."""
        return timedelta(hours=int(self.cleaned_data["overlap"]))
