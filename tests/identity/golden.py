"""The golden list: addresses of every platform with the item they name. ``python -m tests.identity.golden`` rewrites
the outcomes; a change in them needs a higher RULES_VERSION."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from takedowns.identity import RULES_VERSION, Identity, identify

FILE = Path(__file__).with_name("golden.tsv")


def lines() -> list[list[str]]:
    """[url, platform, key, kind] of each row; a refused address has its code as key and no kind."""
    return [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()[1:]]


def outcome(url: str) -> list[str]:
    """What a row should say now."""
    result = identify(url)
    if isinstance(result, Identity):
        return [url, result.platform, result.key, result.kind]
    return [url, result.platform, result.code, ""]


def digest() -> str:
    """A short digest of the outcomes as the file states them."""
    return sha256("\n".join("\t".join(line) for line in lines()).encode()).hexdigest()[:16]


def main() -> None:
    """Write the outcomes anew, under the present version of the rules."""
    rows = ["\t".join(outcome(url)) for url, *_ in lines()]
    FILE.write_text(
        "\n".join([f"url\tplatform\tkey\tkind, rules version {RULES_VERSION}", *rows]) + "\n",
        encoding="utf-8",
    )
    sys.stdout.write(f"{len(rows)} rows, digest {digest()}\n")


if __name__ == "__main__":
    main()
