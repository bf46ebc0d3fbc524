"""Why an agency no longer asks for what it handed in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.intake.withdrawal import LONGEST_REASON


class WithdrawForm(forms.Form):
    """The reason, which each referral keeps."""

    reason = forms.CharField(
        label=_("Reason for withdrawing"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Each referral keeps it. The platform reads it where it has the referral already."),
        error_messages={"required": _("Say why the agency no longer asks.")},
    )  # fmt: skip
