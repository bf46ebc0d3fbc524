"""What somebody sent just after their session had ended: kept for them for an hour, so that it comes back after they sign in.

It stands in the session that follows, which is nobody's yet, encrypted with a key of that person's; whoever else signs in
there cannot read it. Files are not kept, nor what is sent to the pages of accounts, where passwords are.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from takedowns.access.lapses import lasts_still
from takedowns.pages.versions import FIELD
from takedowns.sealing import seal, unseal

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

LASTS_S: Final = 60 * 60
#: Characters; longer than this is told to be lost.
LONGEST: Final = 2_000_000
_SESSION_KEY: Final = "typed"
#: What begins with these is about accounts and sessions themselves.
_NEVER: Final = ("/account/", "/sign-", "/invitation/", "/session/", "/typed/", "/api/")
_OURS: Final = frozenset({"csrfmiddlewaretoken", FIELD})
_LABELS: Final[dict[str, _StrPromise]] = {
    "reason": _("Reason"),
    "reasons": _("Reasons"),
    "note": _("Note"),
    "pasted": _("Paste a list"),
    "question": _("Question"),
    "answer": _("Answer"),
    "scope": _("Scope"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent.

    Attributes:
        address: where it was sent to, on this installation.
        fields: name and value of each field, in order.
        files: names of the files that were chosen with it, and are not kept.
    """

    address: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    @property
    def written(self) -> list[tuple[str, _StrPromise | str, str]]:
        """Name, label and value of what was written in words."""
        return [
            (name, _LABELS.get(name, _("What you typed")), value)
            for name, value in self.fields
            if _is_written(name, value)
        ]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Name and value of all else: what was chosen or ticked, and what the form knew itself."""
        return [(name, value) for name, value in self.fields if not _is_written(name, value)]


def keep(request: HttpRequest, user_id: UUID | None, session: SessionBase) -> bool:
    """Keep what was sent for a person, in the session that follows theirs; return whether there was anything to keep."""
    if request.method != "POST" or request.path.startswith(_NEVER):
        return False
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    if not any(_is_written(name, value) for name, value in fields):
        return False
    told = json.dumps(
        {
            "address": request.get_full_path(),
            "fields": fields,
            "files": [one.name for _name, files in request.FILES.lists() for one in files],
            "until": int(time.time()) + LASTS_S,
        }
    )
    if len(told) > LONGEST:
        return False
    session[_SESSION_KEY] = seal(told, _purpose(user_id))
    return True


def kept_for(user_id: UUID | None, session: SessionBase) -> Typed | None:
    """Return what is kept for a person in their session; what is another's, or older than an hour, is forgotten."""
    sealed = session.get(_SESSION_KEY)
    if sealed is None:
        return None
    try:
        told: dict[str, Any] = json.loads(unseal(sealed, _purpose(user_id)))
    except InvalidToken:
        told = {"until": 0}
    if not lasts_still(told["until"] - LASTS_S, LASTS_S):
        forget(session)
        return None
    return Typed(
        told["address"], tuple((name, value) for name, value in told["fields"]), tuple(told["files"])
    )


def forget(session: SessionBase) -> None:
    """Keep nothing any more."""
    session.pop(_SESSION_KEY, None)


def comes_back(request: HttpRequest) -> bool:
    """Tell whether what is kept is to be shown now: to who signed in and comes to their start page."""
    return _SESSION_KEY in request.session and request.method == "GET" and request.path == reverse("web:home")


def is_sent_again(request: HttpRequest) -> bool:
    """Tell whether what is kept is on its way again, to the page that it was for."""
    if request.method != "POST" or _SESSION_KEY not in request.session:
        return False
    found = kept_for(request.user.pk, request.session)
    return found is not None and found.address.partition("?")[0] == request.path


def _is_written(name: str, value: str) -> bool:
    """Tell words that a person wrote from what was chosen: ids, codes, numbers, dates."""
    if name in _OURS or not value.strip():
        return False
    return bool(re.search(r"\s|[^\x00-\x7f]|://", value.strip()))


def _purpose(user_id: UUID | None) -> str:
    return f"takedowns what was typed by {user_id}"
