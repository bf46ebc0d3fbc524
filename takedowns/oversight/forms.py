"""What of the access log is asked for."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from takedowns.access_log.models import Look
from takedowns.access_log.recording import every_keyed
from takedowns.access_log.vocabulary import What
from takedowns.directory.models import ApiKey, User
from takedowns.oversight.queries import ids_named
from takedowns.pages.fields import LocalMoment

HOURS: Final = ((24, _("last 24 hours")), (1, _("last hour")), (24 * 7, _("last 7 days")))


class LooksForm(forms.Form):
    """Filters of the auditor's page; they stand in the address."""

    person = forms.CharField(
        label=_("Person or key"),
        required=False,
        max_length=200,
        help_text=_("Part of the name or e-mail address."),
    )
    referral = forms.CharField(
        label=_("Referral"), required=False, max_length=64, help_text=_("Its short reference or id.")
    )
    what = forms.ChoiceField(
        label=_("What was shown"), required=False, choices=[("", _("– all –")), *What.choices]
    )
    operation = forms.CharField(label=_("Operation"), required=False, max_length=50)
    since = LocalMoment(label=_("From"), required=False)
    until = LocalMoment(label=_("Until"), required=False)
    only_files = forms.BooleanField(label=_("Only downloaded files"), required=False)
    hours = forms.TypedChoiceField(
        label=_("Volume of"), required=False, choices=HOURS, coerce=int, initial=24
    )

    referral_ids: tuple[UUID, ...] = ()

    def clean_referral(self) -> str:
        """Read which referral is meant."""
        text: str = self.cleaned_data["referral"].strip()
        self.referral_ids = tuple(ids_named(text)) if text else ()
        if text and not self.referral_ids:
            raise forms.ValidationError(_("There is no referral of that reference or id."))
        return text

    def looks(self) -> QuerySet[Look]:
        """Return the looks that are asked for. Two statements more where a person or a referral is named."""
        asked, found = self.cleaned_data, Look.objects.all()
        if name := asked["person"]:
            people = User.objects.filter(Q(name__icontains=name) | Q(email__icontains=name)).values_list(
                "pk", flat=True
            )
            keys = ApiKey.objects.filter(Q(name__icontains=name) | Q(prefix=name)).values_list(
                "pk", flat=True
            )
            found = found.filter(Q(person_id__in=list(people)) | Q(key_id__in=list(keys)))
        if name := asked["referral"]:
            found = found.filter(referral_id__in=self.referral_ids)
        if asked["what"]:
            found = found.filter(what=asked["what"])
        if asked["operation"]:
            found = found.filter(operation=asked["operation"].upper())
        if asked["since"]:
            found = found.filter(at__gte=asked["since"])
        if asked["until"]:
            found = found.filter(at__lt=asked["until"])
        return found.filter(is_file=True) if asked["only_files"] else found


class WordsForm(forms.Form):
    """A text of which somebody wants to know whether it was searched for. Posted, so that it stands in no address."""

    words = forms.CharField(
        label=_("Text that was searched for"),
        max_length=500,
        help_text=_(
            "The whole text as it was typed; letter case and spaces do not matter. It is kept nowhere."
        ),
    )

    def looks(self) -> QuerySet[Look]:
        """Return the searches for it."""
        return Look.objects.filter(asked__in=every_keyed(self.cleaned_data["words"]))


class AlarmForm(forms.Form):
    """What somebody found who looked into an alarm."""

    note = forms.CharField(
        label=_("What you found"),
        max_length=500,
        error_messages={
            "required": _("Say in a sentence what you found: an alarm is put away with a reason.")
        },
    )
