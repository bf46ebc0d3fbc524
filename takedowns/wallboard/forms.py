"""A link for a screen on the wall: which screen, until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.pages.fields import LocalMoment


class WallLinkForm(forms.Form):
    """For which screen, and until when."""

    name = forms.CharField(
        label=_("Screen"),
        max_length=100,
        help_text=_("So that you know it again: ops room, press room."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_at = LocalMoment(label=_("Ends"), help_text=_("At most two weeks from now."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_at"].initial = timezone.now() + timedelta(days=3)
