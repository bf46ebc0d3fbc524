"""What the database lets each part of the application do, as docs/access.md tells it: made from the code's lists, and held against the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from takedowns.postgres.grants import may
from takedowns.postgres.narrowing import ONLY_UPDATED, WITHHELD, calls
from takedowns.postgres.parts import Part
from takedowns.postgres.rights import RIGHTS

SOURCES: Final = Path(__file__).resolve().parents[2] / "takedowns"
_FUNCTION: Final = re.compile(r"^CREATE (?:OR REPLACE )?FUNCTION (\w+)", re.MULTILINE)
#: The functions that run as the owner of the tables, each with what keeps it from telling more than its caller may know.
DEFINERS = {
    "takedowns_believed": "tells what the caller was told, if it was signed for this transaction",
    "takedowns_bound": "signs what the application signed, for this transaction alone",
    "takedowns_ending_in": "sees the referral",
    "takedowns_forget_access_log": "asks everything; drops what is past its time",
    "takedowns_forget_comments": "a trigger's: nobody can call it",
    "takedowns_found": "sees the referral",
    "takedowns_keep_log_epoch": "nobody; begins an epoch of the log where the server is another, and reads nothing",
    "takedowns_items_on_hold": "sees a referral of the item",
    "takedowns_last_looks": "sees the operations",
    "takedowns_log_state": "sees the operations, or one’s platform is asked; tells that their log moved",
    "takedowns_put_pseudonym": "asks everything, and two administrators or time have decided it",
    "takedowns_key_of": "knows the secret of the key",
    "takedowns_key_of_token": "knows the token",
    "takedowns_looks": "sees the operation",
    "takedowns_note_entry": "somebody is named; writes that something was done, and reads nothing",
    "takedowns_prepare_access_log": "asks everything; makes months, reads nothing",
    "takedowns_own_items": "works for the agency that submitted, or placed the hold",
    "takedowns_own_operations": "works for an agency that takes part",
    "takedowns_sees_outlet": "sees a referral of one of its items",
    "takedowns_roles_of": "the application signed for whom it asks",
    "takedowns_standings": "sees the operation",
    "takedowns_tallies": "sees the operation, or sums of the own platform",
    "takedowns_valid_keys": "works for an agency; tells a number",
    "takedowns_wake_webhooks": "a trigger's: nobody can call it",
    "takedowns_ways": "sees the operation",
    "takedowns_write_entry": "a trigger's: nobody can call it",
}
NAMES: Final = {Part.WEB: "pages", Part.API: "API", Part.SIGN_IN: "signing in", Part.WORKER: "worker"}
HEAD: Final = """
## Tables

Pages, API, signing in and worker log in to the database as roles of their own ([roles](operators/processes.md#database-roles)). What each may do to each
table is one list with reasons, `takedowns/postgres/rights.py`; the server is held against it and against these tables by
`tests/postgres/test_parts.py` and `tests/postgres/test_described.py`. Which *rows* a part sees and writes is another matter: the policies of each table, by who asks.

S: reads. I: adds. U: changes. D: deletes. –: nothing. Columns that are withheld from a part read as empty there.

"""
OF_FUNCTIONS: Final = """
## Functions

What each part may call. Functions that run as the owner look past the policies, and check for themselves what stands beside them; the others see what
their caller sees. Those of triggers nobody can call.

"""


@dataclass(frozen=True)
class Function:
    """A function of ours in the database: whether it runs as the owner, and whether it is a trigger's."""

    name: str
    is_definer: bool
    is_trigger: bool

    def called_by(self, part: str) -> bool:
        """Tell whether a part may call it."""
        return not self.is_trigger and calls(part, self.name)


def functions() -> list[Function]:
    """Return the functions that the sources make, by name."""
    return sorted(_functions(), key=lambda one: one.name)


def _functions() -> Iterator[Function]:
    for path in SOURCES.glob("*/sql/*.sql"):
        text = path.read_text(encoding="utf-8")
        for name in _FUNCTION.findall(text):
            head = text.partition("AS $$")[0]
            yield Function(
                name, "SECURITY DEFINER" in head, bool(re.search(r"RETURNS (event_)?trigger", head))
            )


def tables() -> list[str]:
    """Return the tables of the list, by name."""
    return sorted(name for one in RIGHTS for name in one.tables.split())


def document() -> str:
    """Return the part of docs/access.md that is about the database."""
    why = {name: one.why for one in RIGHTS for name in one.tables.split()}
    rows = [["table", *NAMES.values(), "why"], ["---"] * (len(NAMES) + 2)]
    rows += [[f"`{name}`", *(_rights(part, name) for part in NAMES), why[name]] for name in tables()]
    called = [["function", *NAMES.values(), "runs as", "checks"], ["---"] * (len(NAMES) + 3)]
    for one in functions():
        may_call = ["–" if not one.called_by(part) else "calls" for part in NAMES]
        as_whom = "owner" if one.is_definer else "caller"
        checks = DEFINERS.get(one.name, "a trigger’s" if one.is_trigger else "")
        called.append([f"`{one.name}`", *may_call, as_whom, checks])
    return HEAD + _table(rows) + OF_FUNCTIONS + _table(called)


def _rights(part: str, table: str) -> str:
    hidden = sorted(column for (of, column), parts in WITHHELD.items() if of == table and part in parts)
    only = ONLY_UPDATED.get((table, part))
    told = may(part, table) or "–"
    if only:
        told += f" (U of {', '.join(only)} alone)"
    return told + (f", without {', '.join(hidden)}" if hidden and told != "–" else "")


def _table(rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
