"""The page of components, for whoever builds pages. It is there with ``DEBUG`` alone (``takedowns/urls.py``)."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

_FOLDER: Final = Path(__file__).parent / "templates" / "pages" / "examples"
#: Each component, and when it is the right one.
_PURPOSE: Final = {
    "table": "A list that is read down its columns. It scrolls inside its own region and has a name.",
    "selection": "Choosing some rows of a list, or all of a page, before something is done with them.",
    "pager": "The pages of a list. A page that is not there is grey, not gone.",
    "facts": "What is known of one thing: names left, values right.",
    "timeline": "What happened, in order, with who and when.",
    "tiles": "A few counts that lead to what they count.",
    "notice": "What must not be passed over.",
    "empty_state": "That there is nothing, why, and where to go from here.",
}


class Example(NamedTuple):
    """One component as it is written and as it looks."""

    name: str
    purpose: str
    source: str
    shown: str


def components(request: HttpRequest) -> HttpResponse:
    """Show each component beside its source."""
    examples = [
        Example(
            name,
            purpose,
            (_FOLDER / f"{name}.html").read_text(encoding="utf-8"),
            render_to_string(f"pages/examples/{name}.html", request=request),
        )
        for name, purpose in _PURPOSE.items()
    ]
    return render(request, "pages/components.html", {"examples": examples})
