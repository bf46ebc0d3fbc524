"""Forms of looking again, and of what an item replaces."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.pages.fields import ONE_DROPPED, ExactMoment, as_exact_moment, as_uuid, whole_number
from takedowns.pages.versions import Versioned
from takedowns.referrals.corrections import LONGEST_NAME
from takedowns.referrals.vocabulary import Availability
from takedowns.verification import schedule
from takedowns.verification.looking import LONGEST_NOTE

SEEN: Final = [
    (Availability.ONLINE.value, gettext_lazy("Online")),
    (Availability.OFFLINE.value, gettext_lazy("Gone")),
    (Availability.UNKNOWN.value, gettext_lazy("Cannot tell")),
]


class LookForm(forms.Form):
    """What was seen of one item, or of all that are selected."""

    seen = forms.ChoiceField(
        label=gettext_lazy("What you see"),
        choices=SEEN,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what you see: online, gone, or that you cannot tell.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("For colleagues; the platform never reads it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "t"}),
    )
    shown_at = ExactMoment(required=False)


class OneLookForm(LookForm):
    """What was seen of one item, with a screenshot where somebody made one."""

    screenshot = forms.FileField(
        label=gettext_lazy("Screenshot"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("If you made one: kept as evidence, and never shown to the platform."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp", **ONE_DROPPED}),
    )


class ScheduleForm(Versioned, forms.Form):
    """After how many hours an operation looks again."""

    hours = forms.CharField(
        label=gettext_lazy("Verify again after"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "Times after the decision, such as 1 h, 24 h, 7 d. Empty: nothing falls due by itself."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_hours(self) -> list[int]:
        """Read times such as ``24 h`` or ``7 d`` as hours; a bare number is hours."""
        return [self._hours(part.strip()) for part in self.cleaned_data["hours"].split(",") if part.strip()]

    @staticmethod
    def _hours(text: str) -> int:
        number, unit = (text[:-1], text[-1]) if text[-1] in "hd" else (text, "h")
        if (hours := whole_number(number.strip(), most=999_999)) is None:
            raise forms.ValidationError(
                _("“%(text)s” is no time: write hours like 24 h or days like 7 d, with commas between them.")
                % {"text": text[:30]}
            )
        return hours * (24 if unit == "d" else 1)


def written(hours: tuple[int, ...] = schedule.STANDARD_HOURS) -> str:
    """Write hours as the form takes them: 1 h, 24 h, 7 d."""
    return ", ".join(f"{one // 24} d" if one % 24 == 0 and one > 24 else f"{one} h" for one in hours)


def read_place(parameters: QueryDict) -> tuple[datetime, UUID] | None:
    """Return the place in a list that ``after=<moment>~<id>`` names; what cannot be read is its beginning."""
    moment, _sign, referral_id = parameters.get("after", "").partition("~")
    at, one = as_exact_moment(moment), as_uuid(referral_id)
    return (at, one) if at is not None and one is not None else None


def write_place(at: datetime | None, referral_id: UUID) -> str:
    """Return the value of ``after`` for what follows a referral."""
    return f"{at.isoformat()}~{referral_id}" if at else ""


class OriginForm(Versioned, forms.Form):
    """What an officer knows of where an item comes from; what is suggested stands beside it as boxes to tick."""

    outlet = forms.CharField(
        label=gettext_lazy("Outlet"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("The media outlet, actor or network behind it. Empty: none is known."),
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Or the address of what it replaces"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("In any spelling. It must have been submitted where your agency takes part."),
        widget=forms.TextInput(attrs={"class": "mono-input", "spellcheck": "false", "autocomplete": "off"}),
    )
