"""The lifecycle of a referral, as one table. Pages, API, documents and the database's guard follow from it.

``apply.py`` moves referrals along it; nothing else writes ``Referral.status``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import Role
from takedowns.referrals.vocabulary import Action, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

AT_THE_PLATFORM: Final = (Status.REFERRED, Status.ACKNOWLEDGED, Status.INFORMATION_REQUESTED)

#: What a platform's decision makes of a referral.
DECIDED: Final = (Status.REMOVED, Status.RESTRICTED, Status.DECLINED, Status.UNAVAILABLE)

#: Actions after which nobody reaches the item, and those after which some still do.
ENDING: Final = (Action.REMOVED, Action.DISABLED, Action.ACCOUNT_SUSPENDED, Action.ACCOUNT_TERMINATED)
LIMITING: Final = tuple(action for action in Action if action not in ENDING)


@dataclass(frozen=True)
class Transition:
    """One named move.

    Attributes:
        name: as in the API and in events, e.g. ``approve``.
        label: what a button says, in the language of the page.
        leaves: statuses it may leave; empty for the first.
        enters: the status it enters; None where the answer that is put right decides it (``corrects``).
        roles: who may do it: a role at the referral's agency (COORDINATOR: at any agency of the operation;
            PLATFORM: contact of the referral's platform). The system may do all.
        actions: what a platform may say it did; empty where it says nothing of the kind.
        requires: facts that must be given (``Referral`` fields or event details).
        stamps: the ``Referral`` time field set to the moment of the move.
        four_eyes: whether the person who handed the referral in is refused, who changed it after an approval, and who wrote its order.
        refused_on_hold: whether a hold on the item or its outlet refuses it.
        reopens: whether it takes a decision of review back; refused where the item has a later round, so that never two
            open referrals meet on one item.
        corrects: whether it puts right what the platform's last answer is recorded as. Its fact ``right_answer`` is one of
            :data:`RIGHT_ANSWERS`; it needs what that answer needs (``answer_corrections.py``).
    """

    name: str
    label: str | _StrPromise
    leaves: tuple[Status, ...]
    enters: Status | None
    roles: frozenset[Role]
    requires: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    stamps: str | None = None
    four_eyes: bool = False
    refused_on_hold: bool = False
    reopens: bool = False
    corrects: bool = False
    describes: str = field(default="", compare=False)

    @property
    def may_enter(self) -> tuple[Status, ...]:
        """The statuses it may lead to: one, or those of the right answers and of before the platform answered."""
        return (self.enters,) if self.enters else (*DECIDED, *AT_THE_PLATFORM)


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_ANSWERING = _roles(
    Role.PLATFORM, Role.COORDINATOR
)  # a coordinator records the answer of a platform without API

# A move reads down its columns as in a table, so the formatter leaves it.
_TABLE: Final = (
    Transition(
        "submit", _("Submit"), (), Status.SUBMITTED, _roles(Role.OFFICER, Role.REVIEWER, Role.COORDINATOR),
        stamps="submitted_at", describes="An agency submits an item.",
    ),
    Transition(
        "approve", _("Approve"), (Status.SUBMITTED,), Status.APPROVED, _roles(Role.REVIEWER),
        requires=("ground", "exemptions_checked"), stamps="approved_at", four_eyes=True,
        describes="A second person finds a legal ground, and that it is not journalism, research, art or education"
        " (Regulation (EU) 2021/784, Art. 1(3)).",
    ),
    Transition(
        "reject", _("Reject"), (Status.SUBMITTED,), Status.REJECTED, _roles(Role.REVIEWER),
        requires=("reason",), four_eyes=True, describes="A second person finds that it is not to be referred.",
    ),
    Transition(
        "reopen", _("Back to review"), (Status.APPROVED,), Status.SUBMITTED,
        _roles(Role.OFFICER, Role.REVIEWER, Role.COORDINATOR),
        describes="What was approved is changed: tier, kind, outlet, listed group or the text of an order. A second person"
        " sees it again, who is not the one that changed it.",
    ),
    Transition(
        "send_back", _("Send back"), (Status.SUBMITTED,), Status.SUBMITTED, _roles(Role.REVIEWER),
        requires=("note",), stamps="returned_at", four_eyes=True,
        describes="A second person asks whoever submitted it for something first; it leaves the queue of review.",
    ),
    Transition(
        "resubmit", _("Submit again"), (Status.SUBMITTED,), Status.SUBMITTED,
        _roles(Role.OFFICER, Role.REVIEWER, Role.COORDINATOR),
        describes="What was sent back is put right, and waits for review again.",
    ),
    Transition(
        "undo_review", _("Undo"), (Status.APPROVED, Status.REJECTED), Status.SUBMITTED, _roles(Role.REVIEWER),
        four_eyes=True, reopens=True,
        describes="The decision of review is taken back, as long as it was not sent.",
    ),
    Transition(
        "refer", _("Refer"), (Status.APPROVED,), Status.REFERRED, _roles(Role.COORDINATOR),
        stamps="referred_at", refused_on_hold=True, describes="The platform is asked to act.",
    ),
    Transition(
        "acknowledge", _("Acknowledge"), (Status.REFERRED,), Status.ACKNOWLEDGED, _ANSWERING,
        stamps="acknowledged_at", describes="The platform has it.",
    ),
    Transition(
        "request_information", _("Ask for information"), (Status.REFERRED, Status.ACKNOWLEDGED),
        Status.INFORMATION_REQUESTED, _ANSWERING, requires=("question",),
        describes="The platform cannot decide without an answer.",
    ),
    Transition(
        "provide_information", _("Answer"), (Status.INFORMATION_REQUESTED,), Status.ACKNOWLEDGED,
        _roles(Role.OFFICER, Role.REVIEWER, Role.COORDINATOR), requires=("answer",),
        describes="The agency answers; the platform decides.",
    ),
    Transition(
        "remove", _("Removed"), (*AT_THE_PLATFORM, Status.DECLINED, Status.RESTRICTED), Status.REMOVED, _ANSWERING,
        requires=("action",), actions=ENDING, stamps="decided_at",
        describes="The platform says that it removed the item or ended the account.",
    ),
    Transition(
        "restrict", _("Restricted"), (*AT_THE_PLATFORM, Status.DECLINED), Status.RESTRICTED, _ANSWERING,
        requires=("action",), actions=LIMITING, stamps="decided_at",
        describes="The platform says that it limits the item, by country, age or reach.",
    ),
    Transition(
        "decline", _("Declined"), AT_THE_PLATFORM, Status.DECLINED, _ANSWERING,
        requires=("decline_reason",), stamps="decided_at", describes="The platform does not act.",
    ),
    Transition(
        "report_unavailable", _("Already unavailable"), AT_THE_PLATFORM, Status.UNAVAILABLE, _ANSWERING,
        stamps="decided_at", describes="The platform finds nothing there: gone before it acted.",
    ),
    Transition(
        "withdraw", _("Withdraw"), (Status.SUBMITTED, Status.APPROVED, *AT_THE_PLATFORM), Status.WITHDRAWN,
        _roles(Role.OFFICER, Role.REVIEWER, Role.COORDINATOR), requires=("reason",),
        describes="The agency no longer asks.",
    ),
    Transition(
        "reinstate", _("Reinstated"), (Status.REMOVED, Status.RESTRICTED), Status.REINSTATED, _ANSWERING,
        requires=("reason",), describes="The platform puts it back, after a complaint or of its own accord.",
    ),
    Transition(
        "correct_answer", _("Correct the answer"), (*DECIDED, Status.REINSTATED), None, _ANSWERING,
        requires=("reason", "right_answer"), corrects=True,
        describes="What was recorded as the platform's answer is put right: it enters the status of the right answer, or"
        " goes back to where it stood before an answer that was never given.",
    ),
)  # fmt: skip

TRANSITIONS: Final[dict[str, Transition]] = {transition.name: transition for transition in _TABLE}

#: What a platform may say, or a coordinator on its behalf.
ANSWERS: Final[dict[str, Transition]] = {
    transition.name: transition
    for transition in _TABLE
    if Role.PLATFORM in transition.roles and not transition.corrects
}

#: The move that puts a wrong answer right.
CORRECTION: Final = next(transition for transition in _TABLE if transition.corrects)
#: As right answer of a correction: none was given.
NOT_GIVEN: Final = "none"
#: What a correction may say was the right answer: a decision, or none.
RIGHT_ANSWERS: Final = (*(name for name, one in ANSWERS.items() if one.enters in DECIDED), NOT_GIVEN)


def allowed_from(status: str) -> list[Transition]:
    """Return the transitions that may leave ``status``, in the table's order."""
    return [transition for transition in _TABLE if status in transition.leaves]


def allowed_moves() -> Iterator[tuple[Status, Status]]:
    """Yield each (from, to) that some transition allows: what the database's guard lets pass."""
    seen: set[tuple[Status, Status]] = set()
    for transition in _TABLE:
        for status in transition.leaves:
            for entered in transition.may_enter:
                if entered != status and (status, entered) not in seen:
                    seen.add((status, entered))
                    yield status, entered
