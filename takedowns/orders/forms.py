"""What comes from people about removal orders: their text, what providers say, who issues them and to whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.orders.models import Addressee, IssuingAuthority, RemovalOrder
from takedowns.orders.preservation import Asked
from takedowns.orders.services import (
    CannotComply,
    Feedback,
    Receipt,
    end_impediments,
    record_feedback,
    record_impediments,
    record_receipts,
)
from takedowns.orders.vocabulary import Impediment, Material, Outcome, Requester
from takedowns.orders.writing import OrderText
from takedowns.pages.fields import LocalMoment
from takedowns.pages.versions import Changed, Versioned
from takedowns.referrals.transitions import Applied

LONGEST: Final = 4000

# Django's form of a model takes its model as a parameter only when types are checked.
if TYPE_CHECKING:
    _OfAuthority = forms.ModelForm[IssuingAuthority]
    _OfAddressee = forms.ModelForm[Addressee]
else:
    _OfAuthority = _OfAddressee = forms.ModelForm


class OrderForm(Versioned, forms.Form):
    """What an officer writes: two fields in a hurry, the rest where it applies."""

    material = forms.MultipleChoiceField(
        label=_("The material"),
        choices=Material.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one type of material.")},
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Why it is terrorist content. The provider reads this."),
        error_messages={"required": _("Give the reasons why it is terrorist content.")},
    )
    further_information = forms.CharField(
        label=_("Further locating information"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where the address alone does not find it."),
    )
    file_number = forms.CharField(label=_("File number"), max_length=100, required=False)
    officer = forms.CharField(
        label=_("Officer"), max_length=200, required=False, help_text=_("Who signs: name and post.")
    )
    not_told = forms.BooleanField(
        label=_("The content provider is not to be informed (Art. 11(3))"), required=False
    )
    not_told_reason = forms.CharField(label=_("Why not"), max_length=LONGEST, required=False)
    not_told_until = LocalMoment(label=_("Until"), required=False, help_text=_("At most six weeks ahead."))
    emergency = forms.BooleanField(
        label=_("Emergency: no notice of 12 hours before the first order (Art. 3(2))"), required=False
    )
    emergency_reason = forms.CharField(label=_("Why it is one"), max_length=LONGEST, required=False)

    @classmethod
    def of(cls, order: RemovalOrder | None, officer: str, sent: QueryDict | None = None) -> OrderForm:
        """Return the form as the order stands, or with the signing officer proposed; and with what was ``sent``."""
        if order is None:
            return cls(sent, initial={"officer": officer})
        names = [name for name in cls.base_fields if name != "not_told"]
        return cls(
            sent,
            initial={name: getattr(order, name) for name in names}
            | {"not_told": not order.content_provider_told},
            changed=lambda: Changed(order.written_at, order.written_by),
        )

    def text(self) -> OrderText:
        """Return what was written; what belongs to a box that is not ticked is left out."""
        given = self.cleaned_data
        not_told, emergency = given["not_told"], given["emergency"]
        return OrderText(
            tuple(given["material"]),
            given["reasons"].strip(),
            given["further_information"].strip(),
            given["file_number"].strip(),
            given["officer"].strip(),
            not not_told,
            given["not_told_reason"].strip() if not_told else "",
            given["not_told_until"] if not_told else None,
            emergency,
            given["emergency_reason"].strip() if emergency else "",
        )


class RecordForm(forms.Form):
    """Something the provider says of an order, at a moment."""

    title: Any = ""
    button: Any = ""
    at: Any = None

    def record(self, referral_id: UUID, by: Actor) -> Applied:
        """Record it; see ``takedowns.orders.services``."""
        raise NotImplementedError

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = timezone.now()

    def moment(self) -> datetime:
        """Return the moment given."""
        at: datetime = self.cleaned_data["at"]
        return at


class PreservationForm(forms.Form):
    """Until when a provider is to preserve what it took away, and who asked for it."""

    until = LocalMoment(
        label=_("Until"),
        help_text=_("Where the proceedings ended earlier than the last request said: the day they ended."),
    )
    requester = forms.ChoiceField(
        label=_("Who asked for it"), choices=Requester.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Which court or authority"), max_length=300)
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Which proceedings for review need it, and their file number."),
    )
    at = LocalMoment(label=_("When the provider was asked"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = timezone.now()

    def asked(self, referral_id: UUID) -> Asked:
        """Return the request as it is recorded."""
        given = self.cleaned_data
        return Asked(
            referral_id, given["until"], given["requester"], given["name"], given["reason"], given["at"]
        )


class ReceiptForm(RecordForm):
    """When the order was received."""

    title, button = _("When the provider received the order"), _("Record the receipt")
    at = LocalMoment(label=_("Received"), help_text=_("The one-hour deadline begins here."))

    def record(self, referral_id: UUID, by: Actor) -> Applied:
        """Start the hour."""
        return record_receipts([Receipt(referral_id, self.moment())], by=by)


class FeedbackForm(RecordForm):
    """Annex II."""

    title, button = _("Annex II: what the provider did"), _("Record the feedback")
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the provider did.")},
    )
    received_at = LocalMoment(
        label=_("Order received"), required=False, help_text=_("Needed where no receipt is recorded yet.")
    )
    at = LocalMoment(label=_("Measure taken"))
    signatory = forms.CharField(
        label=_("Signed by"),
        max_length=200,
        help_text=_("Name and post, as in the form."),
        error_messages={"required": _("Say who signed the feedback.")},
    )
    provider_reference = forms.CharField(label=_("The provider’s reference"), max_length=200, required=False)

    def record(self, referral_id: UUID, by: Actor) -> Applied:
        """Let the referral follow what was done."""
        given = self.cleaned_data
        said = Feedback(
            referral_id,
            given["outcome"],
            self.moment(),
            given["signatory"],
            given["received_at"],
            given["provider_reference"],
        )
        return record_feedback([said], by=by)


class ImpedimentForm(RecordForm):
    """Annex III."""

    title, button = _("Annex III: why the provider cannot comply"), _("Record it")
    impediment = forms.ChoiceField(
        label=_("Reason"),
        choices=Impediment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the provider cannot comply.")},
    )
    explanation = forms.CharField(
        label=_("Explanation"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What stands in the way; for missing information, which clarification is wanted."),
        error_messages={"required": _("Say what stands in the way, or which clarification is wanted.")},
    )
    at = LocalMoment(label=_("Since"), help_text=_("The one-hour deadline is suspended from here."))

    def record(self, referral_id: UUID, by: Actor) -> Applied:
        """Stop the hour."""
        given = self.cleaned_data
        said = CannotComply(referral_id, given["impediment"], given["explanation"].strip(), self.moment())
        return record_impediments([said], by=by)


class ResumeForm(RecordForm):
    """That nothing stands in the way any more."""

    title, button = _("When the impediment ended"), _("Resume the one-hour deadline")
    at = LocalMoment(label=_("Ended"), help_text=_("A new one-hour deadline begins here."))

    def record(self, referral_id: UUID, by: Actor) -> Applied:
        """Start the hour anew."""
        return end_impediments([Receipt(referral_id, self.moment())], by=by)


#: By the last part of the address.
RECORDS: Final[dict[str, type[RecordForm]]] = {
    "receipt": ReceiptForm,
    "feedback": FeedbackForm,
    "impediment": ImpedimentForm,
    "resume": ResumeForm,
}


class AuthorityForm(Versioned, _OfAuthority):
    """What every order of an agency says of its authority."""

    class Meta:
        model = IssuingAuthority
        fields = (
            "name",
            "kind",
            "member_state",
            "address",
            "phone",
            "email",
            "redress_body",
            "redress_deadline",
        )
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}


class AddresseeForm(Versioned, _OfAddressee):
    """To whom orders and bundles for a platform go."""

    class Meta:
        model = Addressee
        fields = (
            "name",
            "legal_representative",
            "contact_point",
            "member_state",
            "copy_to",
            "mail_to",
        )


class NoticeForm(forms.Form):
    """That the notice before the first order was given (Art. 3(2))."""

    given_at = LocalMoment(label=_("Notice given"), help_text=_("At least 12 hours before the first order."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_at"].initial = timezone.now()
