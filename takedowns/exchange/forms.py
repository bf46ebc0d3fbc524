"""How an operation's records are marked, and what is brought from another system."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.directory.models import Agency
from takedowns.exchange.models import Tlp
from takedowns.pages.fields import ONE_DROPPED

LARGEST_FILE: Final = 20 * 1024 * 1024


class MarkForm(forms.Form):
    """The marking under which records leave."""

    tlp = forms.ChoiceField(
        label=gettext_lazy("Marking of what leaves"),
        required=False,
        choices=[("", gettext_lazy("None: nothing leaves")), *Tlp.choices],
        help_text=gettext_lazy("It stands on each object of each file. Without one no file can be taken."),
    )


class BringForm(forms.Form):
    """A file of another system, and for which agency it is handed in."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    agency = forms.ChoiceField(label=gettext_lazy("Submit for"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json", **ONE_DROPPED}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def __init__(
        self, *args: Any, agencies: list[Agency], formats: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [(str(one.pk), one.name) for one in agencies]  # type: ignore[attr-defined]
        self.fields["format"].choices = formats  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse what is too large to be read while somebody waits."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file has more than %(most)s MB. Bring it in parts.")
                % {"most": LARGEST_FILE // 1024**2}
            )
        return file
