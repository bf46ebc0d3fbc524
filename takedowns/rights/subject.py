"""What is held about one person: somebody of this installation, or whoever an address, a number or a handle belongs to.

For the answer to a data subject (Directive (EU) 2016/680, Art. 14; Regulation (EU) 2016/679, Art. 15). It reads every table that holds text,
since people write names wherever there is room; whoever hands it over takes out first what is about others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import User
from takedowns.rights.disclosures import about_rows
from takedowns.rights.models import Disclosure

#: Of each table so many rows are told; the rest are counted, up to MOST_COUNTED.
MOST: Final = 100
MOST_COUNTED: Final = 10_000
#: What is shorter names too much.
SHORTEST: Final = 4
#: How long one statement may take: some tables are read whole.
SECONDS: Final = 120
#: Tables without words of people: of libraries, counts, hashes, copies of what is told elsewhere.
_WITHOUT: Final = (
    "^(django_|procrastinate_|auth_|figures_|installation_|demo_|ledger_seal|ledger_salts|ledger_head|ledger_timestamp|ledger_receiver|ledger_countersignature|ledger_witnessedhead|ledger_fork|ledger_signingkey"
    "|access_contextkey|access_log_look|accounts_cache|mfa_|api_|operating_)"
)
#: Columns that are told to nobody, those that are files, and what a row of the ledger repeats without names.
_NOT_TOLD: Final = (
    "password",
    "secret",
    "former_secret",
    "secret_hash",
    "content",
    "document",
    "bundle",
    "payload",
    "was",
    "became",
)
#: Tables whose rows are a person's own, with the column that says whose.
_OWN: Final = {
    "directory_user": "id",
    "directory_membership": "user_id",
    "account_emailaddress": "user_id",
    "notices_attention": "user_id",
    "notices_alertchoice": "user_id",
    "search_savedview": "user_id",
}
#: Columns that name a person without a foreign key.
_NAMING: Final = (
    ("access_log_look", "person_id"),
    ("ledger_entry", "person_id"),
    ("notices_notice", "actor_id"),
    ("oversight_alarm", "who_id"),
)
_TEXT_COLUMNS: Final = """
    SELECT class.relname, array_agg(attribute.attname ORDER BY attribute.attnum)
    FROM pg_class AS class JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
    WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r' AND attribute.attnum > 0
      AND NOT attribute.attisdropped AND class.relname !~ %s AND attribute.attname <> ALL (%s)
      AND attribute.atttypid = ANY (ARRAY['text', 'varchar', 'jsonb', 'inet', 'text[]', 'varchar[]']::regtype[])
    GROUP BY class.relname ORDER BY class.relname
"""


class SubjectError(ValueError):
    """There is no report; the message says why."""


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of one table.

    Attributes:
        table: its name.
        count: how many; at most MOST_COUNTED are counted.
        rows: the first of them, column by column, without what is empty.
    """

    table: str
    count: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Report:
    """What is held.

    Attributes:
        at: as of when.
        asked: what was typed.
        person: somebody of this installation, where it is their e-mail address.
        own: rows that are theirs; none of whoever has no account.
        did: by table and column, how many rows name them as who did something.
        named: rows in whose text what was typed stands.
        disclosed: to whom data about the referrals of these rows were given outside.
    """

    at: datetime
    asked: str
    person: User | None
    own: list[Held]
    did: list[tuple[str, str, int]]
    named: list[Held]
    disclosed: list[Disclosure]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "as_of": self.at.isoformat(),
            "asked": self.asked,
            "person": str(self.person.pk) if self.person else None,
            "own": [_plain(one) for one in self.own],
            "did": [{"table": table, "column": column, "rows": count} for table, column, count in self.did],
            "named_in": [_plain(one) for one in self.named],
            "disclosed": [
                {
                    "to": one.recipient,
                    "name": one.name,
                    "about": one.covers or one.number,
                    "number": one.number,
                    "legal_basis": one.reason,
                    "particulars": one.particulars,
                    "at": one.given_at.isoformat(),
                }
                for one in self.disclosed
            ],
        }


def about(text: str, *, by: Actor) -> Report:
    """Return what is held about whoever a text names. One statement for each table.

    Args:
        text: an e-mail address, a telephone number, a handle, a name; of somebody with an account their e-mail address.

    Raises:
        SubjectError: not for the actor, or the text is so short that it would name everybody.
    """
    if not by.sees_everything:
        raise SubjectError(_("What is held about a person is for auditors and administrators."))
    text = " ".join(text.split()).lstrip("@")
    if len(text) < SHORTEST:
        raise SubjectError(
            _("“%(text)s” is too short: it would name too many. Type at least %(least)d characters.")
            % {"text": text, "least": SHORTEST}
        )
    with acting_as(SYSTEM, seconds=SECONDS), connection.cursor() as cursor:
        person = User.objects.filter(email__iexact=text).first()
        words = [text]
        if person is not None and " " in person.name.strip():
            words.append(person.name)
        named = list(_named(cursor, words, without=list(_OWN) if person else []))
        return Report(
            timezone.now(),
            text,
            person,
            list(_own(cursor, person)) if person else [],
            list(_done(cursor, person)) if person else [],
            named,
            about_rows((one.table, one.rows) for one in named),
        )


def _own(cursor: Any, person: User) -> Iterator[Held]:
    for table, column in _OWN.items():
        where = sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(person.pk))
        if (found := _held(cursor, table, where)) is not None:
            yield found


def _done(cursor: Any, person: User) -> Iterator[tuple[str, str, int]]:
    columns = {
        (model._meta.db_table, str(field.column))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model is User and model._meta.db_table not in _OWN
    }
    for table, column in sorted(columns | set(_NAMING)):
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE {} = {}").format(
                sql.Identifier(table), sql.Identifier(column), sql.Literal(person.pk)
            )
        )
        if count := cursor.fetchone()[0]:
            yield table, column, count


def _named(cursor: Any, words: list[str], *, without: list[str]) -> Iterator[Held]:
    cursor.execute(_TEXT_COLUMNS, [_WITHOUT, list(_NOT_TOLD)])
    for table, columns in cursor.fetchall():
        if table in without:
            continue
        said = sql.SQL(" || ' ' || ").join(
            sql.SQL("coalesce({}::text, '')").format(sql.Identifier(one)) for one in columns
        )
        where = sql.SQL(" OR ").join(
            sql.SQL("{} ~* {}").format(said, sql.Literal(_whole(word))) for word in words
        )
        if (found := _held(cursor, table, where)) is not None:
            yield found


def _whole(word: str) -> str:
    """Return the expression (PostgreSQL's) that finds a text where it stands by itself: ann@x.eu is not in joann@x.eu."""
    return r"(?<![\w.+-])" + re.sub(r"([^\w\s])", r"\\\1", word) + r"(?![\w-])"


def _held(cursor: Any, table: str, where: sql.Composable) -> Held | None:
    cursor.execute(
        sql.SQL("SELECT to_jsonb(one) - {}::text[] FROM {} AS one WHERE {} LIMIT {}").format(
            sql.Literal(list(_NOT_TOLD)), sql.Identifier(table), where, sql.Literal(MOST + 1)
        )
    )
    rows = [json.loads(row) for (row,) in cursor.fetchall()]
    count = len(rows)
    if count > MOST:
        cursor.execute(
            sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} AS one WHERE {} LIMIT {}) AS those").format(
                sql.Identifier(table), where, sql.Literal(MOST_COUNTED)
            )
        )
        count = cursor.fetchone()[0]
    if not rows:
        return None
    told = [
        {name: value for name, value in row.items() if value not in (None, "", [], {})} for row in rows[:MOST]
    ]
    return Held(table, count, told)


def _plain(held: Held) -> dict[str, Any]:
    return {"table": held.table, "count": held.count, "rows": held.rows}
