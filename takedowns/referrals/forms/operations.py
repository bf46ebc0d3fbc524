"""What an operation is to be, as a coordinator fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, Platform
from takedowns.pages.fields import Day
from takedowns.pages.versions import Versioned
from takedowns.referrals.models import Channel
from takedowns.referrals.operations import Arrangement, Facts, OperationError
from takedowns.referrals.vocabulary import Instrument


class OperationForm(Versioned, forms.Form):
    """The facts of an operation; of platforms that take part already, also whom to ask there and how they are told."""

    reference = forms.RegexField(
        r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
        label=_("Reference"),
        max_length=16,
        help_text=_("Short, as read out on the phone: RAD19. It stands in every address and reference."),
        error_messages={
            "invalid": _("Use capital letters, digits and single hyphens, such as RAD19 or EU-2.")
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    starts = Day(label=_("First day"))
    ends = Day(label=_("Last day"), required=False, help_text=_("Empty for a standing stream of work."))
    scope = forms.CharField(
        label=_("Scope"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is referred in it and what is not, for those who submit and review."),
    )
    agencies = forms.ModelMultipleChoiceField(
        label=_("Agencies"),
        queryset=Agency.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one agency that takes part.")},
    )
    platforms = forms.ModelMultipleChoiceField(
        label=_("Platforms"),
        queryset=Platform.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    default_instrument = forms.ChoiceField(
        label=_("Instrument"), choices=Instrument.choices, help_text=_("Of what is submitted.")
    )
    default_ground = forms.CharField(
        label=_("Legal ground"),
        max_length=200,
        required=False,
        help_text=_("Of a referral that names none, such as Directive (EU) 2017/541, Art. 5."),
    )

    def __init__(self, *args: Any, facts: Facts | None = None, **kwargs: Any) -> None:
        if facts is not None:
            kwargs["initial"] = _initial(facts)
        super().__init__(*args, **kwargs)
        self.arranged: Mapping[str, Arrangement] = facts.platforms if facts else {}
        names = dict(Platform.objects.filter(pk__in=self.arranged).values_list("pk", "name"))
        for slug, one in sorted(self.arranged.items(), key=lambda pair: names[pair[0]].casefold()):
            self.fields[f"contact-{slug}"] = forms.CharField(
                label=_("Contact at %(platform)s") % {"platform": names[slug]},
                max_length=300,
                required=False,
                initial=one.contact,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[f"channel-{slug}"] = forms.ChoiceField(
                label=_("Notification channel of %(platform)s") % {"platform": names[slug]},
                choices=Channel.choices,
                required=False,
                initial=one.channel,
            )

    @property
    def arrangements(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The contact and the channel of each platform that takes part, by the platform's name."""
        slugs = [name.removeprefix("contact-") for name in self.fields if name.startswith("contact-")]
        return [(self[f"contact-{slug}"], self[f"channel-{slug}"]) for slug in slugs]

    def facts(self) -> Facts:
        """Return what was filled in, once it is valid."""
        given = self.cleaned_data
        return Facts(
            **{name: given[name] for name in ("reference", "name", "starts", "ends", "scope")},
            default_instrument=given["default_instrument"],
            default_ground=given["default_ground"],
            agencies=frozenset(agency.pk for agency in given["agencies"]),
            platforms={
                platform.pk: Arrangement(
                    given.get(f"contact-{platform.pk}", ""), given.get(f"channel-{platform.pk}", "")
                )
                for platform in given["platforms"]
            },
        )

    def refuse(self, error: OperationError) -> None:
        """Show what the domain refused, at its field where it names one."""
        self.add_error(error.field or None, error.message)


def initial_like(facts: Facts) -> dict[str, Any]:
    """Return what a new operation has from an earlier one: all but reference, name and days, which are its own."""
    return {
        name: value
        for name, value in _initial(facts).items()
        if name not in ("reference", "name", "starts", "ends")
    }


def _initial(facts: Facts) -> dict[str, Any]:
    plain = ("reference", "name", "starts", "ends", "scope", "default_instrument", "default_ground")
    return {name: getattr(facts, name) for name in plain} | {
        "agencies": list(facts.agencies),
        "platforms": list(facts.platforms),
    }
