"""Comparing an operation's decisions with a file that was downloaded from the DSA Transparency Database.

The database's daily archives are CSV, full or light; both hold ``uuid`` and ``platform_uid`` (the platform's puid). A row and
a decision are one by the statement's UUID; else by the puid that the platform told; else where the puid is the digest
of the address (``making.digest_of``), which the export uses.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import IO, Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.statements.codes import PUBLIC_SECURITY, TERRORIST_CONTENT
from takedowns.statements.making import decisions, digest_of
from takedowns.statements.models import Reconciliation, Statement

LARGEST_FILE: Final = 200 * 1024 * 1024
#: So many rows that are about terrorist content and fit nothing here are listed one by one; beyond, they are counted.
MOST_LISTED: Final = 20_000
_NEEDED: Final = ("uuid", "platform_uid", "category")


class WrongFile(ValueError):  # noqa: N818 - what it is, not an error of the program
    """The file is none of the database's; the message says what is missing."""


class Outcome(StrEnum):
    """How a decision of ours and a row of the file fit."""

    BY_UUID = "by_uuid"
    BY_PUID = "by_puid"
    BY_DIGEST = "by_digest"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"


@dataclass(slots=True)
class _Ours:
    """One decision, and by what it may be found."""

    reference: str
    status: str
    puid: str = ""
    uuid: str = ""
    outcome: Outcome = Outcome.ONLY_HERE


@dataclass(slots=True)
class _Index:
    """The operation's decisions by what names them."""

    ours: list[_Ours] = field(default_factory=list)
    by_uuid: dict[str, _Ours] = field(default_factory=dict)
    by_puid: dict[str, _Ours] = field(default_factory=dict)
    by_digest: dict[str, _Ours] = field(default_factory=dict)

    def find(self, uuid: str, puid: str) -> tuple[_Ours | None, Outcome]:
        for known, name, outcome in (
            (self.by_uuid, uuid, Outcome.BY_UUID),
            (self.by_puid, puid, Outcome.BY_PUID),
            (self.by_digest, puid.lower(), Outcome.BY_DIGEST),
        ):
            if (found := known.get(name)) is not None:
                return found, outcome
        return None, Outcome.ONLY_THERE


def reconcile(
    operation: Operation, platform_id: str, filename: str, content: IO[bytes], *, by: Actor
) -> Reconciliation:
    """Compare an operation's decisions at a platform with a file, and keep what came of it.

    Raises:
        WrongFile: it is no CSV of the database.
    """
    digest = sha256()
    index = _index(operation, platform_id, by)
    counts: Counter[str] = Counter()
    there: list[dict[str, str]] = []
    for row in _rows(_hashing(content, digest)):
        counts["rows"] += 1
        found, outcome = index.find(row["uuid"].lower(), row["platform_uid"])
        if found is not None:
            found.outcome, found.uuid, found.puid = outcome, row["uuid"], row["platform_uid"]
        elif _is_ours(row):
            counts[Outcome.ONLY_THERE] += 1
            if len(there) < MOST_LISTED:
                there.append(_line(Outcome.ONLY_THERE, "", row["uuid"], row["platform_uid"], row["category"]))
        else:
            counts["not_ours"] += 1
    counts.update(one.outcome for one in index.ours)
    lines = [_line(one.outcome, one.reference, one.uuid, one.puid, one.status) for one in index.ours]
    with acting_as(SYSTEM):
        return Reconciliation.objects.create(
            operation=operation,
            platform_id=platform_id,
            by_id=by.user_id,
            filename=filename[:200],
            sha256=digest.hexdigest(),
            counts=dict(counts),
            lines=sorted(lines, key=lambda one: one["outcome"] != Outcome.ONLY_HERE) + there,
        )


def _line(outcome: Outcome, reference: str, uuid: str, puid: str, what: str) -> dict[str, str]:
    return {"outcome": str(outcome), "reference": reference, "uuid": uuid, "puid": puid, "what": what}


def _index(operation: Operation, platform_id: str, actor: Actor) -> _Index:
    index = _Index()
    told: dict[UUID, list[Statement]] = {}
    posted = Statement.objects.visible_to(actor).filter(
        referral__operation=operation, referral__platform_id=platform_id
    )
    for statement in posted.defer("body"):
        told.setdefault(statement.referral_id, []).append(statement)
    for one in decisions(operation, actor, platform_id).iterator(chunk_size=2000):
        ours = _named(one, operation.reference, told.get(one.pk, ()))
        index.ours.append(ours)
        index.by_digest[digest_of(one.item.url, one.round)] = ours
        for statement in told.get(one.pk, ()):
            index.by_puid[statement.puid] = ours
            if statement.uuid:
                index.by_uuid[str(statement.uuid)] = ours
        if puid := one.answered_puid:  # type: ignore[attr-defined]
            index.by_puid[puid] = ours
    return index


def _named(one: Referral, operation: str, told: Iterable[Statement]) -> _Ours:
    ours = _Ours(reference_of(operation, one.pk), one.status, one.answered_puid or "")  # type: ignore[attr-defined]
    for statement in told:
        ours.puid, ours.uuid = statement.puid, str(statement.uuid or "")
    return ours


def _hashing(content: IO[bytes], digest: Any) -> Iterator[str]:
    """Yield the file's lines as text, its bytes counted into the digest."""

    def counted() -> Iterator[bytes]:
        for line in content:
            digest.update(line)
            yield line

    try:
        yield from codecs.iterdecode(counted(), "utf-8-sig")
    except UnicodeDecodeError:
        raise WrongFile(_("It is no text in UTF-8: take the CSV out of the archive (ZIP) first.")) from None


def _rows(lines: Iterator[str]) -> Iterator[Mapping[str, str]]:
    reader = csv.DictReader(lines, restval="")
    try:
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise WrongFile(
                _("It is no file of the Transparency Database: the columns %(names)s are missing.")
                % {"names": ", ".join(missing)}
            )
        yield from reader
    except csv.Error as error:
        raise WrongFile(
            _("Line %(line)s cannot be read: %(error)s.") % {"line": reader.line_num, "error": error}
        ) from None


def _is_ours(row: Mapping[str, str]) -> bool:
    """Tell whether a row is about what we refer: terrorist content, or public security without a closer word."""
    words = row.get("category_specification") or ""
    return TERRORIST_CONTENT in words or (row["category"] == PUBLIC_SECURITY and "KEYWORD_" not in words)
