"""What a view opens, said beside it; and which of them it showed, said by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.http import HttpRequest

from takedowns.access_log.vocabulary import What

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED: Final = "opens"
_SHOWN: Final = "_shown_to_whoever_asked"


@dataclass(frozen=True)
class Opens:
    """What a view opens.

    Attributes:
        what: the kind of thing.
        by: the part of the address that names the one thing; empty where it is many, or none has a name. Of a call of the API
            a member of its answer may name it.
        listed: of a call of the API, the member of its answer that lists many.
        itself: the view writes the entry itself, since nobody is signed in.
    """

    what: What
    by: str = ""
    listed: str = ""
    itself: bool = False


@dataclass(frozen=True)
class Shown:
    """What a view showed.

    Attributes:
        ids: of each thing.
        asked: the words that were searched for; kept as a keyed digest only.
    """

    ids: tuple[str, ...] = ()
    asked: str = ""


def opens(what: What, by: str = "", *, itself: bool = False) -> Callable[[View], View]:
    """Declare what a page opens. Goes nearest to the view, below who may open it; copied along by every ``wraps``."""

    def declared(view: View) -> View:
        setattr(view, _DECLARED, Opens(what, by, itself=itself))
        return view

    return declared


def declared_of(view: Any) -> Opens | None:
    """Return what a view declares; None where it opens nothing that is recorded."""
    return getattr(view, _DECLARED, None)


def saw(request: HttpRequest, ids: Iterable[object] = (), *, asked: str = "") -> None:
    """Tell which things a page shows, and what was searched for: the entry keeps the digest of their ids and how many."""
    setattr(request, _SHOWN, Shown(tuple(str(one) for one in ids), asked))


def shown_in(request: HttpRequest) -> Shown:
    """Return what the view said that it showed."""
    return getattr(request, _SHOWN, Shown())
