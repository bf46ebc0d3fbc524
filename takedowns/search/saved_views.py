"""Views of an operation's list that a person keeps for themselves."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from takedowns.directory.models import User
from takedowns.referrals.models import Operation
from takedowns.search.models import SavedView

MOST: Final = 50
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 2000


class ViewError(ValueError):
    """A view cannot be kept; the message says why and what to do."""


def views_of(person: User, operation: Operation) -> list[SavedView]:
    """Return a person's own views of an operation, by name. One statement."""
    return list(SavedView.objects.filter(user=person, operation=operation)[:MOST])


def keep_view(person: User, operation: Operation, name: str, query: str) -> SavedView:
    """Keep how the list is shown under a name; one of that name is replaced. Fixed statements.

    Args:
        query: filters and columns as in the address, without a place in the list.

    Raises:
        ViewError: no name, one too long, or too many views.
    """
    name = name.strip()
    if not name:
        raise ViewError(_("Give the view a name."))
    if len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise ViewError(_("This is too long to keep: shorten the name, or choose fewer filters."))
    kept = SavedView.objects.filter(user=person, operation=operation)
    if not kept.filter(name=name).exists() and kept.count() >= MOST:
        raise ViewError(_("You keep %(most)d views already. Drop one first.") % {"most": MOST})
    view, _new = SavedView.objects.update_or_create(
        user=person, operation=operation, name=name, defaults={"query": query}
    )
    return view


def drop_view(person: User, operation: Operation, name: str) -> None:
    """Drop one of a person's own views; one that is not there is dropped already. One statement."""
    SavedView.objects.filter(user=person, operation=operation, name=name).delete()
