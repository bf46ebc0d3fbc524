"""How each agency writes its lists: separator, encoding, column names, words, notes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


def _iso(at: datetime) -> str:
    return f"{at.year}-{at.month:02}-{at.day:02} {at.hour:02}:{at.minute:02}"


def _dots(at: datetime) -> str:
    return f"{at.day:02}.{at.month:02}.{at.year} {at.hour:02}:{at.minute:02}"


def _slashes(at: datetime) -> str:
    return f"{at.day:02}/{at.month:02}/{at.year} {at.hour:02}:{at.minute:02}"


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one language: kinds as they stand in cells, grounds and notes."""

    kinds: dict[str, str]
    ground: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to lay out a list. `columns` are (what the cell holds, how the column is headed), in order."""

    tongue: Tongue
    columns: tuple[tuple[str, str], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    mark: bytes = b""
    """byte-order mark before everything else"""
    newline: str = "\r\n"
    before_header: str = ""
    """a line above the header: a title, or Excel's `sep=;`"""
    written_time: Callable[[datetime], str] = _iso


ENGLISH = Tongue(
    {
        "video": "Video",
        "document": "Publication",
        "account": "Account",
        "channel": "Channel",
        "group": "Group",
        "post": "Post",
        "app": "App",
        "bot": "Bot",
    },
    "Terms of service of the platform",
    (
        "Seen in the morning sweep.",
        "Same picture as list 2, see there",
        'Calls itself the "second archive"',
        "Pinned post;\nsecond line: link was passed on in a group",
        "Checked twice, still there",
    ),
)
FRENCH = Tongue(
    {
        "video": "Vidéo",
        "document": "Publication",
        "account": "Compte",
        "channel": "Chaîne",
        "group": "Groupe",
        "post": "Billet",
        "app": "Application",
        "bot": "Bot",
    },
    "Conditions d'utilisation de la plateforme",
    (
        "Vérifié deux fois; toujours en ligne",
        "Déjà signalé l'été dernier",
        "Même logo que la liste n° 2",
        "Relevé à l'ouverture,\nà revoir demain",
    ),
)
GERMAN = Tongue(
    {
        "video": "Video",
        "document": "Veröffentlichung",
        "account": "Konto",
        "channel": "Kanal",
        "group": "Gruppe",
        "post": "Beitrag",
        "app": "Anwendung",
        "bot": "Bot",
    },
    "Nutzungsbedingungen der Plattform",
    (
        "Geprüft, noch erreichbar",
        "Gleiches Bild wie in Liste 2; siehe dort",
        'Nennt sich "zweites Archiv"',
        "Für die Frühschicht:\nbitte erneut prüfen",
    ),
)
DUTCH = Tongue(
    {
        "video": "Video",
        "document": "Publicatie",
        "account": "Account",
        "channel": "Kanaal",
        "group": "Groep",
        "post": "Bericht",
        "app": "App",
        "bot": "Bot",
    },
    "Gebruiksvoorwaarden van het platform",
    (
        "Twee keer bekeken, staat er nog",
        "Zelfde afbeelding als lijst 2; zie daar",
        "Gevonden via één ander kanaal",
    ),
)
SPANISH = Tongue(
    {
        "video": "Vídeo",
        "document": "Publicación",
        "account": "Cuenta",
        "channel": "Canal",
        "group": "Grupo",
        "post": "Entrada",
        "app": "Aplicación",
        "bot": "Bot",
    },
    "Condiciones de uso de la plataforma",
    (
        "Comprobado dos veces; sigue en línea",
        "La misma imagen que en la lista n.º 2",
        "Visto por la mañana,\nrevisar mañana",
    ),
)

# Plain lists of an English-speaking office whose spreadsheet writes a byte-order mark.
_EU = Dialect(
    ENGLISH,
    (
        ("url", "URL"),
        ("kind", "Kind"),
        ("tier", "Tier"),
        ("language", "Language"),
        ("outlet", "Outlet"),
        ("ground", "Ground"),
        ("found_at", "Found at"),
        ("note", "Note"),
    ),
    mark=b"\xef\xbb\xbf",
)
# The same office's night shift works from a tool that writes tabs.
_EU_NIGHT = Dialect(
    ENGLISH,
    (
        ("note", "Comment"),
        ("url", "Link"),
        ("outlet", "Media outlet"),
        ("kind", "Item type"),
        ("tier", "Priority"),
    ),
    delimiter="\t",
    newline="\n",
)
_UK = Dialect(
    ENGLISH,
    (
        ("found_at", "Date found"),
        ("kind", "Type"),
        ("url", "Link"),
        ("outlet", "Outlet"),
        ("tier", "Tier"),
        ("note", "Comments"),
    ),
    newline="\n",
)
_DE = Dialect(
    GERMAN,
    (
        ("row", "Lfd. Nr."),
        ("url", "Adresse"),
        ("kind", "Art"),
        ("tier", "Stufe"),
        ("language", "Sprache"),
        ("outlet", "Medienstelle"),
        ("ground", "Rechtsgrundlage"),
        ("found_at", "Gefunden am"),
        ("note", "Bemerkung"),
    ),
    delimiter=";",
    encoding="cp1252",
    before_header="sep=;",
    written_time=_dots,
)
_BE = Dialect(
    FRENCH,
    (
        ("url", "Lien"),
        ("kind", "Type"),
        ("outlet", "Média"),
        ("tier", "Priorité"),
        ("language", "Langue"),
        ("note", "Remarque"),
    ),
    delimiter=";",
    encoding="cp1252",
)
# "Texte Unicode" as Excel saves it: UTF-16 with tabs.
_FR = Dialect(
    FRENCH,
    (
        ("kind", "Type de contenu"),
        ("url", "Adresse URL"),
        ("outlet", "Média"),
        ("language", "Langue"),
        ("tier", "Niveau"),
        ("ground", "Base légale"),
        ("found_at", "Constaté le"),
        ("note", "Commentaire"),
    ),
    delimiter="\t",
    encoding="utf-16-le",
    mark=b"\xff\xfe",
    written_time=_slashes,
)
_NL = Dialect(
    DUTCH,
    (
        ("outlet", "Uitgever"),
        ("url", "Webadres"),
        ("kind", "Soort"),
        ("tier", "Prioriteit"),
        ("language", "Taal"),
        ("note", "Opmerking"),
    ),
    delimiter=";",
    mark=b"\xef\xbb\xbf",
)
_ES = Dialect(
    SPANISH,
    (
        ("url", "Enlace"),
        ("kind", "Tipo"),
        ("outlet", "Medio"),
        ("language", "Idioma"),
        ("tier", "Prioridad"),
        ("found_at", "Encontrado el"),
        ("note", "Observaciones"),
    ),
    delimiter=";",
    encoding="cp1252",
    before_header="Lista de enlaces de la jornada (demo)",
    written_time=_slashes,
)

DIALECTS: dict[str, tuple[Dialect, ...]] = {
    "eu-iru-demo": (_EU, _EU, _EU_NIGHT),
    "be-demo": (_BE,),
    "de-demo": (_DE,),
    "es-demo": (_ES,),
    "fr-demo": (_FR,),
    "nl-demo": (_NL,),
    "uk-demo": (_UK,),
}
"""Per agency, the dialects its files take in turn."""
