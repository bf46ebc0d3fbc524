"""The sentences of refusals. Codes are stable: reports, filters and tests may rely on them."""

from __future__ import annotations

from .model import Refusal

SENTENCES: dict[str, str] = {
    "empty": "There is nothing here. Enter one address.",
    "too_long": "This is longer than any address we accept (16,384 characters). Check that one address was pasted.",
    "control_character": "This holds a line break, tab, NUL or other invisible control character. Enter one address, on one line.",
    "formula": "This is a spreadsheet formula, not an address. Enter the address the cell links to.",
    "not_a_url": "This is not a web address. Enter one in full, such as https://t.me/name.",
    "cut_off": "The address is cut off; copy it in full.",
    "id_too_short": "The identifier in this address is shorter than any that the platform gives out, so the address is "
    "probably cut off; copy it in full.",
    "several": "This holds several addresses. Enter one.",
    "abbreviated": "This names several items in short, such as 12-15 or 12, 13. Enter the address of each.",
    "broken": "White space stands inside this address, and it may be incomplete. Copy it in full, without spaces.",
    "backslash": "This address holds a backslash (\\), which programs read in different ways. Copy it from the address bar.",
    "handle": "This is a name without its platform. Say which platform the list is of, or enter the address in full, "
    "such as https://t.me/name.",
    "gateway": "This link is protected by your mail gateway; open it and copy the address it leads to.",
    "bad_url": "No browser would accept this address. Check for missing, doubled or mistyped characters.",
    "scheme": "This is not a web link. Enter an address that starts with https:// or http://.",
    "credentials": "This address carries a user name or password before an @ sign, a common trick to disguise the "
    "real host. Remove everything between // and @, and check which host remains.",
    "ip_address": "This address names a machine by number, not by name. No platform can be told from it; "
    "enter the host name.",
    "local_host": "This address is only reachable inside a private network. Enter the public address.",
    "host_too_long": "The host name is longer than the internet allows (253 characters, 63 per part).",
    "port": "This address goes to an unusual port of a known platform, which serves no such item there. "
    "Remove the port number if it was added by mistake.",
    "ambiguous": "This address names two different items at once. Enter the address of one.",
    "no_item": "This is a page of the platform, but it is no item: there is nothing here that can be referred. "
    "Open the video, post, account or channel itself and copy its address.",
    "wrapper_loop": "This link passes through too many redirectors. Open it safely and enter the final address.",
}


def refuse(code: str, platform: str = "", host: str = "") -> Refusal:
    """Build the refusal of that code. Raises KeyError for a code that has no sentence."""
    return Refusal(code, SENTENCES[code], platform, host)
