"""API keys: whose, what it may do, from where, until when, and replacing one. Listed groups: one, and a table of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.certificates import MOST as MOST_CERTIFICATES
from takedowns.directory.certificates import CertificatesNotBound, fingerprints
from takedowns.directory.keys import network, possible_scopes
from takedowns.directory.listed_groups import (
    LONGEST_CODE,
    LONGEST_NAME,
    Facts,
    UnknownGroupError,
    chosen,
    with_names,
)
from takedowns.directory.listed_groups_file import MOST_BYTES
from takedowns.directory.models import Agency, ApiKey, ListedGroup, Platform, User
from takedowns.pages.fields import ONE_DROPPED, Day, LocalMoment, PastedList
from takedowns.pages.versions import Versioned

OVERLAPS = (
    ("0", _("None: the former key ends at once")),
    ("1", _("1 hour")),
    ("24", _("1 day")),
    ("168", _("7 days")),
)


def _person_field() -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Who is behind what it submits"),
        required=False,
        empty_label=_("Whom each list names"),
        help_text=_(
            "They answer for its lists, and do not review them. A list that names nobody is refused."
        ),
    )


def _offer_people(form: forms.Form, agency: Agency | None) -> None:
    """Offer the people of an agency; a platform hands nothing in."""
    if agency is None:
        del form.fields["person"]
        return
    choice = form.fields["person"]
    assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
    choice.queryset = User.objects.filter(is_active=True, memberships__agency=agency).distinct()


class KeyForm(forms.Form):
    """A key for one platform or agency, whose kind decides what it may be given."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Whose program it is, so that people know it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    test = forms.BooleanField(
        label=_("Test key: works on invented referrals, never on real ones"),
        required=False,
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    addresses = forms.CharField(
        label=_("Addresses it may call from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("One a line, or networks: 203.0.113.7, 2001:db8::/32. Empty: from anywhere."),
    )
    expires_at = LocalMoment(
        label=_("Ends"), required=False, help_text=_("Empty: it does not end by itself.")
    )
    requests_per_minute = forms.IntegerField(
        label=_("Calls per minute"), min_value=1, max_value=1_000_000, initial=3000
    )

    person = _person_field()

    def __init__(self, *args: Any, whose: Platform | Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_platform = isinstance(whose, Platform)
        _offer_people(self, None if isinstance(whose, Platform) else whose)
        scopes = possible_scopes(for_platform=self.for_platform)
        choice = self.fields["scopes"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - declared above
        choice.choices = [
            (one.value, gettext("%(what)s (%(scope)s)") % {"what": one.label, "scope": one.value})
            for one in scopes
        ]
        choice.initial = [scope.value for scope in scopes]

    def clean_addresses(self) -> list[str]:
        """Return addresses and networks as they are stored."""
        found = []
        for text in self.cleaned_data["addresses"].replace(",", " ").split():
            try:
                found.append(network(text))
            except ValueError:
                raise forms.ValidationError(
                    gettext("“%(text)s” is no address or network. Examples: 203.0.113.7, 2001:db8::/32.")
                    % {"text": text}
                ) from None
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        """Refuse an end that has passed, and what no test key may do."""
        cleaned = super().clean() or {}
        if (ends := cleaned.get("expires_at")) is not None and ends <= timezone.now():
            self.add_error("expires_at", gettext("The end must lie after now."))
        if cleaned.get("test"):
            allowed = possible_scopes(for_platform=self.for_platform, test=True)
            chosen = cleaned.get("scopes", [])
            cleaned["scopes"] = [one for one in chosen if one in allowed]
            if chosen and not cleaned["scopes"]:  # no scopes at all would mean: all of them
                self.add_error("scopes", gettext("A test key may do none of this. Choose something else."))
        return cleaned


class RotateForm(forms.Form):
    """How long the former key goes on beside its successor."""

    overlap = forms.ChoiceField(label=_("The former key goes on for"), choices=OVERLAPS, initial="24")

    person = _person_field()

    def __init__(self, *args: Any, key: ApiKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_people(self, key.agency)
        if "person" in self.fields:
            self.fields["person"].initial = key.person_id

    def hours(self) -> timedelta:
        """Return the overlap."""
        return timedelta(hours=int(self.cleaned_data["overlap"]))


class CertificatesForm(Versioned, forms.Form):
    """The client certificates that a key is bound to."""

    certificates = forms.CharField(
        label=_("SHA-256 fingerprints of client certificates"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "One a line, as “openssl x509 -noout -fingerprint -sha256 -in client.pem” prints it. Empty: no certificate is asked for."
        ),
    )

    def __init__(self, *args: Any, key: ApiKey, **kwargs: Any) -> None:
        super().__init__(*args, initial={"certificates": "\n".join(key.certificates)}, **kwargs)

    def clean_certificates(self) -> list[str]:
        """Return the fingerprints as they are stored."""
        lines = map(str.strip, self.cleaned_data["certificates"].splitlines())
        try:
            return fingerprints([one for one in lines if one])
        except CertificatesNotBound:
            raise forms.ValidationError(
                gettext(
                    "Give up to %(most)d fingerprints, one a line, each of 64 hexadecimal digits; colons may stand between them."
                )
                % {"most": MOST_CERTIFICATES}
            ) from None


def chosen_group(text: str, stays: str) -> str:
    """Return the name of the listed group that was chosen by any of its texts; ``stays`` may stay as it is."""
    try:
        return chosen(text, stays)
    except UnknownGroupError as error:
        raise forms.ValidationError(str(error)) from None


class GroupForm(Versioned, forms.Form):
    """One listed group. Its list and code are what it is known by in a table, and stay."""

    list = forms.ChoiceField(label=_("List"), choices=ListedGroup.List.choices)
    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_CODE,
        help_text=_("As the list numbers it: QDe.004."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("As referrals name it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    others = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=20_000,
        help_text=_("One a line: spellings, abbreviations, names in other scripts. Each leads to one group."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    listed_on = Day(label=_("Listed on"), required=False)
    ended_on = Day(
        label=_("No longer listed since"),
        required=False,
        help_text=_("It is then no longer offered; referrals that name it keep it."),
    )

    def __init__(self, *args: Any, known: Facts | None = None, **kwargs: Any) -> None:
        if known is not None:
            kwargs["initial"] = {
                "name": known.name,
                "others": "\n".join(known.others),
                "listed_on": known.listed_on,
                "ended_on": known.ended_on,
            }
        super().__init__(*args, **kwargs)
        self._known = known
        if known is not None:
            del self.fields["list"], self.fields["code"]

    def clean_others(self) -> tuple[str, ...]:
        """Return the other names, none too long."""
        names = tuple(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["others"].splitlines()))))
        for one in names:
            if len(one) > LONGEST_NAME:
                raise forms.ValidationError(
                    gettext("Longer than %(most)d characters: “%(text)s …”")
                    % {"most": LONGEST_NAME, "text": one[:40]}
                )
        return names

    def facts(self) -> Facts:
        """Return the group as it is to be."""
        given, known = self.cleaned_data, self._known
        facts = Facts(
            known.list if known else given["list"],
            known.code if known else given["code"],
            given["name"],
            (),
            given["listed_on"],
            given["ended_on"],
        )
        return with_names(facts, given["others"])


class GroupsFileForm(forms.Form):
    """A table of listed groups, as a file or as text."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV, XLSX or ODS, at most 2 MB."),
        widget=forms.FileInput(attrs=ONE_DROPPED),
    )
    pasted = PastedList(
        label=_("Or paste its text"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse both, or neither."""
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("pasted", "").strip(), cleaned.get("file")
        if bool(pasted) == bool(file) and not self.errors:
            raise forms.ValidationError(gettext("Choose a file, or paste its text: one of the two."))
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", gettext("The file is larger than 2 MB; submit it in parts."))
        return cleaned

    def content(self) -> tuple[bytes, str]:
        """Return what was given, and what it is called."""
        file = self.cleaned_data.get("file")
        return (
            (file.read(), file.name)
            if file
            else (self.cleaned_data["pasted"].encode(), gettext("pasted text"))
        )
