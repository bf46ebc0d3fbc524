"""System checks of the pages (``manage.py check``): are the translations compiled, the static files collected?"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - so called by Django

from takedowns.languages.catalogues import is_compiled
from takedowns.languages.extraction import TRANSLATED
from takedowns.operating.readiness import static_files_are_collected


@register(Tags.staticfiles, deploy=True)
def check_collected(**_: Any) -> list[CheckMessage]:
    """Refuse an installation whose pages would all fail because their static files were not collected."""
    if static_files_are_collected():
        return []
    return [
        Error(
            "The static files are not collected: every page fails.",
            hint="Run “takedowns collectstatic --no-input” after each update.",
            id="takedowns.E006",
        )
    ]


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
