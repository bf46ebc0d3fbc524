"""``manage.py land_api``: note in docs/api-changelog.md what the API promises otherwise than before, and pin what it promises now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from takedowns.api.contract import Change, Contract, compare, contract_of, dumped

#: Where entries begin.
_MARK = "<!-- entries: made by `manage.py land_api`, the latest first -->\n"


class Command(BaseCommand):
    help = (
        "Compare the API with its last landing, write what differs into docs/api-changelog.md, and pin what it is now. Refuses"
        " what breaks programs, unless told why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what may be said."""
        parser.add_argument("--breaking", metavar="WHY", default="", help="why a break is made all the same")

    def handle(self, *, breaking: str, **_: Any) -> None:
        """Write both documents."""
        docs = settings.BASE_DIR / "docs"
        found = land(docs, timezone.now().date(), breaking)
        self.stdout.write("\n".join(one.says for one in found) or "Nothing differs.")


def promised() -> Contract:
    """Return what the API promises now."""
    # As it is kept, without what JSON does not hold.
    kept: Contract = json.loads(
        dumped(contract_of(SchemaGenerator().get_schema(request=None, public=True)))  # type: ignore[no-untyped-call]
    )
    return kept


def differences(docs: Path) -> list[Change]:
    """Return in what the API differs from the last landing."""
    return compare(json.loads((docs / "api-contract.json").read_text(encoding="utf-8")), promised())


def land(docs: Path, day: date, breaking: str) -> list[Change]:
    """Write the changelog and pin the contract; return what differs.

    Raises:
        CommandError: something breaks, and nobody said why that is right.
    """
    found = differences(docs)
    if (breaks := [one for one in found if one.breaks]) and not breaking:
        named = "\n".join(f"  {one.says}" for one in breaks)
        raise CommandError(
            "Programs that keep to the last landing may fail:\n"
            f"{named}\nMake it an addition, or deprecate first (docs/platforms-api.md, Versions); or say --breaking WHY."
        )
    if found:
        changelog = docs / "api-changelog.md"
        changelog.write_text(
            with_entry(changelog.read_text(encoding="utf-8"), day, found, breaking), encoding="utf-8"
        )
    (docs / "api-contract.json").write_text(dumped(promised()), encoding="utf-8")
    return found


def with_entry(text: str, day: date, found: list[Change], breaking: str) -> str:
    """Return the changelog with what was found under its day, the latest first."""
    lines = [f"- {one.says}{f' **Breaks programs**: {breaking}' if one.breaks else ''}" for one in found]
    head, _, entries = text.partition(_MARK)
    heading = f"\n## {day.isoformat()}\n\n"
    if entries.startswith(heading):
        entries = entries.removeprefix(heading)
        before, _, after = entries.partition("\n\n")
        kept = [line for line in before.strip().splitlines() if line not in lines]
        body = "\n".join([*kept, *lines])
        return f"{head}{_MARK}{heading}{body}\n" + (f"\n{after}" if after else "")
    return f"{head}{_MARK}{heading}" + "\n".join(lines) + "\n" + entries
