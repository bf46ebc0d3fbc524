"""Whether something that lasts for some time lasts still, by a clock that may have been set meanwhile.

A clock that ran ahead and is set back leaves moments that are yet to come. What counts from such a one would last longer by as much
as the clock was wrong, so it counts as over. What has an end that somebody chose (a hold, a link for the wall) is not judged here.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

#: So far machines' clocks may differ, in seconds; as far as the database believes what was signed elsewhere.
DIFFER_S: Final = 300


def lasts_still(since: float | datetime, seconds: float, now: float | datetime | None = None) -> bool:
    """Tell whether what began, or was last used, at a moment and lasts for some seconds is not over.

    Args:
        since, now: moments, or seconds since 1970; now where it is left out.
    """
    began = since.timestamp() if isinstance(since, datetime) else since
    at = now.timestamp() if isinstance(now, datetime) else time.time() if now is None else now
    return -DIFFER_S <= at - began <= seconds
