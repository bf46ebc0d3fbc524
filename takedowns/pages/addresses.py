"""Addresses of pages, put together once: a page names fifty to two hundred of them, and most again on the next.

Which address a name and its arguments give changes with nothing while a process runs but where the application is mounted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

#: Kept at most, the last used: a page of a list brings fifty of its own. About 300 bytes each.
MOST: Final = 2048


def address_of(name: str, *args: Any, app: str | None = None, **kwargs: Any) -> str:
    """Return the address of a page, as :func:`django.urls.reverse` does.

    Args:
        name: with its namespace, such as ``web:referral``.
        app: the namespace in which the request was answered.

    Raises:
        NoReverseMatch: there is none of that name and these arguments.
    """
    try:
        return _kept(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), app, name, *args, **kwargs)
    except TypeError:  # an argument that cannot be the key of anything
        return reverse(name, args=args or None, kwargs=kwargs or None, current_app=app)


@lru_cache(maxsize=MOST, typed=True)  # 1 and True are equal, and are written differently
def _kept(
    urlconf: str,
    prefix: str,  # noqa: ARG001 - reverse() reads it itself
    app: str | None,
    name: str,
    /,
    *args: Any,
    **kwargs: Any,
) -> str:
    return reverse(name, urlconf, args or None, kwargs or None, app)
