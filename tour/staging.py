"""What the demo's day has not: a list in preview, something on hold, a dispatch. So that every page has what it shows."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from takedowns.directory.asking import SYSTEM, Asker, asking_as
from takedowns.directory.models import Membership, Role, User
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.apply import apply_to_all
from takedowns.referrals.dispatch import dispatch
from takedowns.referrals.holds import place
from takedowns.referrals.models import Operation, Referral

LIST = "\n".join(
    ["url;kind;note", *(f"https://t.me/demo_tour_{number};channel;" for number in range(12)),
     "https://files.tour.example/a;;a host nobody declared", "nonsense;;"]
)  # fmt: skip


def stage(reference: str) -> None:
    """Bring the operation ``reference`` into a state in which each of its pages has something to show."""
    with asking_as(SYSTEM):
        operation = Operation.objects.get(reference=reference)
        officer = _of(operation, Role.OFFICER)
        coordinator = _of(operation, Role.COORDINATOR)
        agency = operation.agencies.get(memberships__user=officer, memberships__role=Role.OFFICER)
    handed_in = {
        "filename": "",
        "operation": operation,
        "agency": agency,
        "user": officer,
        "source": Submission.Source.PASTE,
    }
    receive(**handed_in, content=LIST.encode(), loading=Loading.HERE)  # type: ignore[arg-type]
    receive(**handed_in, content=LIST.replace("tour_", "later_").encode(), loading=Loading.PREVIEW)  # type: ignore[arg-type]
    with asking_as(SYSTEM):
        new = list(Referral.objects.filter(item__key__contains="demo_tour_").order_by("id"))
    apply_to_all("approve", [one.pk for one in new[:8]], by=SYSTEM, exemptions_checked=True)
    place(
        agency_id=agency.pk, by=Asker.of(officer), reason="A source reads it until Friday.", item_id=new[0].item_id,
        ends_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    dispatch(operation, by=Asker.of(coordinator))


def _of(operation: Operation, role: Role) -> User:
    """Return somebody of that role at an agency that takes part, the first by e-mail address."""
    taking_part = operation.agencies.values_list("pk", flat=True)
    memberships = Membership.objects.filter(role=role, agency__in=list(taking_part)).select_related("user")
    return memberships.order_by("user__email")[0].user
