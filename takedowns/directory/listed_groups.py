"""Listed groups: the vocabulary from which a referral's group is chosen, by name, other name or code.

A referral keeps the group's name as text. Until the vocabulary has its first entry, any text is kept as it is typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import F, JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.changes import Action, Kind, NotAllowed, keep_many, may_administer
from takedowns.directory.models import ListedGroup, ListedGroupName
from takedowns.directory.platforms import DirectoryError
from takedowns.readers import word_key

LONGEST_NAME: Final = 200
LONGEST_CODE: Final = 40
#: Between other names in one cell of an imported file.
BETWEEN: Final = ";"


@dataclass(frozen=True)
class Vocabulary:
    """Every text by which a group is found, as :func:`~takedowns.readers.word_key` makes it comparable, to the group's name."""

    names: Mapping[str, str]

    def name_of(self, text: str) -> str | None:
        """Return the name of the group that a text names, "" for an empty one, None where it names none.

        While there is no entry at all, the text itself.
        """
        text = text.strip()
        return text if not text or not self.names else self.names.get(word_key(text))


@dataclass(frozen=True)
class Facts:
    """What is known of one listed group.

    ``others``: its other names, without the name and the code. ``list``: a value of :class:`ListedGroup.List`.
    """

    list: str
    code: str
    name: str
    others: tuple[str, ...] = ()
    listed_on: date | None = None
    ended_on: date | None = None

    @property
    def label(self) -> str:
        """How its record names it."""
        return f"{self.list}:{self.code}"

    @property
    def names(self) -> dict[str, str]:
        """All texts by which it is found, by comparable words."""
        found: dict[str, str] = {}
        for one in (self.name, self.code, *self.others):
            found.setdefault(word_key(one), one)
        return found

    def said(self) -> dict[str, str]:
        """Return its facts as its record keeps them."""
        return {
            "name": self.name,
            "names": "; ".join(sorted(self.others)),
            "listed_on": str(self.listed_on or ""),
            "ended_on": str(self.ended_on or ""),
        }


class UnknownGroupError(ValueError):
    """A text names no listed group; the message says what to do."""


def names_beside() -> RawSQL:
    """Return what a statement reads beside other things: :attr:`Vocabulary.names`, None while there is no entry."""
    return RawSQL(
        """
        (SELECT jsonb_object_agg(name.words, listed.name) FROM directory_listedgroupname AS name
         JOIN directory_listedgroup AS listed ON listed.id = name.group_id)
        """,
        [],
        output_field=JSONField(),
    )


def vocabulary() -> Vocabulary:
    """Return the vocabulary. One statement."""
    return Vocabulary(dict(ListedGroupName.objects.values_list("words", "group__name").order_by()))


def chosen(text: str, stays: str = "") -> str:
    """Return the name of the group that somebody chose by any of its texts. One statement at most.

    Args:
        stays: what stands there already, which may stay whatever it is.

    Raises:
        UnknownGroupError: no group is called so.
    """
    text = text.strip()
    if text in ("", stays):
        return text
    name = vocabulary().name_of(text)
    if name is None:
        raise UnknownGroupError(
            _("“%(text)s” is no listed group. Choose one by its name, another name or its code.")
            % {"text": text[:60]}
        )
    return name


def groups_listed() -> QuerySet[ListedGroup]:
    """Return every group with its other names as ``others``, by name. One statement."""
    is_other = ~Q(names__name=F("name")) & ~Q(names__name=F("code"))
    return ListedGroup.objects.annotate(
        others=ArrayAgg("names__name", filter=is_other, order_by="names__name", default=[])
    ).order_by("name")


def groups_offered() -> list[tuple[str, str]]:
    """Return the groups that are still listed: name, and its code with its other names. One statement."""
    return [
        (one.name, " · ".join([one.code, *one.others]))  # type: ignore[attr-defined]
        for one in groups_listed().filter(ended_on=None)
    ]


def facts_of(group: ListedGroup) -> Facts:
    """Return what is known of a group of :func:`groups_listed`. No statement."""
    others = tuple(group.others)  # type: ignore[attr-defined]
    return Facts(group.list, group.code, group.name, others, group.listed_on, group.ended_on)


def lock_vocabulary() -> None:
    """Let nobody else change the vocabulary in this transaction. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('listed groups'))")


def save_group(facts: Facts, *, by: Actor, group_id: UUID | None = None) -> ListedGroup:
    """Add a group, or let one be as ``facts`` say; of one that gets another name, the former stays as another name.

    Raises:
        NotAllowed: no administrator.
        DirectoryError: the code stands there already, or a name leads to another group.
    """
    if not may_administer(by):
        raise NotAllowed(_("Listed groups are looked after by administrators."))
    with transaction.atomic():
        lock_vocabulary()
        before = groups_listed().filter(pk=group_id).first() if group_id else None
        known = facts_of(before) if before else None
        if known and known.name != facts.name:
            facts = with_names(facts, [known.name])
        for taken in led_elsewhere(facts.names, [group_id] if group_id else ()):
            raise DirectoryError(said_of(taken), field_of(taken.words, facts))
        [saved] = write([(facts, known, group_id)], by=by)
        return saved


def remove_group(group_id: UUID, *, by: Actor) -> Facts:
    """Remove a group that no referral was ever named by: one added by mistake, or taken with a table. Returns what was known of it.

    Raises:
        NotAllowed: no administrator.
        DirectoryError: it is gone already, or a referral names it, or did; such a one is ended instead.
    """
    if not may_administer(by):
        raise NotAllowed(_("Listed groups are looked after by administrators."))
    with acting_as(SYSTEM), connection.cursor() as cursor:
        lock_vocabulary()
        found = groups_listed().filter(pk=group_id).first()
        if found is None:
            raise DirectoryError(_("Somebody has removed it already."))
        known = facts_of(found)
        cursor.execute("SELECT takedowns_group_was_used(%s)", [list(known.names.values())])
        if cursor.fetchone()[0]:
            raise DirectoryError(
                _("Referrals name it, or did, so it stays. Enter since when it is no longer listed instead.")
            )
        ListedGroup.objects.filter(pk=group_id).delete()
        details = {key: [was, ""] for key, was in known.said().items() if was}
        keep_many(Kind.GROUP, [(Action.REMOVED, known.label, details)], by=by)
    return known


def with_names(facts: Facts, names: Iterable[str]) -> Facts:
    """Return the facts with further names; what it is found by already is not named twice."""
    known = facts.names
    more = {word_key(one): one for one in names if word_key(one) not in known}
    return Facts(
        facts.list, facts.code, facts.name, (*facts.others, *more.values()), facts.listed_on, facts.ended_on
    )


def led_elsewhere(words: Iterable[str], but_for: Iterable[UUID] = ()) -> list[ListedGroupName]:
    """Return which of the comparable words lead to a group already, other than ``but_for``. One statement."""
    found = ListedGroupName.objects.filter(words__in=list(words)).exclude(group__in=list(but_for))
    return list(found.select_related("group").order_by("name"))


def said_of(taken: ListedGroupName) -> str:
    """Say that a name leads to another group already."""
    return _("“%(name)s” leads to %(group)s (%(code)s) already.") % {
        "name": taken.name,
        "group": taken.group.name,
        "code": taken.group.code,
    }


def field_of(words: str, facts: Facts) -> str:
    """Return by which of its facts a group is found so: "name", "code" or "others"."""
    return {word_key(facts.code): "code", word_key(facts.name): "name"}.get(words, "others")


def write(wanted: list[tuple[Facts, Facts | None, UUID | None]], *, by: Actor) -> list[ListedGroup]:
    """Write groups, their names and the record of what differs. Who asks was checked, and the vocabulary is locked.

    Five statements, however many. ``wanted``: each as it is to be, as it was, and its id; None for one that is new.
    """
    groups = [
        ListedGroup(
            **({"id": group_id} if group_id else {}),
            list=facts.list,
            code=facts.code,
            name=facts.name,
            listed_on=facts.listed_on,
            ended_on=facts.ended_on,
        )
        for facts, _before, group_id in wanted
    ]
    ListedGroup.objects.bulk_create(
        [one for one, (*_f, group_id) in zip(groups, wanted, strict=True) if not group_id]
    )
    ListedGroup.objects.bulk_update(
        [one for one, (*_f, group_id) in zip(groups, wanted, strict=True) if group_id],
        ["name", "listed_on", "ended_on"],
    )
    ListedGroupName.objects.filter(group__in=[group_id for *_f, group_id in wanted if group_id]).delete()
    ListedGroupName.objects.bulk_create(
        [
            ListedGroupName(group=one, name=name, words=words)
            for one, (facts, *_rest) in zip(groups, wanted, strict=True)
            for words, name in facts.names.items()
        ]
    )
    keep_many(Kind.GROUP, filter(None, (_difference(facts, before) for facts, before, _id in wanted)), by=by)
    return groups


def _difference(facts: Facts, before: Facts | None) -> tuple[str, str, dict[str, list[str]]] | None:
    """Return what the record says of one group; None where nothing differs."""
    was, now = before.said() if before else {}, facts.said()
    details = {key: [was.get(key, ""), one] for key, one in now.items() if was.get(key, "") != one}
    return (Action.CHANGED if before else Action.ADDED, facts.label, details) if details else None
