"""What records travel by: each way out or in is off until the installation turns it on (``EXCHANGE``)."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

Args = ParamSpec("Args")
Answer = TypeVar("Answer")


class Way(StrEnum):
    """A way by which records travel; its value is its name in ``EXCHANGE``."""

    STATEMENTS = "statements"
    STIX = "stix"
    MISP = "misp"
    DUTIES = "duties"
    HOSTS = "hosts"
    HASHES = "hashes"
    RDAP = "rdap"
    DECONFLICTION = "deconfliction"


def is_on(way: Way) -> bool:
    """Tell whether the installation uses a way."""
    return str(way) in settings.EXCHANGE


def needs(way: Way) -> Callable[[Callable[Args, Answer]], Callable[Args, Answer]]:
    """Let a view be there only where its way is on; elsewhere the page does not exist, and says what turns it on."""

    def guard(view: Callable[Args, Answer]) -> Callable[Args, Answer]:
        @wraps(view)
        def guarded(*args: Args.args, **kwargs: Args.kwargs) -> Answer:
            if not is_on(way):
                raise Http404(
                    _(
                        "This installation does not use it. Whoever operates it can turn it on (EXCHANGE=%(name)s)."
                    )
                    % {"name": way}
                )
            return view(*args, **kwargs)

        return guarded

    return guard
