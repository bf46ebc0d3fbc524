"""Requests from this installation to addresses that others chose: guarded, bounded, never redirected. Plain Python."""

from takedowns.outbound.addresses import Networks, is_refused, networks
from takedowns.outbound.client import Answer, Limits, check_url, send
from takedowns.outbound.errors import Refused, Unreachable

__all__ = [
    "Answer",
    "Limits",
    "Networks",
    "Refused",
    "Unreachable",
    "check_url",
    "is_refused",
    "networks",
    "send",
]
