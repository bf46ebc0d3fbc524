"""Which column of a list fills which field: one choice per field over the headers that were seen."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from takedowns.intake.readers import FIELDS

LABELS: Final = {
    "url": "Address (URL)", "kind": "Kind", "tier": "Tier", "language": "Language", "outlet": "Outlet",
    "listed_group": "Listed group", "ground": "Ground", "found_at": "Found at", "note": "Note",
}  # fmt: skip


class ColumnsForm(forms.Form):
    """One select a field; ``columns()`` is what ``choose_columns`` takes."""

    def __init__(self, *args: Any, headers: list[str], chosen: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name],
                required=name == "url",
                choices=[("", "– none –"), *((header, header) for header in headers)],
                initial=chosen.get(name, ""),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one column for two fields, which nobody means."""
        cleaned = super().clean() or {}
        used: dict[str, str] = {}
        for name in FIELDS:
            header = cleaned.get(name, "")
            if header and header in used:
                self.add_error(name, f"“{header}” is chosen for {LABELS[used[header]]} already.")
            used.setdefault(header, name)
        return cleaned

    def columns(self) -> dict[str, str]:
        """Return our field to the header as written; "" for a field that is not read."""
        return {name: self.cleaned_data.get(name, "") for name in FIELDS}
