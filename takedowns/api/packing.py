"""Answers packed by gzip for programs that take it: a page of 1,000 referrals is a megabyte as it stands, and a twelfth of that packed.

Only of calls with a key: whoever makes a browser call with its cookies and watches how long answers are could guess what stands in them
beside what they sent (BREACH), while nobody makes a program send its key.
"""

from __future__ import annotations

import zlib
from typing import Final

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from takedowns.api.wire import GZIP

#: Shorter ones fit into one packet of the network anyway.
LEAST_BYTES: Final = 1_000
_LEVEL: Final = 5


def takes_gzip(header: str) -> bool:
    """Tell whether an ``Accept-Encoding`` lets answers be packed; one that says q=0 does not (RFC 9110, section 12.5.3)."""
    weights = {}
    for one in header.lower().split(","):
        coding, _, weight = one.partition(";")
        weights[coding.strip()] = weight.strip().removeprefix("q=") or "1"
    try:
        return float(weights.get("gzip", weights.get("*", "0"))) > 0
    except ValueError:
        return False


def pack(request: Request, response: HttpResponse) -> None:
    """Pack a rendered answer, where its caller takes that. Its strong ETag is then another one, as proxies have it."""
    patch_vary_headers(response, ["Accept-Encoding"])
    packed_already = response.streaming or response.has_header("Content-Encoding")
    if packed_already or len(response.content) < LEAST_BYTES or "Authorization" not in request.headers:
        return
    if not takes_gzip(request.headers.get("Accept-Encoding", "")):
        return
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, GZIP)
    response.content = packer.compress(response.content) + packer.flush()
    response.headers["Content-Encoding"] = "gzip"
    if (etag := response.headers.get("ETag", "")).startswith('"'):
        response.headers["ETag"] = f'{etag[:-1]}-gzip"'
