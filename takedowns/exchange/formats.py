"""The formats that records leave and come in. Their libraries are an extra (``takedowns[exchange]``), loaded where one is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from takedowns.exchange.reading import Found
from takedowns.exchange.records import Parcel
from takedowns.installation.switches import Way, is_on


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, what its files end in, and the library that makes and checks it.

    Attributes:
        key: what stands in addresses; of a way with several formats, also by which name its module writes it.
        reads: whether files of it are taken in.
    """

    way: Way
    name: str
    ending: str
    media_type: str
    library: str
    key: str = ""
    reads: bool = True

    @property
    def is_there(self) -> bool:
        """Whether the installation uses it and has its library."""
        return is_on(self.way) and find_spec(self.library) is not None

    def write(self, parcel: Parcel) -> bytes:
        """Return a file of records."""
        module = import_module(f"takedowns.exchange.{self.way}")
        write: Callable[[Parcel], bytes] = module.WRITERS[self.key] if self.key else module.write
        return write(parcel)

    def read(self, content: bytes) -> list[Found]:
        """Return the addresses that a file names.

        Raises:
            WrongFile: it is not in this format.
        """
        read: Callable[[bytes], list[Found]] = import_module(f"takedowns.exchange.{self.way}").read
        return read(content)


FORMATS: Final = {
    one.key or one.way.value: one
    for one in (
        Format(Way.STIX, "STIX 2.1", "stix.json", "application/stix+json;version=2.1", "stix2"),
        Format(Way.MISP, "MISP", "misp.json", "application/json", "pymisp"),
        Format(
            Way.HASHES,
            "ThreatExchange",
            "hashes.json",
            "application/json",
            "orjson",
            "threatexchange",
            reads=False,
        ),
        Format(Way.HASHES, "PDQ", "pdq.txt", "text/plain", "orjson", "pdq", reads=False),
    )
}


def formats() -> list[Format]:
    """Return those that the installation uses."""
    return [one for one in FORMATS.values() if one.is_there]
