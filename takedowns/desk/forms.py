"""What a platform's own people say at its desk."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import Role

ROLES: Final = [
    (str(Role.PLATFORM), _("Responder: answers")),
    (str(Role.MANAGER), _("Manager: answers, and says who else does")),
]


class TotalForm(forms.Form):
    """The platform's own total for one day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    what = forms.CharField(
        label=_("What you counted"), max_length=200, help_text=_("In your words: accounts and bots, say.")
    )
    count = forms.IntegerField(label=_("How many"), min_value=0, max_value=2_147_483_647)


class ColleagueForm(forms.Form):
    """Somebody who is to answer for the platform, too."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=str(Role.PLATFORM))
