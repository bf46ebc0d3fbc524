"""What an authority records beside orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, Platform
from takedowns.duties.models import OUTCOMES, Outcome
from takedowns.duties.services import Told
from takedowns.pages.fields import LocalMoment


class DutyForm(forms.Form):
    """One act: what it came to, which says what it is; when; about whom."""

    agency = forms.ChoiceField(label=_("Authority"))
    outcome = forms.ChoiceField(
        label=_("What was decided or done"),
        choices=[
            ("", _("Choose …")),
            *(
                (kind.label, [(str(one), one.label) for one in outcomes])
                for kind, outcomes in OUTCOMES.items()
            ),
        ],
    )
    at = LocalMoment(label=_("When"), help_text=_("Of the decision; of a notice or a request, when it came."))
    platform = forms.ChoiceField(label=_("Platform"), required=False)
    file_number = forms.CharField(
        label=_("File number"), required=False, max_length=100, help_text=_("Yours, or that of the order.")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Platform.objects.order_by("name").values_list("slug", "name")
        for name, choices in (
            ("agency", [(str(one.pk), one.name) for one in agencies]),
            ("platform", [("", _("None, or not known here")), *known]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["at"].initial = timezone.now()
        self.agencies = {str(one.pk): one for one in agencies}

    def told(self) -> Told:
        """Return the act as it is recorded."""
        given = self.cleaned_data
        return Told(
            self.agencies[given["agency"]].pk,
            Outcome(given["outcome"]),
            given["at"],
            given["platform"] or None,
            given["file_number"].strip(),
            given["note"].strip(),
        )


class TakeBackForm(forms.Form):
    """Why a record is taken back."""

    reason = forms.CharField(label=_("Why it is taken back"), max_length=500)
