"""Remarks that travel with an identity. Codes are stable; the sentences are for people."""

from __future__ import annotations

NOTES: dict[str, str] = {
    "app_link": "Written as a link that opens an app.",
    "defanged": "Written so that it cannot be clicked, such as hxxps or [.], and restored.",
    "found_in_text": "Found in a sentence; the words around the address were left out.",
    "html_escaped": "Copied from the source of a page (&amp; stood for &).",
    "lookalike_host": "The host resembles a known platform but is not it. Check before you refer.",
    "nonstandard_port": "Served on an unusual port.",
    "name_only": "Written as a name alone; it was read as a name on the platform of the list.",
    "scheme_added": "Written without https://.",
    "short_id": "Its identifier is shorter than those given out today: it is old, or was cut off. Check the address.",
    "trimmed": "Quotation marks or punctuation around the address were left out.",
}
