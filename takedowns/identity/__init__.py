"""From a URL to the item it names: platform, key, kind, canonical URL. Pure Python; see README.md.

>>> identify("https://telegram.me/s/Durov/12?single").key
'durov/12'
"""

from .engine import MAX_LENGTH, identify
from .model import NAMESPACE, Found, Identity, Kind, Refusal, item_id
from .registry import PLATFORMS, Platform
from .version import RULES_VERSION

__all__ = [
    "MAX_LENGTH",
    "NAMESPACE",
    "PLATFORMS",
    "RULES_VERSION",
    "Found",
    "Identity",
    "Kind",
    "Platform",
    "Refusal",
    "identify",
    "item_id",
]
