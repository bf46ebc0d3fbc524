"""Which listed group is meant by what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from takedowns.directory.listed_groups import LONGEST_NAME, vocabulary
from takedowns.referrals.listed_groups import Typed


class TypedForm(forms.Form):
    """One field for each text; what is left empty stays as it is."""

    def __init__(self, *args: Any, texts: list[Typed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._texts = {f"to-{one.key}": one for one in texts}
        for name, one in self._texts.items():
            self.fields[name] = forms.CharField(
                label=gettext("“%(word)s”") % {"word": one.text},
                required=False,
                max_length=LONGEST_NAME,
                initial=one.suggestion,
                widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
            )

    def rows(self) -> list[tuple[Typed, forms.BoundField]]:
        """Return each text with its field."""
        return [(one, self[name]) for name, one in self._texts.items()]

    def clean(self) -> dict[str, Any]:
        """Refuse what names no group, each at its field, and an empty form."""
        cleaned = super().clean() or {}
        known = vocabulary()
        for name in self._texts:
            if (text := cleaned.get(name, "").strip()) and known.name_of(text) is None:
                message = gettext(
                    "“%(text)s” is no listed group. Choose one by its name, another name or its code."
                )
                self.add_error(name, message % {"text": text[:60]})
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(gettext("Choose a group for at least one text."))
        return cleaned

    def meant(self) -> dict[str, str]:
        """Return text to the group that is meant, for those where one is."""
        given = self.cleaned_data
        return {one.text: given[name] for name, one in self._texts.items() if given.get(name)}
