"""What follows from the events of referrals: each referral, item and further agency against them.

All events of a referral are read once, in their order; what is wrong is put into words only for those rows of which something is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, TRANSITIONS
from takedowns.referrals.vocabulary import EventKind

#: What an answer says that is a column of the referral.
_OF_ANSWERS: Final = ("action", "decision_ground", "decline_reason")
_DECIDING: Final = tuple(name for name, one in TRANSITIONS.items() if one.stamps == "decided_at")
_MOVES: Final = tuple(name for name in TRANSITIONS if name != CORRECTION.name)
_DIMENSIONS: Final = (
    "operation_id",
    "platform_id",
    "agency_id",
    "instrument",
    "tier",
    "status",
    "availability",
)
#: Columns of a referral that exactly one event tells, or the last of its kind, with how they are called.
_SAID: Final = {
    "item_id": "item",
    "submission_id": "submission",
    "submitted_at": "time of submission",
    "approved_at": "time of its approval",
    "referred_at": "time of being referred",
    "returned_at": "time of being sent back",
    "changed_by_id": "person who changed it after its approval",
    "due_at": "deadline",
}
#: Those that a correction of an answer (correct_answer) leaves to no single event. Its status and its cell are told, and checked as
#: those of all others.
_UNLESS_CORRECTED: Final = (*_OF_ANSWERS, "acknowledged_at", "decided_at")


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _columns(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def _first(value: str, which: str) -> str:
    return f"(array_agg({value}) FILTER (WHERE {which}))[1]"


def _last(value: str, which: str) -> str:
    """The same array is put together once, however often it is named."""
    every = f"(array_agg({value}) FILTER (WHERE {which}))"
    return f"{every}[cardinality({every})]"


#: What a kind of event says is asked once of each kind, and of each event by a bit of one number.
_SAYS: Final = {
    "submit": "kind = 'submit'",
    "correct": f"kind = '{CORRECTION.name}'",
    "approve": "kind = 'approve'",
    # An approval, and what takes it back.
    "approving": "kind IN ('approve', 'reopen', 'undo_review')",
    "refer": "kind = 'refer'",
    "answer": f"kind IN ({_quoted(ANSWERS)})",
    "deciding": f"kind IN ({_quoted(_DECIDING)})",
    "receipt": "takedowns_shows_receipt(kind)",
    "move": f"kind IN ({_quoted(_MOVES)})",
    "send_back": "kind = 'send_back'",
    "reopen": "kind = 'reopen'",
    # Events that begin the hour of a removal order anew, or stop it (``orders/deadline.py``).
    "clock": f"kind IN ({_quoted((EventKind.RECEIPT, EventKind.IMPEDIMENT_ENDED))})",
    "impediment": f"kind = '{EventKind.IMPEDIMENT}'",
}
_KINDS_SAY: Final = " | ".join(
    f"CASE WHEN {condition} THEN {1 << place} ELSE 0 END" for place, condition in enumerate(_SAYS.values())
)
_EVERY_KIND: Final = ", ".join(f"('{kind}')" for kind in dict.fromkeys((*TRANSITIONS, *EventKind)))


def _says(name: str) -> str:
    return f"says & {1 << list(_SAYS).index(name)} <> 0"


_CLOCKED: Final = f"{_says('clock')} OR {_says('impediment')} AND (details->>'stops_the_hour')::boolean"
#: What went on to a further agency was handed in by somebody who did nothing at that moment, so no event names them.
_PASSED_ON: Final = f"{_says('submit')} AND details ? 'passed_on'"
#: Of each referral, what its events come to, in the order of the log.
_TOLD: Final = f"""
    SELECT referral_id, bool_or({_says("correct")}) AS corrected, bool_or({_PASSED_ON}) AS passed_on,
           array_agg(from_cell_id) FILTER (WHERE to_cell_id IS NOT NULL) AS left_cells,
           array_agg(to_cell_id) FILTER (WHERE to_cell_id IS NOT NULL) AS cells,
           {_first("item_id", _says("submit"))} AS item_id,
           {_first("actor_id", _says("submit"))} AS submitted_by_id,
           {_first("(details->>'submission')::uuid", _says("submit"))} AS submission_id,
           min(at) FILTER (WHERE {_says("submit")}) AS submitted_at,
           {_last(f"CASE WHEN {_says('approve')} THEN at END", _says("approving"))} AS approved_at,
           max(at) FILTER (WHERE {_says("refer")}) AS referred_at,
           {_last("details->>'ground'", f"{_says('approve')} AND details ? 'ground'")} AS ground,
           {
    ", ".join(
        _last(f"details->>'{name}'", f"{_says('answer')} AND details->>'{name}' IS NOT NULL") + f" AS {name}"
        for name in _OF_ANSWERS
    )
},
           {_first("at", _says("receipt"))} AS acknowledged_at,
           {_last("at", _says("deciding"))} AS decided_at,
           {_last(f"CASE WHEN {_says('send_back')} THEN at END", _says("move"))} AS returned_at,
           {_last("actor_id", _says("reopen"))} AS changed_by_id,
           {_last("(details->>'due_at')::timestamptz", _CLOCKED)} AS due_at
    FROM (
        SELECT event.*, says FROM referrals_event AS event
        LEFT JOIN (SELECT kind, {_KINDS_SAY} AS says FROM (VALUES {
    _EVERY_KIND
}) AS one (kind)) AS kinds USING (kind)
        WHERE referral_id IS NOT NULL ORDER BY referral_id, xid, id
    ) AS event
    GROUP BY referral_id
"""
#: Each event leaves the cell that the one before it entered, the first none.
_FOLLOWS: Final = "told.left_cells = array_prepend(NULL::bigint, told.cells[:array_upper(told.cells, 1) - 1])"
#: Which events of a referral do not, in words.
_BROKEN: Final = """
    SELECT string_agg(format('its event %s leaves another cell than the event before it entered', move.id), ', ' ORDER BY move.id)
    FROM (
        SELECT id, from_cell_id, lag(to_cell_id) OVER (ORDER BY xid, id) AS entered
        FROM referrals_event WHERE referral_id = referral.id AND to_cell_id IS NOT NULL
    ) AS move
    WHERE move.from_cell_id IS DISTINCT FROM move.entered
"""


def _differs(name: str, label: str, told: str = "", *, unless: str = "") -> str:
    told = told or f"told.{name}"
    return (
        f"CASE WHEN {unless}referral.{name} IS DISTINCT FROM {told}"
        f" THEN format('its {label} is %s, by its events %s', referral.{name}, {told}) END"
    )


_WORDS: Final = ", ".join(
    [
        *(_differs(name, name.removesuffix("_id"), f"cell.{name}") for name in _DIMENSIONS),
        "CASE WHEN referral.cell_id <> cell.id THEN 'it stands in another cell than its last event says' END",
        *(_differs(name, label) for name, label in _SAID.items()),
        _differs("submitted_by_id", "person who submitted it", unless="NOT told.passed_on AND "),
        *(
            _differs(name, name, f"coalesce(told.{name}, '')", unless="NOT told.corrected AND ")
            for name in _OF_ANSWERS
        ),
        *(
            _differs(name, name, unless="NOT told.corrected AND ")
            for name in ("acknowledged_at", "decided_at")
        ),
        "CASE WHEN referral.ground <> told.ground THEN 'it was approved on another ground' END",
        f"CASE WHEN ({_FOLLOWS}) IS NOT TRUE THEN ({_BROKEN}) END",
    ]
)
_REFERRALS: Final = f"""
    SELECT coalesce(referral.id, told.referral_id)::text, CASE
        WHEN referral.id IS NULL THEN 'its events are there, and it is not'
        WHEN told.referral_id IS NULL OR told.cells IS NULL THEN 'no event tells of it'
        ELSE concat_ws(', ', {_WORDS})
    END
    FROM referrals_referral AS referral FULL JOIN ({_TOLD}) AS told ON told.referral_id = referral.id
    LEFT JOIN referrals_cell AS cell ON cell.id = told.cells[array_upper(told.cells, 1)]
    WHERE referral.id IS NULL OR referral.cell_id IS DISTINCT FROM cell.id OR ({_FOLLOWS}) IS NOT TRUE
       OR ({_columns("referral", _DIMENSIONS)}) IS DISTINCT FROM ({_columns("cell", _DIMENSIONS)})
       OR ({_columns("referral", _SAID)}) IS DISTINCT FROM ({_columns("told", _SAID)})
       OR NOT told.passed_on AND referral.submitted_by_id IS DISTINCT FROM told.submitted_by_id
       OR referral.ground <> told.ground
       OR NOT told.corrected AND ({_columns("referral", _UNLESS_CORRECTED)}) IS DISTINCT FROM ({
    ", ".join(f"coalesce(told.{name}, '')" for name in _OF_ANSWERS)
}, told.acknowledged_at, told.decided_at)
    ORDER BY 1
"""
#: Most items were referred once: only the others are put in order.
_ROUNDS: Final = """
    SELECT id::text, format('it is round %s of its item and stands at place %s, or follows another than the one before', round, place)
    FROM (
        SELECT id, round, previous_id, lag(id) OVER rounds AS before, row_number() OVER rounds AS place
        FROM referrals_referral WHERE item_id IN (
            SELECT item_id FROM referrals_referral GROUP BY item_id
            HAVING count(*) > 1 OR bool_or(round <> 1 OR previous_id IS NOT NULL)
        )
        WINDOW rounds AS (PARTITION BY item_id ORDER BY round)
    ) AS referral
    WHERE (round, previous_id) IS DISTINCT FROM (place, before) ORDER BY 1
"""
#: Few items differ from a referral of theirs; of these it is asked whether there is a later one.
_KINDS: Final = """
    WITH differing AS MATERIALIZED (
        SELECT item.id, item.kind, item.platform_id, latest.round, cell.kind AS counted_kind, cell.platform_id AS counted_platform
        FROM referrals_item AS item JOIN referrals_referral AS latest ON latest.item_id = item.id
        JOIN referrals_cell AS cell ON cell.id = latest.cell_id
        WHERE (item.kind, item.platform_id) <> (cell.kind, cell.platform_id)
    )
    SELECT id::text, format('it is %s on %s, its latest referral was counted as %s on %s', kind, platform_id, counted_kind, counted_platform)
    FROM differing
    WHERE NOT EXISTS (SELECT FROM referrals_referral AS later WHERE later.item_id = differing.id AND later.round > differing.round)
    ORDER BY 1
"""
_SEEN: Final = """
    SELECT item.id::text, format('it is %s, by the last look %s', item.availability, coalesce(look.seen, 'unknown'))
    FROM referrals_item AS item LEFT JOIN (
        SELECT DISTINCT ON (item_id) item_id, details->>'seen' AS seen, at FROM referrals_event
        WHERE kind = 'check' AND NOT (details ? 'robot' AND details->>'seen' = 'unknown')
        ORDER BY item_id, at DESC, xid DESC, id DESC
    ) AS look ON look.item_id = item.id
    WHERE (item.availability, item.checked_at) IS DISTINCT FROM (coalesce(look.seen, 'unknown'), look.at)
    ORDER BY 1
"""
#: An agency that withdrew and asked again has two events; the last tells. What was passed on was asked for before.
_FURTHER_AGENCIES: Final = """
    SELECT coalesce(one.id, event.id)::text, CASE
        WHEN one.id IS NULL THEN 'its event is there, and it is not'
        WHEN event.id IS NULL THEN 'no event tells that this agency submitted it, too'
        ELSE 'its event tells of another item, person, submission or time'
    END
    FROM referrals_coreferral AS one FULL JOIN (
        SELECT DISTINCT ON (referral_id, agency_id) id, referral_id, agency_id, item_id, at, actor_id, details
        FROM referrals_event WHERE kind = 'co_refer' ORDER BY referral_id, agency_id, xid DESC, id DESC
    ) AS event ON (event.referral_id, event.agency_id) = (one.referral_id, one.agency_id)
    WHERE one.id IS NULL OR event.id IS NULL OR one.item_id <> event.item_id OR NOT event.details ? 'passed_on' AND
          (one.at, one.submitted_by_id, one.submission_id)
          IS DISTINCT FROM (event.at, event.actor_id, (event.details->>'submission')::uuid)
    ORDER BY 1
"""
#: Tables, and which rows of each do not follow from the events: id, and what is wrong.
BY_EVENTS: Final = (
    ("referrals_referral", _REFERRALS),
    ("referrals_referral", _ROUNDS),
    ("referrals_item", _KINDS),
    ("referrals_item", _SEEN),
    ("referrals_coreferral", _FURTHER_AGENCIES),
)
