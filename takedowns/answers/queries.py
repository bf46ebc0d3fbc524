"""What becomes of answers that are brought, in the words of the page: why a row stops, what it says, how it was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.answers.models import Batch, BatchRow
from takedowns.answers.recording import WRITING, Outcome, Result
from takedowns.answers.rows import Problem
from takedowns.referrals.lifecycle import ANSWERS
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.sentences import spoken
from takedowns.referrals.vocabulary import Action, DeclineReason, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ROWS_PER_PAGE: Final = 100
BATCHES_SHOWN: Final = 20
#: Fields of a returned list, as people call them.
FIELDS: Final[Mapping[str, str | _StrPromise]] = {
    "reference": gettext_lazy("Reference"),
    "url": gettext_lazy("Address"),
    "answer": gettext_lazy("Answer"),
    "action": gettext_lazy("Action"),
    "reason": gettext_lazy("Reason or comment"),
    "answered_at": gettext_lazy("When it answered"),
    "ignored": gettext_lazy("Says nothing of the answer"),
}

_PLAIN: Final[Mapping[str, Callable[[], str]]] = {
    "no_name": lambda: _("Neither a reference nor an address stands in this row."),
    "two_referrals": lambda: _(
        "The reference and the address are of two different items. Was the list sorted by one column alone?"
    ),
    "several_names": lambda: _("It names several referrals in one row. Write one a row."),
    "left_open": lambda: _("No answer stands in this row, so nothing is recorded for it."),
    "no_answer": lambda: _("The row says no answer, and none was chosen for such rows."),
    "ahead": lambda: _("The time of the answer lies ahead of now."),
    "before_referral": lambda: _("The time of the answer lies before the moment it was referred."),
    "unreadable_character": lambda: _(
        "A character in it cannot be read, so it may not name what it seems to. Save the list as UTF-8 or as a workbook."
    ),
    "not_your_role": lambda: _("Answers are recorded by the coordinators of the operation."),
    "not_found": lambda: _("There is no such referral."),
    "referred_again": lambda: _("The item was referred again since, so this answer cannot be taken back."),
    "empty": lambda: _("There is no row in it."),
    "unchanged": lambda: _("This is what is recorded already."),
}
_MISSING: Final[Mapping[str, Callable[[], str]]] = {
    "action": lambda: _("choose the action that was taken"),
    "decline_reason": lambda: _("choose why it does not act"),
    "question": lambda: _("write what the platform asks"),
    "reason": lambda: _("write the reason"),
}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """Say a problem of a row, or of a whole list, in the reader's language."""
    if code in _PLAIN:
        return _PLAIN[code]()
    if code in _GAPS:
        return _GAPS[code](params)
    return code


_GAPS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "not_understood": lambda one: _("“%(said)s” is not understood as an answer.") % one,
    "unknown_column": lambda one: (
        _("The column “%(header)s” is not known, and this row says “%(said)s” in it.") % one
    ),
    "address": lambda one: spoken(one["message"]),
    "record": lambda one: spoken(one["message"]),
    "unreadable": lambda one: spoken(one["message"]),
    "bad_reference": lambda one: (
        _("“%(said)s” is a reference with a mistake in it. Compare it with the list that was sent.") % one
    ),
    "other_operation": lambda one: _("This is a reference of %(found)s, not of %(operation)s.") % one,
    "not_in_operation": lambda one: _("It names no referral of %(operation)s.") % one,
    "two_answers": lambda one: _("It says two things: “%(first)s” and “%(second)s”.") % one,
    "words_apart": lambda one: (
        _(
            "“%(said)s” may be about this row or about others: it stands apart from them. Write the answer beside each name."
        )
        % one
    ),
    "contradicting": lambda one: _("Rows %(lines)s say different things of the same referral.") % one,
    "repeated": lambda one: _("The same answer stands in row %(line)s too.") % one,
    "text_without_answer": lambda one: _("It says “%(said)s”, but no answer.") % one,
    "no_time": lambda one: _("“%(said)s” is not understood as a time. Write it like 28.11.2026 07:14.") % one,
    "time_order": lambda one: _("“%(said)s” may begin with the day or with the month.") % one,
    "too_many": lambda one: (
        _("There are more than %(most)s rows; take them in in parts.")
        % {"most": number_format(one["most"], force_grouping=True)}
    ),
    "too_many_sheets": lambda one: (
        _("The workbook has more than %(most)s sheets; take them in in parts.") % one
    ),
    "action_misfits": lambda one: (
        _("“%(action)s” does not go with “%(answer)s”.")
        % {"action": _label(Action, one["action"]), "answer": answer_label(one["answer"])}
    ),
    "missing": lambda one: (
        _("With “%(answer)s”: %(what)s.")
        % {"answer": answer_label(one["answer"]), "what": _MISSING[one["fact"]]()}
    ),
    "not_at_platform": lambda one: (
        _("Nothing of this reference or address was referred to %(platform)s.") % one
    ),
    "differs": lambda one: (
        _("Something else is recorded: %(status)s.") % {"status": _label(Status, one["status"])}
    ),
    "not_allowed": lambda one: (
        _("Its status is: %(status)s. From there, “%(answer)s” is not possible.")
        % {"status": _label(Status, one["status"]), "answer": answer_label(one["answer"])}
    ),
}


def answer_label(name: str) -> str:
    """Return an answer as its button says it."""
    return str(ANSWERS[name].label) if name in ANSWERS else name


def _label(choices: type[Action | DeclineReason | Status], value: str) -> str:
    return str(dict(choices.choices).get(value, value))


def says(answer: str, action: str, decline_reason: str) -> str:
    """Return an answer with what belongs to it: Removed, content removed."""
    more = (
        _label(Action, action) if action else _label(DeclineReason, decline_reason) if decline_reason else ""
    )
    return ", ".join(filter(None, (answer_label(answer) if answer else "", more)))


class Shown(NamedTuple):
    """One row, ready to be read."""

    line: int
    name: str
    reference: str
    referral_id: object
    outcome: Outcome
    says: str
    why: str
    sheet: str = ""


def shown(results: Iterable[Result]) -> list[Shown]:
    """Return rows that were judged, in words."""
    return [
        Shown(
            one.line,
            one.name,
            one.reference,
            one.referral_id,
            one.outcome,
            says(one.answer, one.action, one.decline_reason),
            sentence(*(one.problem or Problem(""))),
            one.sheet,
        )
        for one in results
    ]


def shown_rows(rows: Sequence[BatchRow], batch: Batch) -> list[Shown]:
    """Return rows that were kept, in words. At a platform's desk one statement, else none."""
    ids = [one.referral_id for one in rows if one.referral_id]
    operations = dict.fromkeys(ids, batch.operation.reference if batch.operation else "")
    if batch.operation is None:
        operations = dict(Referral.objects.filter(pk__in=ids).values_list("pk", "operation__reference"))
    return [
        Shown(
            one.line,
            one.name,
            reference_of(operations[one.referral_id], one.referral_id)
            if one.referral_id in operations
            else "",
            one.referral_id,
            Outcome(one.outcome),
            says(one.answer, one.action, one.decline_reason),
            sentence(one.problem, one.params),
            one.params.get("sheet", ""),
        )
        for one in rows
    ]


def brought_before(batches: QuerySet[Batch]) -> list[tuple[Batch, int, int]]:
    """Return what was brought before, the latest first, with how much of it was recorded, of how many rows. One statement."""
    found = batches.select_related("by").defer("content", "pasted", "selected")
    return [
        (one, sum(one.counts.get(outcome, 0) for outcome in WRITING), sum(one.counts.values()))
        for one in found[:BATCHES_SHOWN]
    ]


def by_outcome(counts: Mapping[str, int]) -> list[tuple[Outcome, int]]:
    """Return how many rows have each outcome, as far as any has; what is recorded always."""
    return [(one, counts.get(one, 0)) for one in Outcome if counts.get(one, 0) or one == Outcome.RECORDED]


def by_answer(results: Iterable[Result]) -> list[tuple[str, int]]:
    """Return what is recorded, and how often, the most frequent first."""
    return Counter(
        says(one.answer, one.action, one.decline_reason) for one in results if one.outcome in WRITING
    ).most_common()


@dataclass(frozen=True)
class Page:
    """One page of a batch's rows, and the numbers to go on from."""

    rows: Sequence[BatchRow]
    next_after: int | None
    previous_before: int | None


def rows_page(batch: Batch, outcome: str, *, after: int | None, before: int | None) -> Page:
    """Return one page of rows by their number (keyset), of one outcome or all. One statement."""
    rows = BatchRow.objects.filter(batch=batch, **({"outcome": outcome} if outcome else {}))
    if before is not None:
        found = list(rows.filter(number__lt=before).order_by("-number")[: ROWS_PER_PAGE + 1])
        page = found[:ROWS_PER_PAGE][::-1]
        return Page(
            page, page[-1].number if page else None, page[0].number if len(found) > ROWS_PER_PAGE else None
        )
    found = list(rows.filter(number__gt=after or 0).order_by("number")[: ROWS_PER_PAGE + 1])
    page = found[:ROWS_PER_PAGE]
    more = len(found) > ROWS_PER_PAGE
    return Page(page, page[-1].number if more else None, page[0].number if page and after else None)
