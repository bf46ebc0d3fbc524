"""The list of seeded faults goes with the sources: a fault whose text has moved would be tried never more, without a word."""

from tests.mutations.__main__ import ROOT
from tests.mutations.faults import FaultError, read


def test_each_fault_still_fits_the_sources() -> None:
    try:
        faults = read(ROOT)
    except FaultError as error:
        raise AssertionError(str(error)) from None
    assert len({fault.group for fault in faults}) == 5
