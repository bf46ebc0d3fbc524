"""Which IP addresses are nobody's public server. Server-side request forgery ends here (OWASP's SSRF prevention sheet)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Networks = frozenset[IPv4Network | IPv6Network]

#: Ranges that some Python releases call global; RFC 6890, RFC 6598, RFC 2544, RFC 5737, RFC 9637; and the
#: address at which Azure's machines find their host, in every network of theirs.
_NEVER = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "168.63.129.16/32",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/128",
        "::1/128",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
#: IPv6 addresses that carry an IPv4 address in their last 32 bits (RFC 6052, RFC 8215, RFC 4291, RFC 2765).
_CARRIERS = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0:0/96"),
)


def networks(texts: Iterable[str]) -> Networks:
    """Read networks such as ``10.1.0.0/16`` or single addresses.

    Raises:
        ValueError: one is neither.
    """
    return frozenset(ip_network(text.strip()) for text in texts if text.strip())


def is_refused(address: str, allow: Networks = frozenset()) -> bool:
    """Tell whether a server must not be asked at ``address``: private, loopback, link-local, reserved or multicast.

    An IPv6 address that carries an IPv4 address is judged by both. ``allow`` names what the operator permits.

    Raises:
        ValueError: it is no IP address.
    """
    one = ip_address(address.partition("%")[0])
    if any(one in network for network in allow if network.version == one.version):
        return False
    carried = _carried(one)
    if carried is not None:
        return is_refused(str(carried), allow)
    return not one.is_global or any(one in network for network in _NEVER if network.version == one.version)


def _carried(one: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(one, IPv4Address) or one in (IPv6Address("::"), IPv6Address("::1")):
        return None
    if one.ipv4_mapped or one.sixtofour:
        return one.ipv4_mapped or one.sixtofour
    if one.teredo:
        return one.teredo[1]
    for network in _CARRIERS:
        if one in network:
            return IPv4Address(int(one) & 0xFFFF_FFFF)
    return None
