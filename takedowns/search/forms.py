"""What is to be different of many referrals."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.directory.forms import chosen_group
from takedowns.pages.kinds import KINDS
from takedowns.referrals.corrections import LONGEST_NAME
from takedowns.referrals.vocabulary import Tier
from takedowns.search.bulk_changes import Change
from takedowns.search.models import BulkChange

_STAYS: Final = ("", _("– stays –"))
#: What empties a field that is filled: an empty one leaves it as it is.
NONE: Final = "-"


class BulkForm(forms.Form):
    """A correction, of whatever is filled in, or a withdrawal with its reason."""

    kind_of_change = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (BulkChange.Kind.CORRECT, _("Correct facts (can be undone)")),
            (BulkChange.Kind.WITHDRAW, _("Withdraw (cannot be undone)")),
        ],
        widget=forms.RadioSelect,
        initial=BulkChange.Kind.CORRECT,
    )
    tier = forms.TypedChoiceField(
        label=_("Priority"),
        choices=[_STAYS, *(one for one in Tier.choices if one[0] != Tier.NOT_GIVEN)],
        coerce=int,
        required=False,
        empty_value=None,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[_STAYS, *KINDS], required=False)
    outlet = forms.CharField(
        label=_("Outlet"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("Empty: stays. A hyphen alone: none."),
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
    )
    listed_group = forms.CharField(
        label=_("Listed group"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("Empty: stays. A hyphen alone: none."),
        widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason for withdrawing"),
        required=False,
        max_length=500,
        help_text=_("Only with Withdraw. The platform reads it where it has the referral already."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_listed_group(self) -> str:
        """Return the group's name, by whichever text it was chosen."""
        return chosen_group(self.cleaned_data["listed_group"], NONE)

    def clean(self) -> dict[str, Any]:
        """Ask for what the change needs."""
        cleaned = super().clean() or {}
        if cleaned.get("kind_of_change") == BulkChange.Kind.WITHDRAW:
            if not cleaned.get("reason", "").strip():
                self.add_error("reason", _("Say why the agency no longer asks."))
        elif not self._facts(cleaned) and not self.errors:
            raise forms.ValidationError(_("Nothing is to be changed: choose at least one new value."))
        return cleaned

    def change(self) -> Change:
        """Return what was asked for."""
        given = self.cleaned_data
        if given["kind_of_change"] == BulkChange.Kind.WITHDRAW:
            return Change(BulkChange.Kind.WITHDRAW, {"reason": given["reason"].strip()})
        return Change(BulkChange.Kind.CORRECT, self._facts(given))

    def _facts(self, given: dict[str, Any]) -> dict[str, Any]:
        facts = {name: given.get(name) for name in ("tier", "kind", "outlet", "listed_group")}
        return {
            name: "" if value == NONE else value for name, value in facts.items() if value not in (None, "")
        }
