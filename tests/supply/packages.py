"""The packages of an installation: those of ``requirements.txt`` that this platform needs, with what they say of themselves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from license_expression import ExpressionError, get_spdx_licensing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent.parent
_LISTED: Final = tomllib.loads((Path(__file__).parent / "licences.toml").read_text())
READ: Final[dict[str, str]] = _LISTED["read"]
_SPDX: Final = get_spdx_licensing()


@dataclass(frozen=True)
class Package:
    """One package.

    Attributes:
        licence: an SPDX expression; empty where neither it nor ``licences.toml`` says one.
        digests: SHA-256 of each file under which it is locked, in hex.
        needs: names of the packages that it needs here.
    """

    name: str
    version: str
    licence: str
    summary: str
    digests: tuple[str, ...]
    needs: tuple[str, ...]


def packages(locked: Path = ROOT / "requirements.txt") -> list[Package]:
    """Return the locked packages that this platform needs, by name."""
    here = {
        canonicalize_name(wanted.name): (wanted, digests)
        for wanted, digests in _locked(locked.read_text())
        if wanted.marker is None or wanted.marker.evaluate()
    }
    return [_package(name, digests, here) for name, (_, digests) in sorted(here.items())]


def packages_of(extra: str, locked: Path = ROOT / "requirements-dev.txt") -> list[Package]:
    """Return the locked packages that an extra of ours brings, with all that they need."""
    known = {one.name: one for one in packages(locked)}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][extra]
    names: list[str] = [canonicalize_name(Requirement(one).name) for one in wanted]
    found: dict[str, Package] = {}
    while names:
        if (name := names.pop()) in known and name not in found:
            found[name] = known[name]
            names += known[name].needs
    return list(found.values())


def is_allowed(licence: str) -> bool:
    """Tell whether a package under that expression may be part of an installation."""
    return bool(licence) and _holds(_SPDX.parse(licence, validate=True))


def _holds(expression: Any) -> bool:
    if isinstance(expression, _SPDX.OR):
        return any(map(_holds, expression.args))
    if isinstance(expression, _SPDX.AND):
        return all(map(_holds, expression.args))
    return str(expression) in _LISTED["allowed"]


def _locked(text: str) -> Iterator[tuple[Requirement, tuple[str, ...]]]:
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text.replace("\\\n", " ")):
        wanted = re.split(r"\s+--hash|\s+#", entry.strip(), maxsplit=1)[0]
        yield Requirement(wanted), tuple(re.findall(r"sha256:([0-9a-f]{64})", entry))


def _package(name: str, digests: tuple[str, ...], here: dict[str, Any]) -> Package:
    told = metadata.distribution(name)
    needs = map(Requirement, told.requires or ())
    needed = {
        canonicalize_name(one.name)
        for one in needs
        if one.marker is None
        or any(one.marker.evaluate({"extra": extra}) for extra in ("", *here[name][0].extras))
    }
    return Package(
        name,
        told.version,
        _licence(name, told),
        told.metadata.get("Summary", ""),
        digests,
        tuple(sorted(needed & here.keys())),
    )


def _licence(name: str, told: metadata.Distribution) -> str:
    """Return what ``licences.toml`` says, else what the package says where that is an SPDX expression."""
    for said in (READ.get(name), told.metadata.get("License-Expression"), told.metadata.get("License")):
        try:
            if said and (expression := _SPDX.parse(said, validate=True)) is not None:
                return str(expression)
        except ExpressionError:
            continue
    return ""
