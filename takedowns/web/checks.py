"""System checks of the pages (``manage.py check``): are the translations compiled, the static files collected?"""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - so called by Django

from takedowns.languages.catalogues import is_compiled
from takedowns.languages.extraction import TRANSLATED


@register(Tags.staticfiles, deploy=True)
def check_collected(**_: Any) -> list[CheckMessage]:
    """Refuse an installation whose pages would all fail because their static files were not collected."""
    try:
        staticfiles_storage.url("pages/base.css")
    except ValueError:
        return [
            Error(
                "The static files are not collected: every page fails.",
                hint="Run “manage.py collectstatic --no-input” after each update.",
                id="takedowns.E006",
            )
        ]
    return []


@register(Tags.translation)
def check_catalogues(**_: Any) -> list[CheckMessage]:
    """Warn where a language would be shown in English, or as it was before the last update."""
    stale = [one for one in TRANSLATED if not is_compiled(one)]
    if not stale:
        return []
    return [
        Warning(
            f"The translations are not compiled: {', '.join(stale)}.",
            hint="Run `python -m takedowns.languages compile` after each update.",
            id="takedowns.W001",
        )
    ]
