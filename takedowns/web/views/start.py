"""The start page: what waits for whoever is signed in, and what is going on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff, staff_or_platform
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.referrals.vocabulary import Status
from takedowns.web.platform_work import platform_work
from takedowns.web.work import Kind, Waiting, waiting_in_places, work_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Of each kind: what waits, and what the button to the first says.
WORDS: Final[dict[Kind, tuple[str | _StrPromise, str | _StrPromise]]] = {
    Kind.ORDERS: (_("Removal orders, clock running"), _("Open the first due")),
    Kind.WRITING: (_("Removal orders to write"), _("Write the oldest")),
    Kind.QUESTIONS: (_("Questions of platforms"), _("Answer the oldest")),
    Kind.MENTIONS: (_("Comments that mention you"), _("Read the oldest")),
    Kind.REVIEW: (_("To review"), _("Review the first")),
    Kind.SENDING: (_("Approved, not sent"), _("Send")),
    Kind.RETURNED: (_("Returned to me"), _("Open the oldest")),
    Kind.DRAFTS: (_("My drafts"), _("Open the oldest")),
    Kind.RECHECKS: (_("Due to be verified again"), _("Verify the first")),
    Kind.HOLDS: (_("Holds running out"), _("See which")),
    Kind.PRESERVED: (_("Preserved content running out"), _("See which")),
    Kind.REQUESTS: (_("Requests of other administrators"), _("Approve or refuse")),
    Kind.ALARMS: (_("Alarms about who looked"), _("Look into it")),
    Kind.MESSAGES: (_("Announcements not read"), _("Read")),
    Kind.CHANGES: (_("Changes not read"), _("See what changed")),
}


#: All keyboard shortcuts, by where they work; the pages name their own in ``data-key``.
SHORTCUTS: Final[tuple[tuple[str | _StrPromise, tuple[tuple[str, str | _StrPromise], ...]], ...]] = (
    (
        _("On every page"),
        (("/", _("goes to the search field")), ("?", _("opens this page")), ("Esc", _("leaves a field"))),
    ),
    (_("Evidence"), (("v", _("shows the pictures, and blurs them again")),)),
    (
        _("Review"),
        (
            ("e", _("ticks or clears the check")),
            ("a", _("approves")),
            ("r", _("goes to the reason; Enter rejects")),
            ("b", _("goes to the note; Enter sends back")),
            ("n", _("goes on, undecided")),
            ("z", _("takes the last decision back")),
            ("k t o g", _("goes to kind, priority, outlet, listed group")),
        ),
    ),
    (
        _("Verification"),
        (
            ("g", _("gone")),
            ("o", _("still online")),
            ("u", _("cannot tell")),
            ("n", _("goes on, nothing said")),
        ),
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of the page: what waits, the list it is counted from, and the first of it."""

    waiting: Waiting
    list_address: str
    first_address: str


@dataclass(frozen=True)
class Group:
    """What waits of one kind."""

    kind: str
    heading: str | _StrPromise
    go: str | _StrPromise
    lines: list[Line]


@staff
def shortcuts(request: StaffRequest) -> HttpResponse:
    """List all keyboard shortcuts, with the switch that turns them off."""
    return render(request, "web/shortcuts.html", {"groups": SHORTCUTS})


@staff
def places_waiting(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer with what waits in each place of an operation, which a page puts beside its places once it is shown."""
    operation = operation_or_404(request, reference)
    waiting = waiting_in_places(request.actor, operation)
    return render(request, "web/parts/places_waiting.html", {"waiting": waiting})


@staff_or_platform
@opens(What.FIGURES)
def start(request: StaffRequest) -> HttpResponse:
    """Show what waits for whoever is signed in. A platform's people go to their desk, or choose one of several."""
    if not request.actor.agencies:
        if len(request.actor.platforms) == 1:
            return redirect("web:desk", *request.actor.platforms)
        context: dict[str, object] = {"platforms": platform_work(request.actor)}
        return render(request, "web/start_platform.html", context)
    work = work_of(request.actor)
    lines = [Line(one, *_addresses(one)) for one in work.waiting]
    groups = [
        Group(kind.value, *WORDS[kind], lines=found)
        for kind in Kind
        if (found := [line for line in lines if line.waiting.kind == kind])
    ]
    return render(request, "web/start.html", {"work": work, "groups": groups, "now": timezone.now()})


def _addresses(one: Waiting) -> tuple[str, str]:
    """Return the addresses of the list that was counted, and of the first in it."""
    if one.operation is None:
        listed = {
            Kind.CHANGES: reverse("web:news"),
            Kind.ALARMS: reverse("web:alarms"),
            Kind.REQUESTS: reverse("web:people-requests"),
            Kind.HOLDS: reverse("web:holds") + "?only=running-out",
            Kind.PRESERVED: reverse("web:orders-preserved") + "?only=running-out",
        }[one.kind]
        return listed, listed
    reference = one.operation.reference
    if one.kind == Kind.ORDERS:
        return reverse("web:orders", args=[reference]) + "?only=clock", reverse(
            "web:order", args=[reference, one.first]
        )
    if one.kind == Kind.WRITING:
        listed = reverse("web:orders", args=[reference]) + "?only=unwritten"
        return listed, reverse("web:order-write", args=[reference, one.first])
    if one.kind == Kind.SENDING:
        listed = reverse("web:referrals", args=[reference]) + f"?status={Status.APPROVED}"
        return listed, reverse("web:dispatch", args=[reference]) + "?first"
    if one.kind == Kind.QUESTIONS:
        asked = urlencode({"status": Status.INFORMATION_REQUESTED, "agency": one.agencies}, doseq=True)
        first = reverse("web:referral", args=[reference, one.first])
        return f"{reverse('web:referrals', args=[reference])}?{asked}", first
    if one.kind == Kind.MENTIONS:
        listed = reverse("web:mentions", args=[reference])
        return listed, reverse("web:referral", args=[reference, one.first]) + "#comments"
    if one.kind == Kind.RETURNED:
        listed = reverse("web:returned", args=[reference])
        return listed, f"{listed}#r-{one.first}"
    if one.kind == Kind.DRAFTS:
        first = reverse("web:preview", args=[reference, one.first])
        return reverse("web:submissions", args=[reference]) + "?only=drafts", first
    page = {Kind.REVIEW: "review", Kind.RECHECKS: "look-again", Kind.MESSAGES: "board"}[one.kind]
    return reverse(f"web:{page}", args=[reference]), reverse(f"web:{page}", args=[reference])
