"""Names without their platform ("@name"), which only a list that is all about one platform can give a meaning."""

from __future__ import annotations

import re
from functools import cache

from .registry import PLATFORMS

_NAME = re.compile(r"@?([^\W_][\w.-]{0,62}\w|\w)", re.UNICODE)
_AT_SERVER = re.compile(r"@?([\w.-]{1,64})@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
# What people write into a cell for which they have no name. Each is somebody's name on some platform.
_NO_NAMES = frozenset(
    [
        "unknown",
        "none",
        "null",
        "nil",
        "na",
        "n.a",
        "n/a",
        "nan",
        "tbd",
        "tba",
        "todo",
        "deleted",
        "removed",
        "private",
        "public",
        "hidden",
        "missing",
        "empty",
        "other",
        "misc",
        "various",
        "yes",
        "no",
        "true",
        "false",
        "test",
        "channel",
        "group",
        "account",
        "user",
        "bot",
        "link",
        "url",
        "post",
        "video",
        "unbekannt",
        "keine",
        "keiner",
        "gelöscht",
        "privat",
        "geloescht",
        "entfernt",
        "leer",
        "sonstige",
        "inconnu",
        "inconnue",
        "aucun",
        "aucune",
        "supprimé",
        "supprime",
        "privé",
        "prive",
        "vide",
        "autre",
        "onbekend",
        "geen",
        "verwijderd",
        "leeg",
        "desconocido",
        "desconocida",
        "ninguno",
        "ninguna",
        "eliminado",
        "borrado",
        "vacio",
        "sconosciuto",
        "nessuno",
        "nessuna",
        "rimosso",
        "vuoto",
        "nieznany",
        "brak",
        "usunięty",
        "usuniety",
        "desconhecido",
        "nenhum",
        "removido",
        "okänd",
        "ukendt",
        "tuntematon",
        "ismeretlen",
        "necunoscut",
        "άγνωστο",
        "неизвестно",
        "нет",
        "kanal",
        "gruppe",
        "konto",
        "canal",
        "groupe",
        "compte",
        "kanaal",
        "groep",
        "cuenta",
        "grupo",
        "canale",
        "gruppo",
    ]
)


def address(text: str, platform: str) -> str:
    """Return the address of a bare name on a platform, "" where the text is no name or the platform knows none.

    A name is "@name", or a single word that no list writes for "unknown".
    """
    link = _link(platform)
    if not link or "/" in text or ":" in text:
        return ""
    if "{server}" in link:
        found = _AT_SERVER.fullmatch(text)
        return link.format(name=found[1], server=found[2]) if found else ""
    named = _NAME.fullmatch(text)
    if named is None or (text[0] != "@" and (text.lower() in _NO_NAMES or text.lower() in _hosts())):
        return ""
    return link.format(name=named[1])


@cache
def _hosts() -> frozenset[str]:
    return frozenset(host for platform in PLATFORMS.values() for host in platform.hosts)


def _link(platform: str) -> str:
    known = PLATFORMS.get(platform)
    return known.name_link if known else ""


@cache
def _by_name() -> dict[str, str]:
    """Slugs by every name of a platform, plainly written."""
    names: dict[str, str] = {}
    for slug, platform in PLATFORMS.items():
        for name in (
            slug,
            platform.name,
            *re.split(r"[()/]", platform.name),
            *platform.also,
            *platform.hosts,
        ):
            if plain := _plain(name):
                names.setdefault(plain, slug)
    return names


def platform_named(text: str) -> str:
    """Return the slug of the platform that a word names ("Telegram", "TG", "x.com"), "" for none that is known."""
    return _by_name().get(_plain(text), "")


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold().removeprefix("www.") if c.isalnum())
