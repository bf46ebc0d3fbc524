"""A comment as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.comments.mentions import Colleague
from takedowns.comments.models import LONGEST

#: The list of names that the field for one offers (a datalist, which needs neither mouse nor script).
OFFERED = "colleagues"


class CommentForm(forms.Form):
    """What is said, and to whom."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A name behind an @ mentions a colleague: @Ann Berg."),
        error_messages={"required": _("Write what you want to say.")},
    )
    also = forms.CharField(
        label=_("Mention"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"list": OFFERED, "autocomplete": "off"}),
        help_text=_("Names are offered while you type. Whoever is mentioned finds it in their work."),
    )
    chosen = forms.TypedMultipleChoiceField(
        label=_("Whom you mean"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, colleagues: Sequence[Colleague] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(colleagues)

    def offer(self, colleagues: Sequence[Colleague]) -> None:
        """Let these be chosen where a name was not clear."""
        self.fields["chosen"].choices = [(str(one.id), one.label) for one in colleagues]  # type: ignore[attr-defined]
