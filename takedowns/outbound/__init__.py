"""Requests from this installation to addresses that others chose: guarded, bounded, never redirected. Plain Python."""

from takedowns.outbound.addresses import Networks, is_refused, networks
from takedowns.outbound.client import Answer, Limits, check_url, send
from takedowns.outbound.errors import Refused, Unreachable
from takedowns.outbound.proxy import Proxy, proxy_of

__all__ = [
    "Answer",
    "Limits",
    "Networks",
    "Proxy",
    "Refused",
    "Unreachable",
    "check_url",
    "is_refused",
    "networks",
    "proxy_of",
    "send",
]
