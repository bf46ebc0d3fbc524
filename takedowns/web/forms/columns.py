"""Which column of a list fills which field: one choice per field over the headers that were seen."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.intake.readers import FIELDS

LABELS: Final = {
    "url": _("Address (URL)"), "kind": _("Kind"), "tier": _("Tier"), "language": _("Language"), "outlet": _("Outlet"),
    "listed_group": _("Listed group"), "ground": _("Ground"), "found_at": _("Found at"), "note": _("Note"),
    "platform": _("Platform"),
}  # fmt: skip


class ColumnsForm(forms.Form):
    """One select a field; ``columns()`` is what ``choose_columns`` takes."""

    def __init__(self, *args: Any, headers: list[str], chosen: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name],
                required=name == "url",
                choices=[("", _("– none –")), *((header, header) for header in headers)],
                initial=chosen.get(name, ""),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one column for two fields, which nobody means."""
        cleaned = super().clean() or {}
        used: dict[str, str] = {}
        for name in FIELDS:
            header = cleaned.get(name, "")
            if header and header in used:
                self.add_error(
                    name,
                    _("“%(column)s” is chosen for %(field)s already.")
                    % {"column": header, "field": LABELS[used[header]]},
                )
            used.setdefault(header, name)
        return cleaned

    def columns(self) -> dict[str, str]:
        """Return our field to the header as written; "" for a field that is not read."""
        return {name: self.cleaned_data.get(name, "") for name in FIELDS}
