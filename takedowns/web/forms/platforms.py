"""Making a platform of unknown hosts, and what is kept of platforms, agencies and keys."""

from __future__ import annotations

from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.hosts import self_hosted
from takedowns.directory.models import Agency, Provider

NEW: Final = ""
_CONTINENTS: Final = (
    "Europe",
    "Atlantic",
    "Africa",
    "America",
    "Asia",
    "Australia",
    "Indian",
    "Pacific",
    "Arctic",
    "UTC",
)
PLAIN: Final = {"autocomplete": "off", "spellcheck": "false"}


class MakePlatformForm(forms.Form):
    """Which hosts, and what they are: a platform of their own, or a known software that somebody runs."""

    hosts = forms.CharField(
        label=_("Hosts"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono-input", **PLAIN}),
        help_text=_("One a line, or any address on it. Hosts below one that you name are not included."),
    )
    software = forms.ChoiceField(label=_("What runs there"), required=False)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("Of a platform of its own."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("For addresses and identities; made from the name where empty. It stays for good."),
    )
    provider = forms.CharField(
        label=_("Provider"),
        max_length=200,
        required=False,
        help_text=_("The company that runs the platform."),
        widget=forms.TextInput(attrs={"list": "providers", **PLAIN}),
    )
    operator = forms.CharField(
        label=_("Contact"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Who runs these hosts and is to be asked: name, mail, phone."),
    )

    field_order = ["hosts", "software", "name", "slug", "provider", "operator"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["software"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        known = sorted(self_hosted().items(), key=lambda pair: pair[1].casefold())
        choice.choices = [(NEW, _("A platform of its own")), *known]

    def clean_hosts(self) -> list[str]:
        """Return the hosts, each once, in the order written."""
        return list(dict.fromkeys(self.cleaned_data["hosts"].split()))

    def clean(self) -> dict[str, Any]:
        """Ask for a name where the platform is new."""
        cleaned = super().clean() or {}
        if cleaned.get("software", NEW) == NEW and not cleaned.get("name", "").strip():
            self.add_error("name", gettext("Say what the platform is called."))
        return cleaned


class PlatformForm(forms.Form):
    """What a platform is called and who runs it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    provider = forms.CharField(
        label=_("Provider"),
        max_length=200,
        required=False,
        help_text=_("The company that runs it."),
        widget=forms.TextInput(attrs={"list": "providers", **PLAIN}),
    )


class AgencyForm(forms.Form):
    """An agency: its short name is given once."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        help_text=_("For addresses and reports. It stays for good."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    country = forms.CharField(
        label=_("Country"),
        required=False,
        min_length=2,
        max_length=2,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Two letters (ISO 3166-1), such as NL; empty for Europol."),
        validators=[RegexValidator(r"^[A-Za-z]{2}$", _("Two letters, such as NL."))],
    )

    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        widget=forms.Select({"class": "mono-input"}),
        help_text=_("In which it writes times: those of its lists that say no zone are read so."),
    )

    def __init__(self, *args: Any, agency: Agency | None = None, **kwargs: Any) -> None:
        if agency is not None:
            kwargs["initial"] = {
                "name": agency.name,
                "slug": agency.slug,
                "country": agency.country,
                "zone": agency.zone,
            }
        super().__init__(*args, **kwargs)
        own = gettext("As the installation: %(zone)s") % {"zone": settings.TIME_ZONE}
        choice = self.fields["zone"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [("", own), *((zone, zone) for zone in _zones())]
        if agency is not None:
            del self.fields["slug"]


@cache
def _zones() -> list[str]:
    """The time zones of places, those of Europe first."""
    places = (zone for zone in available_timezones() if zone.partition("/")[0] in _CONTINENTS)
    return sorted(places, key=lambda zone: (_CONTINENTS.index(zone.partition("/")[0]), zone))


def provider_names() -> list[str]:
    """Return the providers known, for choosing instead of typing. One statement."""
    return list(Provider.objects.values_list("name", flat=True))
