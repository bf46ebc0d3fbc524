"""What there is to say of a part beside whole tables (``rights.py``): columns withheld, or alone to be changed; functions; the sandbox."""

from __future__ import annotations

from typing import Final

#: Columns that a part may neither read nor change, though the table is otherwise open to it; pages see them empty.
WITHHELD: Final = {
    ("django_session", "session_key"): frozenset({"web"}),
    ("django_session", "session_data"): frozenset({"web"}),
    ("accounts_cache", "cache_key"): frozenset({"web"}),
    ("accounts_cache", "moments"): frozenset({"web"}),
    ("sending_answercode", "door"): frozenset({"web", "worker"}),
    ("sending_answercode", "digest"): frozenset({"web", "worker"}),
    ("directory_user", "password"): frozenset({"web", "api", "worker"}),
    ("accounts_invitation", "secret_hash"): frozenset({"web", "worker"}),
    ("directory_apikey", "secret_hash"): frozenset({"web", "api", "worker"}),
}
#: Where only so much of a row may be changed: nobody becomes a superuser, or another address, on a page that is not about people.
ONLY_UPDATED: Final = {
    ("directory_user", "web"): ("language", "plain_pictures"),
    ("directory_user", "worker"): ("language",),
}

#: Functions that a part may call only where it stands here; every other one, but triggers', all may.
ONLY_CALLED: Final[dict[str, frozenset[str]]] = {
    "takedowns_put_pseudonym": frozenset({"worker"}),
    "takedowns_forget_access_log": frozenset({"worker"}),
    "takedowns_prepare_access_log": frozenset({"worker"}),
    "takedowns_forget_entry": frozenset(),  # functions of the owner's call it
    "takedowns_forget_withheld": frozenset(),
    "takedowns_key_of": frozenset({"api", "sign_in"}),  # a token is got where one signs in
    "takedowns_key_of_token": frozenset({"api"}),
}
#: What each part may do to the sandbox's copies of the tables: test keys call the API, the worker calls their webhooks.
IN_SANDBOX: Final = {"api": "SIUD", "worker": "SIUD"}


def calls(part: str, function: str) -> bool:
    """Tell whether a part may call a function, which is no trigger's."""
    return part in ONLY_CALLED.get(function, (part,))


def is_withheld(part: str, table: str, column: str) -> bool:
    """Tell whether a part is shown nothing of a column."""
    return part in WITHHELD.get((table, column), ())
