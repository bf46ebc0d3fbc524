"""An operation to try everything on: work in each state, where the action day is over and done.

A newcomer finds a queue to review, something to dispatch, a hold, removal orders, a list in preview; no figure of the
action day changes by it.
"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from PIL import Image, ImageDraw

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.comments.services import comment
from takedowns.complaints.services import Complained, record_complaints
from takedowns.demo.models import Step
from takedowns.directory.listed_groups import Facts, save_group
from takedowns.directory.models import Agency, Membership, Platform, User
from takedowns.evidence.models import Evidence, EvidenceAccess, MediaType
from takedowns.evidence.services import Brought, attach, open_evidence
from takedowns.holds.services import place
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.notices.messages import write as write_message
from takedowns.orders.models import Addressee, IssuingAuthority
from takedowns.orders.writing import OrderText, write_orders
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.search.bulk_changes import Change, carry_out
from takedowns.search.long_changes import ask_for, do_next_portion
from takedowns.search.models import BulkChange
from takedowns.search.saved_views import keep_view
from takedowns.sending.dispatch import dispatch
from takedowns.wallboard.services import make_link
from takedowns.webhooks.endpoints import create as create_endpoint

ADDRESSEE = {
    "name": "Invented Platforms Ltd",
    "contact_point": "orders@platform.example",
    "member_state": "IE",
}
AUTHORITY = {
    "name": "Example Police",
    "kind": "law_enforcement",
    "member_state": "NL",
    "address": "1 Example Street",
    "email": "orders@example.org",
    "redress_body": "District Court",
    "redress_deadline": "within 30 days of receipt",
}
LIST = "\n".join(
    [
        "url;kind;note",
        *(f"https://t.me/demo_tour_{number};channel;" for number in range(12)),
        "https://files.tour.example/a;;a host nobody declared",
        "nonsense;;",
    ]
)


REFERENCE = "TRY-IT"
#: So many lines for the reviewer and the coordinator, on platforms that take part.
QUEUE = "\n".join(
    [
        "url,kind,tier,outlet",
        *(f"https://t.me/demo_practice_{n},channel,{1 + n % 5},Paper Boat Notes" for n in range(24)),
        *(f"https://youtu.be/demoPRACT{n:02d},video,{2 + n % 4},Cold Spring Diary" for n in range(12)),
    ]
)


#: Invented: the product ships with no list of its own.
GROUPS: Final = (
    Facts("eu", "EU.9.001", "Demo Group", ("Groupe démo", "DG"), date(2019, 1, 14)),
    Facts("un", "QDe.900", "Paper Lantern Front", ("Front lanterne de papier", "PLF"), date(2018, 6, 1)),
)


def make_practice() -> None:
    """Make the operation to practise on, once, with work in each state; everybody of the cast takes part."""
    with acting_as(SYSTEM):
        if Step.objects.filter(pk="practice").exists():
            return
        _make()
        Step.objects.create(pk="practice")


def _make() -> None:
    with acting_as(SYSTEM):
        operation = Operation.objects.create(
            reference=REFERENCE,
            name="Practice: try every page here (demo)",
            starts=timezone.localdate(),
            ends=None,
            scope="Everything is invented; whatever you do here changes no figure of the action day.",
            default_ground="Directive (EU) 2017/541, Art. 5",
        )
        operation.refresh_from_db()
        operation.agencies.set(Agency.objects.all())
        operation.platforms.set(
            Platform.objects.filter(slug__in=["telegram", "youtube", "facebook", "tamtam"])
        )
        for group in GROUPS:
            save_group(group, by=SYSTEM)
        officer = _of(operation, Role.OFFICER)
        agency = operation.agencies.get(memberships__user=officer, memberships__role=Role.OFFICER)
    receive(
        operation=operation,
        agency=agency,
        user=officer,
        source=Submission.Source.FILE,
        filename="practice.csv",
        content=QUEUE.encode(),
        loading=Loading.HERE,
    )
    with acting_as(SYSTEM):
        ready = list(operation.referrals.filter(platform="youtube").values_list("pk", flat=True))
    apply_to_all("approve", ready[:6], by=SYSTEM, exemptions_checked=True)
    stage(REFERENCE)
    with acting_as(SYSTEM):
        more = list(
            operation.referrals.filter(status=Status.SUBMITTED, platform="youtube").values_list(
                "pk", flat=True
            )
        )
    apply_to_all("approve", more, by=SYSTEM, exemptions_checked=True)


def stage(reference: str) -> None:
    """Bring the operation ``reference`` into a state in which each of its pages has something to show."""
    with acting_as(SYSTEM):
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
    with acting_as(SYSTEM):
        new = list(Referral.objects.filter(item__key__contains="demo_tour_").order_by("id"))
    apply_to_all("approve", [one.pk for one in new[:8]], by=SYSTEM, exemptions_checked=True)
    place(
        agency_id=agency.pk,
        by=Actor.of(officer),
        reason="A source reads it until Friday.",
        item_id=new[0].item_id,
        ends_at=timezone.now() + timedelta(days=7),
    )
    to_issue = _orders(handed_in)
    dispatch(operation, by=Actor.of(coordinator))
    apply_to_all("approve", [to_issue], by=SYSTEM, exemptions_checked=True)
    _answers([one.pk for one in new[1:5]], by=Actor.of(coordinator))
    _evidence(new[1].pk, by=Actor.of(officer))
    _tools(operation, officer, coordinator, new[8:])
    _comments(new[1].pk, [officer, coordinator])


def _orders(handed_in: dict[str, Any]) -> UUID:
    """Submit removal orders: one goes, one is not written yet, of one the provider had no notice, and one is written.

    Returns:
        The last, which nobody approved yet: approved after all else was sent, it is the one to practise issuing on.
    """
    addresses = ("t.me/demo_order_1", "t.me/demo_order_3", "t.me/demo_order_4", "youtu.be/demoORDER02")
    lines = "\n".join(f"https://{one}" for one in addresses)
    received = receive(
        **handed_in, content=lines.encode(), instrument=Instrument.REMOVAL_ORDER, loading=Loading.HERE
    )
    agency = handed_in["agency"]
    with acting_as(SYSTEM):
        found = Referral.objects.filter(submission_id=received.submission.pk).order_by("item__url")
        first, third, fourth, second = (one.pk for one in found)
    IssuingAuthority.objects.get_or_create(agency=agency, defaults=AUTHORITY)
    for slug in ("telegram", "youtube"):
        Addressee.objects.get_or_create(platform_id=slug, defaults=ADDRESSEE)
    text = OrderText(("threatens",), "It names a day.", emergency=True, emergency_reason="It is tomorrow.")
    write_orders([first, fourth], text, by=SYSTEM)
    write_orders([second], OrderText(("incites",), "It calls for attacks."), by=SYSTEM)
    apply_to_all("approve", [first, second, third], by=SYSTEM, exemptions_checked=True)
    return fourth


def _answers(referred: list[UUID], *, by: Actor) -> None:
    """Let the platform ask about one, remove two, and hear a complaint about one of these."""
    asked, removed, complained, _open = referred
    now = timezone.now()
    question = "Which part of the channel do you mean: the videos, or all of it?"
    apply_to_all("request_information", [asked], by=by, question=question)
    apply_to_all("remove", [removed, complained], by=by, action="account_suspended")
    record_complaints([Complained(complained, now, explanation="It was a film review.", puid="C-1")], by=by)


def _evidence(referral_id: UUID, *, by: Actor) -> None:
    """Leave an invented screenshot and a note as a colleague would, and let the screenshot have been downloaded once."""
    files = {
        "channel-front.png": _screenshot(),
        "description.txt": "Invented: “news of the lantern”.\n".encode(),
    }
    with acting_as(by):
        referral = Referral.objects.select_related("operation").get(pk=referral_id)
        attached = attach(
            [Brought(name, BytesIO(content)) for name, content in files.items()],
            referral,
            by=by,
            note="The front page at noon.",
        )
        for piece in Evidence.objects.filter(pk__in=attached.evidence.values(), media_type=MediaType.PNG):
            open_evidence(piece, EvidenceAccess.Action.DOWNLOADED, by=by).close()


def _comments(referral_id: UUID, people: list[User]) -> None:
    """Let two say something about a referral, each to the other."""
    officer, coordinator = people
    for by, to, text in (
        (officer, coordinator, "is this the channel of last week?"),
        (coordinator, officer, "yes, the same voice from 02:10 on."),
        (officer, coordinator, "thank you. Please look whether it has a second one."),
        (coordinator, officer, "it has not."),
    ):
        with acting_as(Actor.of(by)):
            referral = Referral.objects.select_related("operation").get(pk=referral_id)
            comment(referral, text=f"@{to.email} {text}", by=Actor.of(by))


def _screenshot() -> bytes:
    """Draw what might be a channel's page, in blocks: nothing on it can be read."""
    page = Image.new("RGB", (1280, 800), "#e8edf2")
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, 320, 800), fill="#ffffff")
    pen.rectangle((320, 0, 1280, 72), fill="#4a6fa5")
    for row in range(7):
        pen.ellipse((24, 100 + row * 96, 80, 156 + row * 96), fill="#b5c4d6")
        pen.rectangle((100, 112 + row * 96, 280, 124 + row * 96), fill="#9aa8b8")
        pen.rectangle((100, 136 + row * 96, 240, 146 + row * 96), fill="#ccd5de")
        pen.rounded_rectangle((360, 96 + row * 98, 780 + 60 * (row % 3), 176 + row * 98), 12, fill="#ffffff")
        pen.rectangle((384, 120 + row * 98, 720, 130 + row * 98), fill="#ccd5de")
        pen.rectangle((384, 144 + row * 98, 640, 154 + row * 98), fill="#ccd5de")
    into = BytesIO()
    page.save(into, "PNG", optimize=True)
    return into.getvalue()


def _tools(operation: Operation, officer: User, coordinator: User, more: list[Referral]) -> None:
    """Leave what people make for themselves: a kept view, changes of many, a screen on the wall, a message, a webhook."""
    with acting_as(Actor.of(officer)):
        keep_view(officer, operation, "Waiting", "status=submitted")
    change = Change(BulkChange.Kind.CORRECT, {"tier": 2})
    with acting_as(Actor.of(coordinator)):
        carry_out(change, [one.pk for one in more], operation, by=Actor.of(coordinator), expected=len(more))
        ids = [one.pk for one in more]
        asked = ask_for(
            Change(BulkChange.Kind.CORRECT, {"tier": 3}),
            ids,
            operation,
            by=Actor.of(coordinator),
            expected=len(ids),
        )
        while do_next_portion(asked.pk):
            pass
        make_link(
            operation, name="Room 1", expires_at=timezone.now() + timedelta(days=2), by=Actor.of(coordinator)
        )
    write_message(
        operation,
        text="Telegram answers until six today; submit before five.",
        ends_at=timezone.now() + timedelta(days=7),
        by=Actor.of(coordinator),
    )
    create_endpoint("telegram", url="https://hooks.telegram.example/takedowns", description="Invented.")
    [agency_id, *_] = Actor.of(coordinator).agencies_as([Role.COORDINATOR])
    create_endpoint(agency_id, url="https://case-files.example/takedowns", description="Invented.")


def _of(operation: Operation, role: Role) -> User:
    """Return somebody of that role at an agency that takes part, the first by e-mail address."""
    taking_part = operation.agencies.values_list("pk", flat=True)
    memberships = Membership.objects.filter(role=role, agency__in=list(taking_part)).select_related("user")
    return memberships.order_by("user__email")[0].user
