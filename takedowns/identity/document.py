"""Writes docs/platforms.md from the platform files: ``python -m takedowns.identity.document``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .notes import NOTES
from .refusals import SENTENCES
from .registry import PLATFORMS, Platform
from .version import RULES_VERSION

TARGET = Path(__file__).resolve().parents[2] / "docs" / "platforms.md"

_HEAD = """# Platforms

Generated from `takedowns/identity/platforms/` by `python -m takedowns.identity.document`; do not edit.
Rules version {version}, {count} platforms.

An item is a platform and a key. Two addresses with the same platform and key are one item, whatever else
differs between them. Where joining two spellings would need the network, they stay apart. Where an identifier has
a known length, what is shorter was cut off and is refused; one of a length that is not given out any more is read
with a remark.
"""


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _section(platform: Platform) -> str:
    lines = [f"## {platform.name}", "", f"`{platform.slug}` · operated by {platform.operator}", ""]
    if platform.self_hosted:
        lines += ["Self-hosted: an operator may declare further hosts.", ""]
    lines += [f"Hosts: {_list(platform.hosts)}", "", f"Kinds: {', '.join(platform.kinds)}", ""]
    if platform.items:
        lines += ["| kind | key | canonical address |", "|---|---|---|"]
        rows = {f"| {item['kind']} | `{item['key']}` | `{item['url']}` |" for item in platform.items}
        lines += [*sorted(rows), ""]
    for name, lengths in platform.lengths.items():
        known = "; ".join(map(_length, lengths))
        lines += [f"Length of `{name}`: {known}. A shorter one is refused as cut off.", ""]
    if platform.name_link:
        lines += [f"A bare name in a list of this platform: `{platform.name_link}`", ""]
    lines += [f"- {decision}" for decision in platform.decisions]
    return "\n".join(lines) + "\n"


def _length(given: Mapping[str, Any]) -> str:
    until = f" until {given['until']}" if "until" in given else ""
    return f"{given['characters']} characters since {given['since']}{until}"


def _table(title: str, sentences: dict[str, str]) -> str:
    rows = [f"| `{code}` | {sentence} |" for code, sentence in sorted(sentences.items())]
    return "\n".join([f"## {title}", "", "| code | meaning |", "|---|---|", *rows]) + "\n"


def render() -> str:
    """Return the whole page as Markdown."""
    platforms = sorted(PLATFORMS.values(), key=lambda platform: platform.name.casefold())
    parts = [
        _HEAD.format(version=RULES_VERSION, count=len(platforms)),
        "".join(
            ["| platform | slug | operator | kinds |\n|---|---|---|---|\n"]
            + [f"| {p.name} | `{p.slug}` | {p.operator} | {', '.join(p.kinds)} |\n" for p in platforms]
        ),
        *(_section(platform) for platform in platforms),
        _table("Refusals", SENTENCES),
        _table("Remarks", NOTES),
    ]
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"Wrote {TARGET.name}: {len(PLATFORMS)} platforms.\n")


if __name__ == "__main__":
    main()
