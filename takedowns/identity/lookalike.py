"""Unknown hosts that pretend to be a known platform. They stay apart from it, and are flagged."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import can_ada

from .registry import REGISTRY

# Letters of other scripts, and digits, that pass for Latin ones: the part of Unicode TR39 "confusables" that
# matters for names of platforms. "l" stands for i, l and 1, which many fonts draw alike.
_TWINS = {
    "a": "аαɑᴀ4",
    "b": "вβЬ6",
    "c": "сϲⅽᴄ",
    "d": "ԁⅾɗ",
    "e": "еєεҽ3",
    "f": "ϝſ",
    "g": "ɡց9",
    "h": "һн",
    "j": "јϳ",
    "k": "кκ",
    "l": "ӏіιıɩℓⅼlix1",
    "m": "мⅿ",
    "n": "пη",
    "o": "оοσᴏо0",
    "p": "рρ",
    "q": "ԛ",
    "r": "гᴦ",
    "s": "ѕ5ꜱ",
    "t": "тτ7",
    "u": "υսᴜ",
    "v": "νѵⅴ",
    "w": "ԝωᴡ",
    "x": "хχ",
    "y": "уүγ",
    "z": "ᴢ2",
}
_FOLD = {
    ord(twin): letter for letter, twins in _TWINS.items() for twin in twins if twin != "x" or letter == "x"
}


def skeleton(name: str) -> str:
    """Reduce a name to what a tired reader sees: accents, twin letters and hyphens folded."""
    text = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in text if not unicodedata.combining(c)).translate(_FOLD)
    return plain.replace("rn", "m").replace("vv", "w").replace("-", "")


def _known() -> tuple[frozenset[str], dict[str, str]]:
    hosts = frozenset(REGISTRY.exact) | frozenset(REGISTRY.below)
    # Two or three letters before the dot (x.com, vk.com) are too short to compare loosely.
    return hosts, {skeleton(host): host for host in hosts if len(host.split(".")[-2]) > 3}


_HOSTS, _SKELETONS = _known()


@lru_cache(maxsize=16_384)
def resembles(host: str) -> str:
    """Return the known host that an unknown one imitates, or "".

    Three signs: a known host's whole name as leading labels of another domain (t.me.evil.example); a name
    whose look is that of a known one (Cyrillic letters, 0 for o, rn for m); letters of several scripts mixed
    in one label, for which the label itself is returned.
    """
    labels = host.split(".")
    for start in range(len(labels) - 2):
        for end in range(start + 2, len(labels)):
            candidate = ".".join(labels[start:end])
            if candidate in _HOSTS and (start == 0 or labels[0] in ("www", "m", "mobile", "login")):
                return candidate
    # The stub says str, the extension takes bytes.
    shown = can_ada.idna_decode(host.encode()) if "xn--" in host else host  # type: ignore[arg-type]
    for start in range(len(labels) - 1):
        known = _SKELETONS.get(skeleton(".".join(shown.split(".")[start:])))
        if known is not None and known != host:
            return known
    for label in shown.split("."):
        if not label.isascii() and _mixed(label):
            return label
    return ""


def _mixed(label: str) -> bool:
    """Say whether a label mixes Latin with Cyrillic, Greek or Armenian letters."""
    scripts = {unicodedata.name(c, "?").split(" ", 1)[0] for c in label if c.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN"})
