"""On which platform the bare names of a list are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.identity import PLATFORMS


class ListPlatformForm(forms.Form):
    """One select over the platforms on which a name (@name) stands for an account."""

    platform = forms.ChoiceField(label=_("Platform of the list"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((one.name, slug) for slug, one in PLATFORMS.items() if one.name_link)
        self.fields["platform"].choices = [("", _("– none –")), *((slug, name) for name, slug in known)]  # type: ignore[attr-defined]
