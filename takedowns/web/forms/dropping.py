"""Fields for a file that may be dropped anywhere on the page (static/web/drop.js)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

#: Of a field for one file: what it says when several are dropped, of which none is taken.
ONE_DROPPED: Final = {"data-drop": _("Several files were dropped, and none was taken: drop them one by one.")}
#: Of a field for several.
SEVERAL_DROPPED: Final = {"data-drop": True}
