"""The forms of a publication: what is to be published, and the word that it goes out as it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.figures.models import Publication
from takedowns.pages.fields import ExactMoment, LocalMoment


class _About(forms.Form):
    """What a publication says of itself beside its figures."""

    provisional = forms.BooleanField(
        label=_("Provisional"),
        required=False,
        help_text=_("Final figures are to follow. Each file says so."),
    )
    revises = forms.ChoiceField(
        label=_("Revises"),
        required=False,
        help_text=_("The earlier publication that this one takes the place of."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("What for, or what is revised and why. It stands in the register, in no file."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, earlier: Sequence[Publication], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revises"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((str(one.pk), _("Publication %(number)s") % {"number": one.number}) for one in earlier),
        ]


class DraftForm(_About):
    """What to look at before it is published; it stands in the address, so that nothing is sent twice."""

    field_order = ("moment", "provisional", "revises", "note")
    moment = LocalMoment(
        label=_("Figures as of"), required=False, help_text=_("As recorded by then; now unless you say.")
    )


class PublishForm(_About):
    """The same again, with the exact moment and the number that were shown."""

    as_of = ExactMoment()
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = field.hidden_widget()
