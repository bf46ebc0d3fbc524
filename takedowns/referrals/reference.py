"""The short reference of a referral, which people can read out on the phone: ``RAD19-7F3K-22QX5``."""

from __future__ import annotations

import uuid
from typing import Final

# Crockford's base 32: no I, L, O, U, so that nothing is misread or misheard.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS: Final = 8
_BITS: Final = 5 * SYMBOLS
#: Hex digits at the end of an id that the symbols stand for.
DIGITS: Final = _BITS // 4
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
# 31 is prime and above 8, so one wrong symbol, or two neighbours swapped, always changes the sum modulo 31.
_PRIME: Final = 31
#: For each two of the eight symbols: ten bits to the symbols and what they add to the sum. Pages of 1,000 name 1,000.
_PAIRS: Final = tuple(
    tuple(
        (ALPHABET[bits >> 5] + ALPHABET[bits & 31], weight * (bits >> 5) + (weight + 1) * (bits & 31))
        for bits in range(1024)
    )
    for weight in range(1, SYMBOLS, 2)
)


def reference_of(operation_reference: str, referral_id: uuid.UUID) -> str:
    """Return the reference of a referral: its operation's, eight symbols of its id, a check character."""
    number = referral_id.int
    first, second = _PAIRS[0][number >> 30 & 1023], _PAIRS[1][number >> 20 & 1023]
    third, fourth = _PAIRS[2][number >> 10 & 1023], _PAIRS[3][number & 1023]
    check = ALPHABET[(first[1] + second[1] + third[1] + fourth[1]) % _PRIME]
    return f"{operation_reference}-{first[0]}{second[0]}-{third[0]}{fourth[0]}{check}"


def parse_reference(text: str) -> tuple[str, str] | None:
    """Return (operation reference, last ten hex digits of the id) of a reference as typed, or None.

    Case, spaces and misread letters (O for 0, I and L for 1) are forgiven; a wrong check character is not.
    """
    parts = text.upper().replace(" ", "").split("-")
    if len(parts) < 3:
        return None
    digits = _digits_of(parts[-2] + parts[-1])
    return None if digits is None else ("-".join(parts[:-2]), digits)


def parse_symbols(text: str) -> str | None:
    """Return the last ten hex digits of the id of a reference typed without its operation, 7F3K-22QX5 or 7F3K22QX5, or None.

    One word in thirty of nine such signs would pass, so whoever asks must look whether there is such a referral.
    """
    return _digits_of(text.upper().replace(" ", "").replace("-", ""))


def _digits_of(symbols: str) -> str | None:
    symbols = symbols.translate(_MISREAD)
    if (
        len(symbols) != SYMBOLS + 1
        or not set(symbols) <= set(ALPHABET)
        or _check(symbols[:-1]) != symbols[-1]
    ):
        return None
    number = 0
    for symbol in symbols[:-1]:
        number = number << 5 | ALPHABET.index(symbol)
    return f"{number:0{DIGITS}x}"


def _check(symbols: str) -> str:
    """Return the check character: a weighted sum modulo 31, weights 1 to 8."""
    return ALPHABET[sum(weight * ALPHABET.index(symbol) for weight, symbol in enumerate(symbols, 1)) % _PRIME]
