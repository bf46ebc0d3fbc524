"""Decisions as statements of reasons, in the form that the Transparency Database takes: up to 100 a call.

A statement that the platform posted is given back as it was sent. Of any other decision one is made of what is recorded;
what the database asks for and nobody recorded is filled as docs/platforms-api.md says ("Statements of reasons").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import override

from takedowns.access.actor import Actor
from takedowns.holds.services import items_on_hold
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Action, DecisionGround, Instrument, Status
from takedowns.statements.codes import (
    ACCOUNT,
    ADDED_BY_THE_DATABASE,
    AUTOMATED,
    CONTENT_OTHER,
    CONTENT_TYPE,
    EUROPEAN_ECONOMIC_AREA,
    GROUND,
    NOT_AUTOMATED,
    OTHER_NOTIFICATION,
    PUBLIC_SECURITY,
    TERRORIST_CONTENT,
    VISIBILITY,
)
from takedowns.statements.models import Statement

#: So many the database takes in one call.
BATCH: Final = 100
#: It takes none of an earlier day (``application_date``).
EARLIEST: Final = datetime(2020, 1, 1, tzinfo=UTC)
#: Decisions that need a statement: what was reinstated was removed or restricted before, and its statement stands.
DECIDED: Final = (Status.REMOVED, Status.RESTRICTED)
_CODE_OF_ACCOUNT: Final = {action: code for code, action in ACCOUNT.items()}
_CODE_OF_VISIBILITY: Final = {action: code for code, action in VISIBILITY.items()} | {
    Action.GEO_BLOCKED: "DECISION_VISIBILITY_CONTENT_DISABLED"
}
_CODE_OF_GROUND: Final = {str(ground): code for code, ground in GROUND.items()}
_REGULATION: Final = "Regulation (EU) 2021/784"
_LONGEST_GROUND: Final = 500
_LONGEST_EXPLANATION: Final = 2000
_LONGEST_FACTS: Final = 5000


def digest_of(url: str, round_: int = 1) -> str:
    """Return the reference that a decision goes by where the platform gave none: the SHA-256 of the canonical address.

    Of a later round of the same item the number follows: a ``puid`` is used once.
    """
    digest = sha256(url.encode()).hexdigest()
    return digest if round_ == 1 else f"{digest}-{round_}"


def decisions(operation: Operation, actor: Actor, platform_id: str | None = None) -> QuerySet[Referral]:
    """Return the operation's decisions that the actor may see, in order of id, each with its answer's facts."""
    answer = Event.objects.filter(
        referral=OuterRef("pk"), kind__in=("remove", "restrict", "correct_answer")
    ).order_by("-id")
    found = Referral.objects.visible_to(actor).filter(
        operation=operation, status__in=DECIDED, decided_at__gte=EARLIEST
    )
    if platform_id is not None:
        found = found.filter(platform_id=platform_id)
    return (
        found.select_related("item", "platform")
        .annotate(
            answered_automated=Subquery(
                answer.values(told=KeyTextTransform("automated_decision", "details"))[:1]
            ),
            answered_puid=Subquery(answer.values(told=KeyTextTransform("puid", "details"))[:1]),
            answered_explanation=Subquery(answer.values(told=KeyTextTransform("explanation", "details"))[:1]),
        )
        .order_by("pk")
    )


def batches(
    operation: Operation, actor: Actor, platform_id: str | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Yield the operation's decisions as statements, 100 at a time; what is on hold stays here. Three statements a batch."""
    after = UUID(int=0)
    while True:
        page = list(decisions(operation, actor, platform_id).filter(pk__gt=after)[:BATCH])
        if not page:
            return
        held = items_on_hold([one.item_id for one in page])
        if made := statements_of([one for one in page if one.item_id not in held], operation):
            yield made
        after = page[-1].pk


def statements_of(referrals: Sequence[Referral], operation: Operation) -> list[dict[str, Any]]:
    """Return the statement of each: what the platform posted, or one made of the decision. One statement of SQL."""
    posted: dict[UUID, Mapping[str, Any]] = {}
    for one in Statement.objects.filter(referral__in=referrals):
        posted[one.referral_id] = one.body
    with override("en"):
        return [
            as_sent(posted[one.pk]) if one.pk in posted else _made(one, operation.reference)
            for one in referrals
        ]


def as_sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement without what the database adds when it takes one."""
    return {name: value for name, value in body.items() if name not in ADDED_BY_THE_DATABASE}


def _made(one: Referral, operation: str) -> dict[str, Any]:
    """Return the statement of a decision, with what :func:`decisions` adds to it."""
    ordered = one.instrument == Instrument.REMOVAL_ORDER
    ground = _CODE_OF_GROUND[
        one.decision_ground
        or str(DecisionGround.ILLEGAL_CONTENT if ordered else DecisionGround.INCOMPATIBLE_CONTENT)
    ]
    automated = one.answered_automated  # type: ignore[attr-defined]
    decided = one.decided_at.date().isoformat() if one.decided_at else None
    return {
        **_act(one.action),
        "decision_ground": ground,
        **_grounds(one, ground, ordered=ordered),
        **_content(one),
        "category": PUBLIC_SECURITY,
        "category_specification": [TERRORIST_CONTENT],
        # An act on the item or its account holds everywhere; which countries a block by country is about nobody recorded.
        "territorial_scope": None if one.action == Action.GEO_BLOCKED else sorted(EUROPEAN_ECONOMIC_AREA),
        # When it was published nobody recorded: no later than it was first handed in.
        "content_date": one.item.first_seen_at.date().isoformat(),
        "application_date": decided,
        "decision_facts": _facts(one, reference_of(operation, one.pk), ordered=ordered),
        "source_type": OTHER_NOTIFICATION,
        "automated_detection": "No",
        "automated_decision": automated if automated in AUTOMATED else NOT_AUTOMATED,
        "puid": one.answered_puid or digest_of(one.item.url, one.round),  # type: ignore[attr-defined]
    }


def _act(action: str) -> dict[str, Any]:
    if action in _CODE_OF_ACCOUNT:
        return {"decision_account": _CODE_OF_ACCOUNT[Action(action)]}
    return {"decision_visibility": [_CODE_OF_VISIBILITY[Action(action)]]}


def _grounds(one: Referral, ground: str, *, ordered: bool) -> dict[str, str]:
    law = _REGULATION if ordered else (one.ground or _REGULATION)
    because = one.answered_explanation or (  # type: ignore[attr-defined]
        f"Removal order under {_REGULATION}, Art. 3."
        if ordered
        else f"Referred as terrorist content ({law})."
    )
    if _CODE_OF_GROUND[DecisionGround.ILLEGAL_CONTENT] == ground:
        return {
            "illegal_content_legal_ground": law[:_LONGEST_GROUND],
            "illegal_content_explanation": because[:_LONGEST_EXPLANATION],
        }
    return {
        "incompatible_content_ground": "Terms of service: terrorist content",
        "incompatible_content_explanation": because[:_LONGEST_EXPLANATION],
    }


def _content(one: Referral) -> dict[str, Any]:
    kind = one.item.kind
    found = CONTENT_TYPE.get(kind, CONTENT_OTHER)
    content: dict[str, Any] = {"content_type": [found]}
    if found == CONTENT_OTHER:
        content["content_type_other"] = kind.replace("_", " ")
    if len(one.language) == 2:
        content["content_language"] = one.language.upper()
    return content


def _facts(one: Referral, reference: str, *, ordered: bool) -> str:
    asked = "ordered" if ordered else "asked"
    told = f"An authority {asked} the platform to act ({reference}); the platform decided upon it."
    return f"{told} {one.answered_explanation or ''}".strip()[:_LONGEST_FACTS]  # type: ignore[attr-defined]
