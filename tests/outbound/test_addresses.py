"""Which addresses are asked: the ranges of RFC 6890 and the IPv6 forms that carry them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from takedowns.outbound import is_refused, networks

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "::ffff:0:127.0.0.1",
    "::ffff:0:10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "::127.0.0.1",
    "2001:0:0:0:0:0:80ff:fffe",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "172.15.0.1",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert is_refused(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_asked(address: str) -> None:
    assert not is_refused(address)


@given(ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_form_that_carries_it(address: IPv4Address) -> None:
    for carrier in (int(IPv6Address("::ffff:0:0")), int(IPv6Address("64:ff9b::"))):
        assert is_refused(str(IPv6Address(carrier + int(address)))) == is_refused(str(address))


def test_the_operator_may_allow_a_network() -> None:
    allow = networks(["10.1.0.0/16", " ::1 ", ""])
    assert not is_refused("10.1.2.3", allow)
    assert not is_refused("::1", allow)
    assert not is_refused("::ffff:10.1.2.3", allow)
    assert is_refused("10.2.0.1", allow)
    assert is_refused("127.0.0.1", allow)


def test_a_network_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        networks(["10.0.0.0/40"])
