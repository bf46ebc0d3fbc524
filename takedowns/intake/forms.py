"""Handing in: the form, and what its columns mean."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.directory.models import Agency
from takedowns.identity import PLATFORMS
from takedowns.intake.withdrawal import LONGEST_REASON
from takedowns.pages.fields import ONE_DROPPED
from takedowns.readers import FIELDS
from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import Instrument

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


HANDS_IN = (Role.OFFICER, Role.REVIEWER, Role.COORDINATOR)


def agencies_to_hand_in_for(actor: Actor, operation: Operation) -> list[Agency]:
    """Return the agencies of the operation for which the actor may hand in. One statement."""
    own = [agency for agency in actor.agencies if any(actor.has_role(role, agency) for role in HANDS_IN)]
    return list(operation.agencies.filter(pk__in=own))


class HandInForm(forms.Form):
    """Either a file or a pasted list, not both, so that nobody wonders which one counted."""

    pasted = forms.CharField(
        label=_("Paste a list"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("One address a line, or cells copied from a spreadsheet."),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "CSV (any delimiter and encoding), XLSX or ODS; it can be dropped anywhere on this page. A header row is found by "
            "its words: URL, kind, tier, language, outlet, note …"
        ),
        widget=forms.FileInput(attrs=ONE_DROPPED),
    )
    agency = forms.ModelChoiceField(label=_("On behalf of"), queryset=Agency.objects.none(), empty_label=None)

    instrument = forms.ChoiceField(
        label=_("Instrument"),
        choices=Instrument.choices,
        help_text=_(
            "A referral asks the platform to judge by its own terms. A removal order (Regulation (EU) 2021/784) obliges it "
            "within the hour; each is written and issued afterwards."
        ),
    )

    field_order = ["agency", "pasted", "file", "instrument"]

    def __init__(self, *args: Any, agencies: list[Agency], instrument: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].initial = instrument
        self.fields["instrument"].required = False  # a form of before asked for none
        choice = self.fields["agency"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = Agency.objects.filter(pk__in=[agency.pk for agency in agencies])
        if len(agencies) == 1:
            choice.initial, choice.widget = agencies[0].pk, forms.HiddenInput()
        self.only_agency = agencies[0] if len(agencies) == 1 else None

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of the two."""
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("pasted", "").strip(), cleaned.get("file")
        if pasted and file:
            raise forms.ValidationError(
                _("Hand in either the pasted list or the file: empty the one that is not meant.")
            )
        if not pasted and not file:
            raise forms.ValidationError(_("There is nothing to hand in yet: paste a list or choose a file."))
        if file is not None and not file.size:
            self.add_error(
                "file",
                _("“%(file)s” is empty. Check that it was saved, and choose it again.") % {"file": file.name},
            )
        return cleaned


class ListPlatformForm(forms.Form):
    """One select over the platforms on which a name (@name) stands for an account."""

    platform = forms.ChoiceField(label=_("Platform of the list"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((one.name, slug) for slug, one in PLATFORMS.items() if one.name_link)
        self.fields["platform"].choices = [("", _("– none –")), *((slug, name) for name, slug in known)]  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """The reason, which each referral keeps."""

    reason = forms.CharField(
        label=_("Reason for withdrawing"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Each referral keeps it. The platform reads it where it has the referral already."),
        error_messages={"required": _("Say why the agency no longer asks.")},
    )  # fmt: skip
