"""What a platform's own people say at its desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import Role
from takedowns.figures.models import SelfReport
from takedowns.pages.fields import Day
from takedowns.pages.versions import Changed, Said, Versioned

ROLES: Final = [
    (str(Role.PLATFORM), _("Responder: answers")),
    (str(Role.MANAGER), _("Manager: answers, and says who else does")),
]


class TotalForm(Versioned, forms.Form):
    """The platform's own total for one day; one that a colleague kept meanwhile is not replaced unseen.

    Args:
        totals: what is kept now.
    """

    shows_stored = False
    facts_may_come = True

    day = Day(label=_("Day"))
    what = forms.CharField(
        label=_("What you counted"), max_length=200, help_text=_("In your words: accounts and bots, say.")
    )
    count = forms.IntegerField(label=_("How many"), min_value=0, max_value=2_147_483_647)

    def __init__(self, *args: Any, totals: Sequence[SelfReport] = (), **kwargs: Any) -> None:
        self._totals = {f"{one.day} {one.what}": one for one in totals}
        facts = {label: [str(one.count)] for label, one in self._totals.items()}
        super().__init__(*args, facts=facts, changed=self._last, **kwargs)

    def that_matter(self) -> Mapping[str, Said]:
        """Return the total that what is typed would replace with another number."""
        kept = self._totals.get(self._about())
        if kept is None or self["count"].value() == str(kept.count):
            return {}
        return {self._about(): (str(kept.count),)}

    def _last(self) -> Changed | None:
        kept = self._totals.get(self._about())
        return Changed(kept.recorded_at, kept.recorded_by) if kept else None

    def _about(self) -> str:
        """Return the day and the thing that are typed, as the totals are labelled."""
        try:
            day = self.fields["day"].clean(self["day"].value())
        except ValidationError:
            return ""
        return f"{day} {(self['what'].value() or '').strip()}"


class RoleForm(Versioned, forms.Form):
    """Another role at the platform, or none, for a colleague whose roles stood as they were shown."""

    shows_stored = False

    role = forms.ChoiceField(choices=ROLES, required=False)


class ColleagueForm(forms.Form):
    """Somebody who is to answer for the platform, too."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=str(Role.PLATFORM))
