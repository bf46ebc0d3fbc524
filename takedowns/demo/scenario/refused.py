"""Rows that are no referral: malformed ones, and addresses on hosts that are no known platform.

Numbers and hosts are reserved for examples: .example and example.org (RFC 2606), 192.0.2.0/24 (RFC 5737),
telephone numbers in the range that Ofcom keeps for drama.
"""

from collections.abc import Callable

from takedowns.demo.scenario.dice import Dice
from takedowns.demo.scenario.outlets import OUTLETS
from takedowns.demo.scenario.tables import STRAY_BYTE, Row

MALFORMED = 60
UNKNOWN_HOSTS = 80


def malformed_row(number: int, *, is_utf8: bool) -> Row:
    """The n-th malformed row, each different from all others; a stray byte only where the file is UTF-8."""
    make = _MALFORMED[number % len(_MALFORMED)]
    if make is _stray_byte and not is_utf8:
        make = _truncated
    return make(number)


def unknown_host_row(dice: Dice, number: int) -> Row:
    """The n-th address on a host that nobody has declared, each different from all others."""
    outlet = dice.pick(OUTLETS)
    dashed = outlet.stem.replace("_", "-")
    host = dice.pick(
        (
            f"{dashed}.example",
            f"www.{dashed}.example",
            f"{dashed}.example.org",
            f"files.{dashed}.example.net",
            f"{dashed}.example.com",
        )
    )
    path = dice.pick(("archive", "posts", "library", "download"))
    return Row(f"https://{host}/{path}/demo-{number}")


def _words(number: int) -> Row:
    return Row(f"see the list from this morning no {number}")


def _telephone(number: int) -> Row:
    return Row(f"+44 1632 960{number % 1000:03d} / {number}", note="Contact given in the channel")


def _nothing(number: int) -> Row:
    return Row("", note=f"Link to follow, picture {number}")


def _formula(number: int) -> Row:
    return Row(f'=HYPERLINK("https://t.me/demo_formula_{number}","link")')


def _two_glued(number: int) -> Row:
    return Row(f"https://t.me/demo_glued_{number}https://t.me/demo_glued_{number}b")


def _local_host(number: int) -> Row:
    return Row(f"http://localhost:8080/case/{number}")


def _intranet_file(number: int) -> Row:
    return Row(f"file:///C:/Users/demo/list-{number}.csv")


def _address_of_a_machine(number: int) -> Row:
    return Row(f"http://192.0.2.{number % 250 + 1}/demo/{number}")


def _truncated(number: int) -> Row:
    return Row(f"https://www.youtube.com/watch?v=demo{number}")


def _no_item(number: int) -> Row:
    return Row(f"https://www.youtube.com/results?search_query=demo+{number}", note="Search page")


def _platform_itself(number: int) -> Row:
    return Row(f"https://drive.google.com/drive/my-drive?demo={number}")


def _stray_byte(number: int) -> Row:
    return Row(f"https://t.me/d{STRAY_BYTE}mo_stray_{number}")


def _mail(number: int) -> Row:
    return Row(f"mailto:editor{number}@demo.example")


_MALFORMED: tuple[Callable[[int], Row], ...] = (
    _words,
    _telephone,
    _nothing,
    _formula,
    _two_glued,
    _local_host,
    _intranet_file,
    _address_of_a_machine,
    _truncated,
    _no_item,
    _platform_itself,
    _stray_byte,
    _mail,
)
