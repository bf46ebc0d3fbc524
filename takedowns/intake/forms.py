"""Handing in: the form, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from django import forms
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.directory.models import Agency
from takedowns.identity import PLATFORMS, Kind
from takedowns.intake.amendments import meanings_of
from takedowns.intake.content import IN, OUT
from takedowns.intake.models import Repair
from takedowns.intake.preview import Preview, RemarkedRow, WordTold
from takedowns.intake.repairs import Becomes, Changes
from takedowns.intake.repairs_page import LABELS
from takedowns.intake.withdrawal import LONGEST_REASON
from takedowns.pages.fields import ONE_DROPPED, PastedList
from takedowns.pages.kinds import kind_words
from takedowns.readers import COLUMN_FIELDS, read_both_ways, word_key
from takedowns.referrals.models import Operation
from takedowns.referrals.sentences import header_of
from takedowns.referrals.vocabulary import Instrument, Tier


class ColumnsForm(forms.Form):
    """One select a field; ``columns()`` is what ``choose_columns`` takes."""

    def __init__(self, *args: Any, headers: list[str], chosen: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COLUMN_FIELDS:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name],
                required=name == "url",
                choices=[("", _("– none –")), *((header, header_of(header)) for header in headers)],
                initial=chosen.get(name, ""),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one column for two fields, which nobody means."""
        cleaned = super().clean() or {}
        used: dict[str, str] = {}
        for name in COLUMN_FIELDS:
            header = cleaned.get(name, "")
            if header and header in used:
                self.add_error(
                    name,
                    _("“%(column)s” is chosen for %(field)s already.")
                    % {"column": header_of(header), "field": LABELS[used[header]]},
                )
            used.setdefault(header, name)
        return cleaned

    def columns(self) -> dict[str, str]:
        """Return our field to the header as written; "" for a field that is not read."""
        return {name: self.cleaned_data.get(name, "") for name in COLUMN_FIELDS}


HANDS_IN = (Role.OFFICER, Role.REVIEWER, Role.COORDINATOR)


def agencies_to_hand_in_for(actor: Actor, operation: Operation) -> list[Agency]:
    """Return the agencies of the operation for which the actor may hand in. One statement."""
    own = [agency for agency in actor.agencies if any(actor.has_role(role, agency) for role in HANDS_IN)]
    return list(operation.agencies.filter(pk__in=own))


class HandInForm(forms.Form):
    """Either a file or a pasted list, not both, so that nobody wonders which one counted."""

    pasted = PastedList(
        label=_("Paste a list"),
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
        widget=forms.RadioSelect,
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
                _("Submit either the pasted list or the file: empty the one that is not meant.")
            )
        if not pasted and not file:
            raise forms.ValidationError(_("There is nothing to submit yet: paste a list or choose a file."))
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


Subject = Repair.Subject

_HAND_IN_OR_NOT: Final = ((IN, _("Submit them")), (OUT, _("Leave them out")))
_NOTHING: Final = "-"
"""Value of the choice that a word means nothing; no choice at all is ""."""


class QuestionsForm(forms.Form):
    """What only a person can decide about a list as a whole; a field for each thing that is asked."""

    def __init__(self, *args: Any, told: Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told = told
        layout, decided = told.layout, told.decided
        if layout is None or decided is None:
            return
        if layout.dates_open or decided.choices.dates:
            self.fields["dates"] = _radios(
                _("Which stands first in the dates, the day or the month?"),
                (
                    ("day", _as_read(layout.dates_shown, "day")),
                    ("month", _as_read(layout.dates_shown, "month")),
                ),
                decided.choices.dates,
            )
        if len(layout.sheets) > 1:
            self.fields["sheets"] = forms.MultipleChoiceField(
                label=_("Which sheets are submitted?"),
                choices=[
                    (sheet.name, _sheet(sheet.name, sheet.height, hidden=sheet.hidden))
                    for sheet in layout.sheets
                ],
                initial=[sheet.name for sheet in layout.sheets if sheet.read],
                widget=forms.CheckboxSelectMultiple,
            )
        if layout.hidden_rows:
            label = (
                ngettext(
                    "%(rows)d row is hidden by a filter in the workbook.",
                    "%(rows)d rows are hidden by a filter in the workbook.",
                    layout.hidden_rows,
                )
                if layout.filtered
                else ngettext(
                    "%(rows)d row is hidden in the workbook.",
                    "%(rows)d rows are hidden in the workbook.",
                    layout.hidden_rows,
                )
            )
            self.fields["hidden"] = _radios(
                label % {"rows": layout.hidden_rows}, _HAND_IN_OR_NOT, decided.hidden
            )
        for slug, rows in told.outside.most_common():
            label = ngettext(
                "%(platform)s takes no part in the operation (%(rows)d row).",
                "%(platform)s takes no part in the operation (%(rows)d rows).",
                rows,
            ) % {"platform": decided.names.get(slug, slug), "rows": rows}
            self.fields[f"platform-{slug}"] = _radios(label, _HAND_IN_OR_NOT, decided.platforms.get(slug, ""))

    def changes(self) -> Changes:
        """Return what was decided."""
        given, changes = self.cleaned_data, Changes()
        for name, subject in (("dates", Subject.DATES), ("hidden", Subject.HIDDEN)):
            if given.get(name):
                changes[subject] = {"": Becomes(given[name])}
        if "sheets" in self.fields and self._told.layout:
            chosen = given.get("sheets", [])
            changes[Subject.SHEET] = {
                sheet.name: Becomes(IN if sheet.name in chosen else OUT) for sheet in self._told.layout.sheets
            }
        changes[Subject.PLATFORM] = {
            name.removeprefix("platform-"): Becomes(said)
            for name, said in given.items()
            if name.startswith("platform-") and said
        }
        return changes


def _radios(label: Any, choices: Any, initial: str) -> forms.ChoiceField:
    field = forms.ChoiceField(
        label=label, choices=choices, initial=initial, required=False, widget=forms.RadioSelect
    )
    field.widget.attrs["required"] = False
    return field


def _sheet(name: str, height: int, *, hidden: bool) -> str:
    told = ngettext("%(sheet)s (up to row %(row)d)", "%(sheet)s (up to row %(row)d)", height) % {
        "sheet": name,
        "row": height,
    }
    return gettext("%(sheet)s, hidden in the workbook") % {"sheet": told} if hidden else told


def _as_read(cells: list[str], order: str) -> str:
    """Say how dates are read when the day, or the month, stands first, written out."""
    days = [(cell, read_both_ways(cell, order)) for cell in cells]
    # By the CLDR: in our own catalogue "May" is what one may do.
    shown = "; ".join(
        f"{cell} = {format_date(day, 'long', locale=_locale())}" for cell, day in days if day is not None
    )
    head = gettext("The day") if order == "day" else gettext("The month")
    return gettext("%(first)s: %(dates)s") % {"first": head, "dates": shown} if shown else head


def _locale() -> Locale:
    """The language of the page; days before months in English, too, as everywhere on our pages."""
    language = (get_language() or "en").replace("-", "_")
    return Locale.parse("en_GB" if language.startswith("en") else language)


class WordsForm(forms.Form):
    """What words mean that are no kind, tier, language or listed group known here, or a tier in words; one choice for each word."""

    def __init__(
        self,
        *args: Any,
        words: Mapping[tuple[str, str], WordTold],
        groups: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = any(one.field == "listed_group" for one in words.values())
        named = [(name, name) for name in sorted(set(groups.values()), key=str.casefold)] if asked else []
        self._words = {f"word-{name}:{key}": one for (name, key), one in words.items()}
        for field, one in self._words.items():
            nothing = (_NOTHING, gettext("nothing: leave it empty"))
            known = named if one.field == "listed_group" else choices_of(one.field)
            value = one.value if any(one.value == value for value, _label in known) else ""
            if one.said and not one.value:
                value = _NOTHING
            self.fields[field] = forms.ChoiceField(
                label=gettext("“%(word)s”") % {"word": one.word},
                choices=[("", gettext("– as it is –")), nothing, *known],
                initial=value,
                required=False,
            )

    def rows(self) -> list[tuple[WordTold, forms.BoundField]]:
        """Return each word with its choice."""
        return [(one, self[field]) for field, one in self._words.items()]

    def changes(self) -> Changes:
        """Return what was said; what was left as it was is not said."""
        about: dict[str, Becomes | None] = {}
        for name, one in self._words.items():
            said = self.cleaned_data[name]
            if said == self.fields[name].initial:
                continue
            meaning = Becomes("" if said == _NOTHING else said, one.word) if said else None
            about[f"{one.field}:{word_key(one.word)}"] = meaning
        return {Subject.WORD: about}


def choices_of(field: str) -> list[tuple[str, str]]:
    """Return what a word of a field may mean."""
    if field == "tier":
        return [(value, str(Tier(value).label)) for value in meanings_of(field)]
    if field == "kind":
        return [(value, kind_words(Kind(value))) for value in meanings_of(field)]
    return list(_languages(get_language() or "en"))


@lru_cache(8)
def _languages(of_page: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(of_page.replace("-", "_")).languages
    codes = sorted(
        {code: names.get(code, code) for code in meanings_of("language")}.items(),
        key=lambda one: one[1].casefold(),
    )
    return tuple((code, f"{name} ({code})") for code, name in codes)


class RowForm(forms.Form):
    """One row that is not understood: what its cells say instead, or that it is left out."""

    url = forms.CharField(label=_("Address (URL)"), max_length=4096, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    found_at = forms.CharField(label=_("Found at"), max_length=100, required=False)
    leave_out = forms.BooleanField(label=_("Leave this row out"), required=False)

    def __init__(self, data: Any = None, *, row: RemarkedRow) -> None:
        # Of two addresses neither is chosen yet, so that choosing the one that was read is a decision, too.
        shown = {"url": "" if row.asks else row.url, "kind": row.kind, "found_at": row.found_at}
        super().__init__(data, prefix=f"row-{row.place}", initial=shown)
        self.row = row
        if row.asks:
            self.fields["url"] = forms.ChoiceField(
                label=_("Which address is meant?"),
                choices=[(one, one) for one in row.asks],
                required=False,
                widget=forms.RadioSelect,
            )
        own = [(row.kind, row.kind)] if row.kind and row.kind not in set(Kind) else []
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [("", gettext("– none –")), *own, *choices_of("kind")]
        for name, field in self.fields.items():
            field.widget.attrs["autocomplete"] = "off"
            if name != "leave_out" and not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["aria-label"] = gettext("%(field)s, line %(line)s") % {
                    "field": field.label,
                    "line": f"{row.line}.{row.part}" if row.part > 1 else row.line,
                }

    def changes(self) -> Changes:
        """Return the cells that say something else now."""
        place = str(self.row.place)
        if self.cleaned_data["leave_out"]:
            return {Subject.LEFT_OUT: {place: Becomes("", self.row.url)}}
        initial = self.initial
        return {
            Subject.CELL: {
                f"{place}:{name}": Becomes(
                    self.cleaned_data[name], self.row.url if name == "url" else initial[name]
                )
                for name in ("url", "kind", "found_at")
                if self.cleaned_data[name] != initial[name]
            }
        }


def joined(forms_of_rows: list[RowForm]) -> Changes:
    """Return the changes of several rows as one."""
    found: Changes = {}
    for form in forms_of_rows:
        for subject, about in form.changes().items():
            found.setdefault(subject, {}).update(about)
    return found


class WithdrawForm(forms.Form):
    """The reason, which each referral keeps."""

    reason = forms.CharField(
        label=_("Reason for withdrawing"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Each referral keeps it. The platform reads it where it has the referral already."),
        error_messages={"required": _("Say why the agency no longer asks.")},
    )
