"""From a URL to the item it names: platform, key, kind, canonical URL. Pure Python; see README.md.

>>> identify("https://telegram.me/s/Durov/12?single").key
'durov/12'
"""

from .compare import Change, Comparison, compare
from .engine import MAX_LENGTH, identify
from .extract import extract
from .model import NAMESPACE, Found, Identity, Kind, Refusal, item_id, packed_ids
from .registry import PLATFORMS, Platform
from .version import RULES_VERSION

__all__ = [
    "MAX_LENGTH",
    "NAMESPACE",
    "PLATFORMS",
    "RULES_VERSION",
    "Change",
    "Comparison",
    "Found",
    "Identity",
    "Kind",
    "Platform",
    "Refusal",
    "compare",
    "extract",
    "identify",
    "item_id",
    "packed_ids",
]
