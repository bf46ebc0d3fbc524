"""The reference that people read out on the phone."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from takedowns.referrals.reference import ALPHABET, parse_reference, reference_of

ids = st.uuids()
operations = st.from_regex(r"[A-Z0-9]{2,6}(-[A-Z0-9]{1,3})?", fullmatch=True)


@given(operations, ids)
def test_a_reference_leads_back_to_its_referral(operation: str, referral_id: uuid.UUID) -> None:
    parsed = parse_reference(reference_of(operation, referral_id))
    assert parsed == (operation, referral_id.hex[-10:])


@given(operations, ids)
def test_it_may_be_typed_carelessly(operation: str, referral_id: uuid.UUID) -> None:
    reference = reference_of(operation, referral_id)
    head, tail = reference[: -len("-XXXX-XXXXX")], reference[-len("-XXXX-XXXXX") :]
    typed = f" {head.lower()}{tail.lower().replace('0', 'o').replace('1', 'l')} "
    assert parse_reference(typed) == parse_reference(reference)


@given(operations, ids, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_noticed(operation: str, referral_id: uuid.UUID, place: int, symbol: str) -> None:
    reference = reference_of(operation, referral_id)
    symbols = reference[-10:].replace("-", "")
    if symbols[place] == symbol:
        return
    # The sum is modulo 31, so exactly the pair of symbols 31 apart (0 and Z) looks the same; nothing else does.
    wrong = symbols[:place] + symbol + symbols[place + 1 :]
    unnoticed = {symbols[place], symbol} == {"0", "Z"}
    assert (parse_reference(f"{operation}-{wrong[:4]}-{wrong[4:]}") is None) != unnoticed


@given(operations, ids, st.integers(0, 6))
def test_two_neighbours_swapped_are_noticed(operation: str, referral_id: uuid.UUID, place: int) -> None:
    symbols = reference_of(operation, referral_id)[-10:].replace("-", "")
    swapped = symbols[:place] + symbols[place + 1] + symbols[place] + symbols[place + 2 :]
    if swapped == symbols or {symbols[place], symbols[place + 1]} == {"0", "Z"}:
        return
    assert parse_reference(f"{operation}-{swapped[:4]}-{swapped[4:]}") is None


@given(st.text())
def test_nothing_typed_breaks_it(text: str) -> None:
    assert parse_reference(text) is None or len(parse_reference(text)[1]) == 10
