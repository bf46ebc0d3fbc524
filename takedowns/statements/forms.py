"""A file of the Transparency Database, and whose it is."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.directory.models import Platform
from takedowns.pages.fields import ONE_DROPPED
from takedowns.referrals.models import Operation
from takedowns.statements.reconciling import LARGEST_FILE


class CompareForm(forms.Form):
    """What is compared: a platform's decisions, and a file."""

    platform = forms.ModelChoiceField(
        label=gettext_lazy("Platform"), queryset=Platform.objects.none(), empty_label=gettext_lazy("Choose …")
    )
    file = forms.FileField(
        label=gettext_lazy("File of the Transparency Database"),
        help_text=gettext_lazy(
            "A daily archive of the platform, full or light: the CSV, taken out of its ZIP."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv", **ONE_DROPPED}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def __init__(self, *args: Any, operation: Operation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Platform]", self.fields["platform"]).queryset = operation.platforms.all()

    def clean_file(self) -> Any:
        """Refuse what is too large to be compared while somebody waits."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file has more than %(most)s MB. Compare it in parts.")
                % {"most": LARGEST_FILE // 1024**2}
            )
        return file
