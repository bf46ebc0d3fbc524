"""What an officer hands in at once: a file or a pasted list, for one agency."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.directory.asking import Asker
from takedowns.directory.models import Agency, Role
from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import Instrument
from takedowns.web.forms.dropping import ONE_DROPPED

HANDS_IN = (Role.OFFICER, Role.REVIEWER, Role.COORDINATOR)


def agencies_to_hand_in_for(asker: Asker, operation: Operation) -> list[Agency]:
    """Return the agencies of the operation for which the asker may hand in. One statement."""
    own = [agency for agency in asker.agencies if any(asker.has_role(role, agency) for role in HANDS_IN)]
    return list(operation.agencies.filter(pk__in=own))


class HandInForm(forms.Form):
    """Either a file or a pasted list, not both, so that nobody wonders which one counted."""

    pasted = forms.CharField(
        label=_("Paste a list"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("One address a line, or cells copied from a spreadsheet."),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "CSV (any delimiter and encoding), XLSX or ODS; it can be dropped anywhere on this page. A header row is found by "
            "its words: URL, kind, tier, language, outlet, note …"
        ),
        widget=forms.FileInput(attrs=ONE_DROPPED),
    )
    agency = forms.ModelChoiceField(label=_("On behalf of"), queryset=Agency.objects.none(), empty_label=None)

    instrument = forms.ChoiceField(
        label=_("Instrument"),
        choices=Instrument.choices,
        help_text=_(
            "A referral asks the platform to judge by its own terms. A removal order (Regulation (EU) 2021/784) obliges it "
            "within the hour; each is written and issued afterwards."
        ),
    )

    field_order = ["agency", "pasted", "file", "instrument"]

    def __init__(self, *args: Any, agencies: list[Agency], instrument: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].initial = instrument
        self.fields["instrument"].required = False  # a form of before asked for none
        choice = self.fields["agency"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies])
        if len(agencies) == 1:
            choice.initial, choice.widget = agencies[0].pk, forms.HiddenInput()
        self.only_agency = agencies[0] if len(agencies) == 1 else None

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of the two."""
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("pasted", "").strip(), cleaned.get("file")
        if pasted and file:
            raise forms.ValidationError(
                _("Hand in either the pasted list or the file: empty the one that is not meant.")
            )
        if not pasted and not file:
            raise forms.ValidationError(_("There is nothing to hand in yet: paste a list or choose a file."))
        if file is not None and not file.size:
            self.add_error(
                "file",
                _("“%(file)s” is empty. Check that it was saved, and choose it again.") % {"file": file.name},
            )
        return cleaned
