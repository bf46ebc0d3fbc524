"""Remarks that travel with an identity. Codes are stable; the sentences are for people."""

from __future__ import annotations

NOTES: dict[str, str] = {
    "app_link": "Written as a link that opens an app.",
    "defanged": "Written so that it cannot be clicked, such as hxxps or [.], and restored.",
    "found_in_text": "Found in a sentence; the words around the address were left out.",
    "html_escaped": "Copied from the source of a page (&amp; stood for &).",
    "lookalike_host": "The host resembles a known platform but is not it. Check before you refer.",
    "nonstandard_port": "Served on an unusual port.",
    "scheme_added": "Written without https://.",
    "trimmed": "Quotation marks or punctuation around the address were left out.",
}
