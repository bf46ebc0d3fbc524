"""What the addresses of an operation's pages begin with."""

from __future__ import annotations

from typing import Final

#: An operation is named by its reference, as people say it: /operations/RAD19/.
OPERATION: Final = "operations/<slug:reference>/"
#: A platform's own people work at its desk: /desk/telegram/.
DESK: Final = "desk/<slug:platform>/"
#: What the addresses of the API begin with.
API: Final = "/api/"
